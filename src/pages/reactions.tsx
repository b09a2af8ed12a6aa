/** The six reactions: what students press, and how many of each the class has sent. */
import { useState } from "react";
import type { Snapshot } from "../client/watched.ts";
import { systemClock } from "../platform.ts";
import { numberOf } from "./format.ts";
import type { Sending } from "./session.ts";
import { language, t } from "./text.ts";

/** The server takes one a second of each; the buttons rest as long, and no refusal is shown. */
const REST_MS = 1_000;

const REACTIONS = [
  ["thumbs-up", "👍"],
  ["heart", "❤️"],
  ["clap", "👏"],
  ["laugh", "😄"],
  ["surprised", "😮"],
  ["confused", "😕"],
] as const;

interface ReactionsProps {
  readonly snapshot: Snapshot;
  /** As of the view; the counter of the snapshot is newer. */
  readonly counted: Readonly<Record<string, number>> | undefined;
}

export function Reactions(props: ReactionsProps & { readonly sending: Sending }) {
  const [isResting, setResting] = useState(false);
  const [said, setSaid] = useState("");
  const react = (emoji: (typeof REACTIONS)[number][0]): void => {
    if (!isResting) {
      setResting(true);
      setSaid("");
      props.sending.send({ type: "reaction.send", emoji }, () =>
        setSaid(t("s.reacted", { what: t(`c.react.${emoji}`) })),
      );
      systemClock.after(REST_MS, () => setResting(false));
    }
  };
  return (
    <section className="reactions" aria-label={t("c.reactions")}>
      {REACTIONS.map(([emoji, sign]) => (
        <button
          key={emoji}
          type="button"
          className="button button-small reaction"
          aria-disabled={isResting}
          onClick={() => react(emoji)}
        >
          <span aria-hidden="true">{sign}</span>
          <span className="unseen">{t(`c.react.${emoji}`)}</span>
          <Count {...props} emoji={emoji} />
        </button>
      ))}
      <span className="unseen" role="status">
        {said}
      </span>
    </section>
  );
}

/** Those that were sent at all, for who only looks on. */
export function ReactionCounts(props: ReactionsProps) {
  const sent = REACTIONS.filter(([emoji]) => countOf(props, emoji) > 0);
  return sent.length === 0 ? null : (
    <ul className="reactions plain-row" aria-label={t("c.reactions")}>
      {sent.map(([emoji, sign]) => (
        <li key={emoji} className="tag">
          <span role="img" aria-label={t(`c.react.${emoji}`)}>
            {sign}
          </span>
          <Count {...props} emoji={emoji} />
        </li>
      ))}
    </ul>
  );
}

function Count(props: ReactionsProps & { readonly emoji: string }) {
  const count = countOf(props, props.emoji);
  return count === 0 ? null : <span className="reaction-count"> {numberOf(count, language)}</span>;
}

/** Both only grow: the larger is the newer. */
function countOf({ snapshot, counted }: ReactionsProps, emoji: string): number {
  const live = snapshot.counters["reactions"]?.["counts"];
  return Math.max(parseCounts(live)[emoji] ?? 0, counted?.[emoji] ?? 0);
}

function parseCounts(counts: unknown): Readonly<Record<string, number>> {
  return (counts ?? {}) as Readonly<Record<string, number>>;
}
