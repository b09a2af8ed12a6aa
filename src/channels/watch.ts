/**
 * One watch: one connection looking at one actor, as somebody.
 *
 * Owns what is remembered of it between records. Its phases:
 *
 *     joining ──acknowledged──► live ⇄ looking      (records are held while not live)
 */
import type { ActorRecord } from "../../actors/envelope.ts";
import type { StandingChange } from "../../machines/fact.ts";
import type { ConnectionId } from "../../machines/ids.ts";
import type { Standing } from "../../machines/principal.ts";
import type { Caller } from "../desk.ts";

/** A look takes milliseconds; more records than this in that time, and another look is cheaper. */
const HELD_MAX = 1_000;

/** Somebody who may see nothing; what a watch has before its first look. */
export const NOWHERE: Standing = { role: "none", audience: "own", since: Number.MAX_SAFE_INTEGER };

export interface Watch {
  readonly socketId: string;
  readonly connectionId: ConnectionId;
  /** Of now: `authenticate` may have renewed it. */
  readonly caller: () => Caller;
  as: "records" | "view";
  phase: "joining" | "looking" | "live";
  standing: Standing;
  /** The seq of the last acknowledgement, reset or record: nothing at or below it is sent again. */
  cursor: number;
  held: ActorRecord[];
  /** Some were dropped: only another look can tell. */
  overflowed: boolean;
  /** How many looks were begun for it; only the last one counts. */
  looks: number;
  /** For views: the newest seq with something to show, and the one that was shown. */
  wantedSeq: number;
  shownSeq: number;
  /** The session counts this connection. */
  present: boolean;
}

export function createWatch(given: Pick<Watch, "socketId" | "connectionId" | "caller">): Watch {
  return {
    ...given,
    as: "records",
    phase: "joining",
    standing: NOWHERE,
    cursor: 0,
    held: [],
    overflowed: false,
    looks: 0,
    wantedSeq: 0,
    shownSeq: 0,
    present: false,
  };
}

export function hold(watch: Watch, record: ActorRecord): void {
  if (watch.held.length < HELD_MAX) {
    watch.held.push(record);
  } else {
    watch.overflowed = true;
  }
}

/**
 * From here on records are held until a look that is taken now, or later, has come. The answer
 * tells that look from those that were under way before, and miss what has just been forgotten.
 */
export function beginLook(watch: Watch, phase: "joining" | "looking"): number {
  watch.phase = phase;
  watch.held = [];
  watch.overflowed = false;
  watch.looks += 1;
  return watch.looks;
}

/** The held records, in order; the watch is live. */
export function endLook(watch: Watch): readonly ActorRecord[] {
  const { held } = watch;
  watch.phase = "live";
  watch.held = [];
  return held;
}

/** The last change of this watcher's standing in the record; undefined: none. */
export function changeFor(
  changes: readonly StandingChange[],
  watch: Watch,
): StandingChange | undefined {
  return changes.findLast(({ who, connections }) => {
    if (connections !== undefined && !connections.includes(watch.connectionId)) {
      return false;
    }
    if ("userId" in who) {
      const { principal } = watch.caller();
      return principal.kind === "user" && principal.userId === who.userId;
    }
    return watch.standing.participantId === who.participantId;
  });
}

export function isSameStanding(one: Standing, other: Standing): boolean {
  return (
    one.role === other.role &&
    one.audience === other.audience &&
    one.since === other.since &&
    one.participantId === other.participantId
  );
}
