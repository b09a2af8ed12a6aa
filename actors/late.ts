/**
 * A commit that came too late: what the node said of its sockets, when others may have taken it for
 * dead. Who said it may say it again, after a beat; the rest of the batch is stepped again.
 */
import { isOfSockets } from "./commit-of.ts";
import type { Letter } from "./letter.ts";
import { StoreUnreachable } from "./store.ts";

export function withoutLate(letters: readonly Letter[]): readonly Letter[] {
  for (const letter of letters.filter(isOfSockets)) {
    letter.reject(new StoreUnreachable("expected a node that beats, found one that was silent"));
  }
  return letters.filter((letter) => !isOfSockets(letter));
}
