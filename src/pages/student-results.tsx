/**
 * What a student reads of his own answers once the lesson is over: points, and his teacher's words.
 *
 * It is asked again whenever the session tells him something: a grade may come days later.
 */
import { useEffect, useState } from "react";
import type { Client } from "../client/client.ts";
import type { Snapshot } from "../client/watched.ts";
import { linesOf } from "./answer.ts";
import { Marked } from "./marked.tsx";
import { ErrorNotice } from "./parts.tsx";
import { useWork } from "./session.ts";
import { t } from "./text.ts";
import type { OwnReport, ReportAnswer } from "./report-document.ts";

export function StudentResults(props: {
  readonly client: Client;
  readonly sessionId: string;
  readonly snapshot: Snapshot;
}) {
  const { client, sessionId, snapshot } = props;
  const [report, setReport] = useState<OwnReport>();
  const work = useWork();
  useEffect(
    () => work.run(async () => setReport(await client.http.get(`/sessions/${sessionId}/report`))),
    [sessionId, snapshot.seq],
  );
  const answers = report?.participants[0]?.answers ?? [];
  const rounds = (report?.rounds ?? []).flatMap((round) => {
    const given = answers.find((each) => each.roundId === round.roundId);
    return given === undefined ? [] : [{ ...round, given }];
  });
  return (
    <>
      <ErrorNotice error={work.error} />
      {rounds.length === 0 ? null : (
        <section className="card">
          <h2>{t("s.your-answers")}</h2>
          <ul className="list">
            {rounds.map((round) => (
              <OwnAnswer key={round.roundId} {...round} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function OwnAnswer({
  item,
  given,
}: OwnReport["rounds"][number] & { readonly given: ReportAnswer }) {
  const words = { yes: t("c.true"), no: t("c.false") };
  const { answer, comment } = given;
  const lines = answer === null ? [t("s.nothing")] : linesOf(item, answer, words);
  return (
    <li>
      <div className="stack list-text own-answer">
        <Marked text={item.prompt} />
        <p className="written" dir="auto">
          {lines.join("\n")}
        </p>
        {(comment ?? "") === "" ? null : (
          <div>
            <h3>{t("s.comment")}</h3>
            <p className="written" dir="auto">
              {comment}
            </p>
          </div>
        )}
      </div>
      <Judged given={given} of={item.points ?? 1} />
    </li>
  );
}

/** As long as nobody has judged it, or it may still be revealed, there is nothing to say. */
function Judged({ given, of }: { readonly given: ReportAnswer; readonly of: number }) {
  const { correct, points } = given;
  if (correct === null && given.graded !== true) {
    return null;
  }
  const tone = correct === true ? "tag tag-good" : "tag";
  return (
    <span className={tone}>
      {correct === true ? `✓ ${t("s.right")} · ` : ""}
      {t("s.earned", { n: points, of })}
    </span>
  );
}
