/** What a student may do beside answering, each only if it may be sent: raising a hand. */
import type { Snapshot } from "../client/watched.ts";
import type { Sending } from "./session.ts";
import { t } from "./text.ts";
import type { StudentView } from "./view.ts";

export function StudentFloor(props: {
  readonly snapshot: Snapshot;
  readonly view: StudentView;
  readonly sending: Sending;
}) {
  const { snapshot, view, sending } = props;
  const place = view.me?.handPosition ?? null;
  const mayRaise = snapshot.can.includes("hand.raise");
  const isTimed = view.round?.phase === "open" && view.round.deadlineAt !== null;
  if (!mayRaise) {
    return null;
  }
  return (
    <section className="floor">
      <button
        type="button"
        className="button"
        aria-pressed={place !== null}
        disabled={sending.isBusy}
        onClick={() => sending.send({ type: place === null ? "hand.raise" : "hand.lower" })}
      >
        {t(place === null ? "s.hand-raise" : "s.hand-lower")}
      </button>
      <p className="hint" role="status">
        {place === null ? "" : t("s.hand-place", { n: place })}
        {place === null && isTimed ? t("s.more-time") : ""}
      </p>
    </section>
  );
}
