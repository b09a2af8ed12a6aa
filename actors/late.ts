/**
 * What comes too late: a commit of what the node said of its sockets, when others may have taken it
 * for dead, and a letter that waited for longer than anybody waits for an answer.
 */
import { BUSY, refuse } from "./answer.ts";
import type { Held } from "./batch.ts";
import { isOfSockets } from "./commit-of.ts";
import type { Letter } from "./letter.ts";
import { type ActorStore, StoreUnreachable } from "./store.ts";

/** A person who waited longer has long sent the command again. */
const WAIT_MS_MAX = 10_000;

/** Who said it may say it again, after a beat; the rest of the batch is stepped again. */
export function withoutLate(letters: readonly Letter[]): readonly Letter[] {
  for (const letter of letters.filter(isOfSockets)) {
    letter.reject(new StoreUnreachable("expected a node that beats, found one that was silent"));
  }
  return letters.filter((letter) => !isOfSockets(letter));
}

/** The others; what stood in the mailbox for too long is refused (C23). */
export function withoutStale(
  letters: readonly Letter[],
  held: Held,
  store: Pick<ActorStore, "now">,
): readonly Letter[] {
  const stale = staleNow(store);
  refuse(letters.filter(stale), BUSY, held);
  return letters.filter((letter) => !stale(letter));
}

export function hasStale(letters: readonly Letter[], store: Pick<ActorStore, "now">): boolean {
  return letters.some(staleNow(store));
}

function staleNow(store: Pick<ActorStore, "now">): (letter: Letter) => boolean {
  const oldest = store.now() - WAIT_MS_MAX;
  return ({ incoming, receivedAt }) => incoming.rank !== "system" && receivedAt < oldest;
}
