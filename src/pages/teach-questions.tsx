/**
 * The floor as the teacher sees it: reactions, and questions, which are shown to all, pinned,
 * answered, taken down, or muted.
 */
import { Sure } from "./parts.tsx";
import { ReactionCounts } from "./reactions.tsx";
import type { Sending } from "./session.ts";
import type { RunProps } from "./teach-run.tsx";
import { t } from "./text.ts";
import type { AskedQuestion } from "./view.ts";

export function Questions({ snapshot, view, sending }: RunProps) {
  const { can } = snapshot;
  const asked = (view.questions ?? []).filter((each) => !each.resolved);
  const reactions = <ReactionCounts snapshot={snapshot} counted={view.reactions} />;
  if (view.questions === undefined || view.settings.questions === "off") {
    return reactions;
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
      {reactions}
      <ul className="list">
        {asked
          .toSorted((a, b) => Number(b.pinned) - Number(a.pinned) || b.upvotes - a.upvotes)
          .map((question) => (
            <li key={question.questionId}>
              <span className="list-text">
                <bdi>{question.text}</bdi>
                <Hint name={question.name ?? null} votes={question.upvotes} />
              </span>
              <Deeds {...{ can, sending, question }} />
            </li>
          ))}
      </ul>
    </section>
  );
}

interface DeedsProps {
  readonly can: readonly string[];
  readonly sending: Sending;
  readonly question: AskedQuestion;
}

/** What may be done with one of them. */
function Deeds({ can, sending, question }: DeedsProps) {
  const { questionId, text, pinned } = question;
  const deeds = [
    ["question.pin", !pinned, t("t.show"), t("t.pin-question", { what: text })],
    ["question.unpin", pinned, t("t.unpin"), t("t.unpin-question", { what: text })],
    ["question.resolve", true, "✓", t("t.resolve", { what: text })],
  ] as const;
  return (
    <span className="row">
      {deeds
        .filter(([type, isFitting]) => isFitting && can.includes(type))
        .map(([type, , label, name]) => (
          <button
            key={type}
            type="button"
            className="button button-small"
            aria-label={name}
            onClick={() => sending.send({ type, questionId })}
          >
            {label}
          </button>
        ))}
      {can.includes("question.remove") ? (
        <Sure
          label={t("t.take-down", { what: text })}
          sign="✕"
          question={t("t.take-down-sure", { what: text })}
          className="button button-small button-quiet"
          onYes={() => sending.send({ type: "question.remove", questionId })}
        />
      ) : null}
    </span>
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
