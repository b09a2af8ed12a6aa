/** What a report has beside its rounds: files to keep, groups, questions of the class. */
import type { Client } from "../client/client.ts";
import { saveAs } from "./file.ts";
import { numberOf, percentOf } from "./format.ts";
import type { ReportDocument } from "./report-document.ts";
import type { useWork } from "./session.ts";
import { language, t } from "./text.ts";

type Parts = Pick<ReportDocument, "questions" | "groups">;

export interface DownloadsProps {
  readonly client: Client;
  readonly sessionId: string;
  readonly work: ReturnType<typeof useWork>;
}

export function Downloads(props: DownloadsProps) {
  return (
    <>
      <Download {...props} file="report" query="format=csv" type="text/csv" />
      <Download {...props} file="report" query={`format=pdf&language=${language}`} type="pdf" />
    </>
  );
}

interface DownloadProps extends DownloadsProps {
  readonly file: string;
  readonly query: string;
  readonly type: "text/csv" | "pdf";
  /** What it is of, where a page has several. */
  readonly of?: string;
}

function Download({ client, sessionId, work, file, query, type, of }: DownloadProps) {
  const isPdf = type === "pdf";
  const text = t(isPdf ? "t.pdf" : "t.csv");
  const accept = isPdf ? "application/pdf" : type;
  const download = (): void =>
    work.run(async () => {
      const found = await client.http.blob(`/sessions/${sessionId}/report?${query}`, { accept });
      saveAs(`${file}-${sessionId}.${isPdf ? "pdf" : "csv"}`, found);
    });
  return (
    <button
      type="button"
      className="button button-small"
      disabled={work.isBusy}
      aria-label={of === undefined ? undefined : `${text}: ${of}`}
      onClick={download}
    >
      {text}
    </button>
  );
}

export function GroupResults({ report, ...files }: DownloadsProps & { readonly report: Parts }) {
  const { groups = [] } = report;
  if (groups.length === 0) {
    return null;
  }
  const heads = [t("c.name"), t("t.members"), t("t.share-points")];
  return (
    <section className="card" data-part="groups">
      <div className="row-apart">
        <h2>{t("c.groups")}</h2>
        <Download
          {...files}
          {...{ file: "groups", query: "format=csv&table=groups", type: "text/csv" }}
          of={t("c.groups")}
        />
      </div>
      <div className="scroll" tabIndex={0} role="region" aria-label={t("c.groups")}>
        <table>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {groups.map(({ groupId, name, members, share }) => (
              <tr key={groupId}>
                <th scope="row">
                  <bdi>{name}</bdi>
                </th>
                <td>
                  {members.length === 0 ? "–" : null}
                  {members.map((each, index) => (
                    <span key={each.participantId}>
                      {index === 0 ? null : " · "}
                      <bdi>{each.name}</bdi>
                    </span>
                  ))}
                </td>
                <td>{share === null ? "–" : percentOf(share, language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

export function ClassQuestions({ report, ...files }: DownloadsProps & { readonly report: Parts }) {
  const { questions = [] } = report;
  return questions.length === 0 ? null : (
    <section className="card" data-part="questions">
      <div className="row-apart">
        <h2>{t("c.questions")}</h2>
        <Download
          {...files}
          {...{ file: "questions", query: "format=csv&table=questions", type: "text/csv" }}
          of={t("c.questions")}
        />
      </div>
      <ul className="list">
        {questions.map(({ questionId, text, name = null, upvotes, resolved }) => (
          <li key={questionId}>
            <span className="list-text">
              <bdi>{text}</bdi>
              <span className="hint">
                {name === null ? null : (
                  <>
                    <bdi>{name}</bdi> ·{" "}
                  </>
                )}
                {t("c.votes", { n: numberOf(upvotes, language) })}
              </span>
            </span>
            {resolved ? <span className="tag tag-good">{t("t.resolved")}</span> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
