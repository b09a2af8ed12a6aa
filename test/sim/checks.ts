/**
 * The checks: what must be true of every history, whatever went wrong meanwhile.
 *
 * Owns the list and how a finding is worded; each check is pure and looks at the evidence alone.
 */
import { checkClients } from "./client-checks.ts";
import type { Evidence } from "./evidence.ts";
import { checkLog } from "./log-checks.ts";
import { checkOwed } from "./owed-checks.ts";
import { checkWatchers } from "./watcher-checks.ts";

export const CHECKS = [
  "acknowledged is in the log",
  "each id at most once",
  "seq without a gap",
  "times are the store's",
  "watchers hear everything, in order",
  "real time is respected",
  "looks are of their moment",
  "pages are whole",
  "nothing is shown before it is committed",
  "refusals are of their moment",
  "timers ring once",
  "timers are never early",
  "nothing is performed before it is committed",
  "owed things are settled once",
  "what must not be repeated is not",
  "effects to one target take turns",
  "replay is the snapshot",
  "the journal is the log",
  "everything comes to rest",
  "an actor is there once born",
  "nobody is present through a node that is gone",
] as const;

export type Check = (typeof CHECKS)[number];

export interface Finding {
  readonly check: Check;
  readonly detail: string;
}

/** Of one kind no more than this are told; the first says it all. */
const TOLD_MAX = 3;

export function check(evidence: Evidence): readonly Finding[] {
  const counts = new Map<Check, number>();
  return [checkLog, checkClients, checkOwed, checkWatchers]
    .flatMap((each) => each(evidence))
    .filter((finding) => {
      const count = (counts.get(finding.check) ?? 0) + 1;
      counts.set(finding.check, count);
      return count <= TOLD_MAX;
    });
}
