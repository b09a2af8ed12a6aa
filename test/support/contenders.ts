/**
 * Two nodes at one actor, of which one is always a commit too late: without fairness it starves.
 */
import type { Clock } from "../../actors/clock.ts";
import type { ActorStore, Commit, Committed } from "../../actors/store.ts";
import { misbehaving } from "./nodes.ts";

/** Longer than the other needs for a commit: it has stopped. */
const LATE_MS = 2_000;

export interface Contest {
  /** Of the node that is quick. */
  readonly quick: ActorStore;
  /** Its commits leave only when the quick one has committed once more, or must not. */
  readonly slow: ActorStore;
  /** What became of the slow one's commits. */
  readonly fates: Committed["kind"][];
}

export function contest(
  stores: { readonly quick: ActorStore; readonly slow: ActorStore },
  clock: Clock,
  change: (commit: Commit) => Commit = (commit) => commit,
): Contest {
  const fates: Committed["kind"][] = [];
  /** Heads on which the quick one has committed: what is stepped on them is too late. */
  const passed = new Set<string | undefined>();
  const waiting = new Set<(isReserved: boolean) => void>();
  const quick = misbehaving(stores.quick, {
    commit: async (address, commit) => {
      const committed = await stores.quick.commit(address, commit);
      if (committed.kind === "committed") {
        passed.add(commit.expected);
      }
      if (committed.kind === "committed" || committed.kind === "reserved") {
        waiting.forEach((go) => go(committed.kind === "reserved"));
      }
      return committed;
    },
  });
  const slow = misbehaving(stores.slow, {
    commit: async (address, commit) => {
      await new Promise<void>((resolve) => {
        const cancel = clock.after(LATE_MS, resolve);
        const go = (isReserved: boolean): void => {
          if (isReserved || passed.has(commit.expected)) {
            waiting.delete(go);
            cancel();
            resolve();
          }
        };
        waiting.add(go);
        go(false);
      });
      const committed = await stores.slow.commit(address, change(commit));
      fates.push(committed.kind);
      return committed;
    },
  });
  return { quick, slow, fates };
}

/** As if nobody told the store how often it has lost. */
export function untold({ contender: _, ...commit }: Commit): Commit {
  return commit;
}

/** One node's commands, one after the other, until `enough`. */
export async function chatter(
  send: () => Promise<unknown>,
  enough: () => boolean,
): Promise<number> {
  let sent = 0;
  while (!enough()) {
    await send();
    sent += 1;
  }
  return sent;
}
