/** The round as its teacher sees it: timer, who has answered, counts, what comes next. */
import { Fragment } from "react";
import type { SessionCommand } from "../../machines/learning-session/commands.ts";
import { linesOf } from "./answer.ts";
import { clockOf } from "./format.ts";
import { countRows } from "./counts.ts";
import { correctingIn } from "./correcting.ts";
import { KeyLines } from "./key-lines.tsx";
import { Marked, MarkedLine } from "./marked.tsx";
import { Bars, Sure, Timer } from "./parts.tsx";
import { KeyCorrection } from "./teach-key.tsx";
import type { RunProps } from "./teach-run.tsx";
import { language, t } from "./text.ts";
import type { HostRound } from "./view.ts";

/** What has a score may be scored again. */
const CORRECTED: ReadonlySet<string> = new Set(["scored", "revealed"]);
const EXTEND_MS = 30_000;
const SECOND_MS = 1_000;

export function RoundPanel(props: RunProps) {
  const { client, view } = props;
  const { round } = view;
  if (round === null) {
    return (
      <section className="card calm">
        <h2>{t("t.no-round")}</h2>
      </section>
    );
  }
  const { item, counts, key, explanation } = round;
  return (
    <section className="card question" data-round={round.roundId} data-stage={round.phase}>
      <div className="question-head">
        <div className="stack">
          <span className="row">
            <span className="tag">{t(`t.stage.${round.phase}`)}</span>
            <strong role="status">
              {t("c.answered", { n: round.answered, of: round.expected })}
            </strong>
          </span>
          <LastDeadline round={round} />
        </div>
        <Timer client={client} round={round} />
      </div>
      <div className="prompt">
        <Marked text={item.prompt} />
      </div>
      <RoundActions {...props} round={round} />
      {counts === null ? null : (
        <Bars
          title={t("c.answers")}
          bars={countRows({ item, counts, key }).map((row) => ({
            ...row,
            label: <MarkedLine text={row.text} />,
          }))}
        />
      )}
      <Given {...props} round={round} />
      <KeyLines question={item} answerKey={key} />
      <RoundKey {...props} round={round} />
      {explanation === null ? null : <Marked text={explanation} />}
    </section>
  );
}

/** The class's round, or a group's. */
export function RoundKey({
  snapshot,
  view,
  watched,
  round,
}: Pick<RunProps, "snapshot" | "view" | "watched"> & { readonly round: HostRound }) {
  const { roundId, phase, item, key, answers } = round;
  return CORRECTED.has(phase) ? (
    <KeyCorrection
      key={roundId}
      {...{ roundId, question: item, answerKey: key }}
      results={view.settings.anonymous ? undefined : new Map(Object.entries(answers))}
      {...correctingIn(watched)}
      can={snapshot.can}
    />
  ) : null;
}

const WRITTEN: ReadonlySet<string> = new Set(["short-text", "open-text", "numeric"]);

/** What was written, beside its names; an anonymous session has none here. */
function Given({ view, round }: RunProps & { readonly round: HostRound }) {
  const nameOf = (id: string): string =>
    view.participants.find((each) => each.participantId === id)?.name ?? "";
  const given = Object.entries(round.answers);
  if (!WRITTEN.has(round.item.kind) || given.length === 0) {
    return null;
  }
  const words = { yes: t("c.true"), no: t("c.false") };
  return (
    <dl className="given" aria-label={t("c.answers")}>
      {given.map(([id, { answer }]) => (
        <Fragment key={id}>
          <dt>
            <bdi>{nameOf(id)}</bdi>
          </dt>
          <dd dir="auto">{linesOf(round.item, answer, words).join("\n")}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

/** Only where somebody has longer than the class. */
function LastDeadline({ round }: { readonly round: HostRound }) {
  const { lastDeadlineAt, deadlineAt } = round;
  if (lastDeadlineAt === null || deadlineAt === null || lastDeadlineAt === deadlineAt) {
    return null;
  }
  const moreMs = Date.parse(lastDeadlineAt) - Date.parse(deadlineAt);
  return <p className="hint">{t("t.last-deadline", { time: `+${clockOf(moreMs, language)}` })}</p>;
}

/** Where the class is in groups, `can` speaks of all rounds at once; here it is this one. */
const FITTING: Readonly<Record<string, readonly HostRound["phase"][]>> = {
  "round.close": ["open"],
  "round.extend": ["open"],
  "round.reveal": ["scored"],
  "round.reopen": ["scored"],
  "round.dismiss": ["scored", "revealed"],
  "round.void": ["open", "grace", "scored"],
};

export function RoundActions({
  snapshot,
  sending,
  round,
}: Pick<RunProps, "snapshot" | "sending"> & { readonly round: HostRound }) {
  const can = snapshot.can.filter((type) => FITTING[type]?.includes(round.phase) ?? false);
  const { roundId } = round;
  const button = (command: SessionCommand, label: string, isMain = false) =>
    can.includes(command.type) ? (
      <button
        type="button"
        className={isMain ? "button button-main" : "button"}
        disabled={sending.isBusy}
        onClick={() => sending.send(command)}
      >
        {label}
      </button>
    ) : null;
  const extension = t("t.extend", { n: EXTEND_MS / SECOND_MS });
  const isTimed = round.limitMs !== null;
  return (
    <div className="row">
      {button({ type: "round.close", roundId }, t("t.close"), true)}
      {isTimed ? button({ type: "round.extend", roundId, byMs: EXTEND_MS }, extension) : null}
      {button({ type: "round.reveal", roundId }, t("t.reveal"), true)}
      {button({ type: "round.reopen", roundId, limitMs: EXTEND_MS * 2 }, t("t.reopen"))}
      {button({ type: "round.dismiss", roundId }, t("t.dismiss"))}
      {can.includes("round.void") ? (
        <Sure
          label={t("t.void")}
          question={t("t.void-sure")}
          onYes={() => sending.send({ type: "round.void", roundId })}
        />
      ) : null}
    </div>
  );
}
