/** The questions of the class, as their teacher sees them: shown to all, answered, muted. */
import type { RunProps } from "./teach-run.tsx";
import { t } from "./text.ts";

export function Questions({ snapshot, view, sending }: RunProps) {
  const { can } = snapshot;
  const asked = (view.questions ?? []).filter((each) => !each.resolved);
  if (view.questions === undefined || view.settings.questions === "off") {
    return null;
  }
  const floor = view.floor === "muted" ? "open" : "muted";
  return (
    <section className="card">
      <div className="row-apart">
        <h2>{t("c.questions")}</h2>
        {can.includes("floor.set") ? (
          <button
            type="button"
            className="button button-small button-quiet"
            onClick={() => sending.send({ type: "floor.set", floor })}
          >
            {t(floor === "muted" ? "t.mute" : "t.unmute")}
          </button>
        ) : null}
      </div>
      <ul className="list">
        {asked
          .toSorted((a, b) => b.upvotes - a.upvotes)
          .map(({ questionId, text, upvotes, pinned, name }) => (
            <li key={questionId}>
              <span className="list-text">
                <bdi>{text}</bdi>
                <Hint name={name ?? null} votes={upvotes} />
              </span>
              <span className="row">
                {can.includes("question.pin") && !pinned ? (
                  <button
                    type="button"
                    className="button button-small"
                    aria-label={t("t.pin-question", { what: text })}
                    onClick={() => sending.send({ type: "question.pin", questionId })}
                  >
                    {t("t.show")}
                  </button>
                ) : null}
                {can.includes("question.resolve") ? (
                  <button
                    type="button"
                    className="button button-small"
                    aria-label={t("t.resolve", { what: text })}
                    onClick={() => sending.send({ type: "question.resolve", questionId })}
                  >
                    ✓
                  </button>
                ) : null}
              </span>
            </li>
          ))}
      </ul>
    </section>
  );
}

/** Who asked, unless it was asked without a name, and how many want to know. */
function Hint({ name, votes }: { readonly name: string | null; readonly votes: number }) {
  return (
    <span className="hint">
      {name === null ? null : (
        <>
          <bdi>{name}</bdi> ·{" "}
        </>
      )}
      {t("c.votes", { n: votes })}
    </span>
  );
}
