/** Waiting out a store that cannot be asked: the one failure that a channel lives through. */
import type { Clock } from "../../actors/clock.ts";
import { StoreUnreachable } from "../../actors/store.ts";

const WAIT_FIRST_MS = 50;
/** Clients give up on an answer after some seconds; a watch may wait for a store's restart. */
const WAIT_LONGEST_MS = 5_000;

/** Asks until there is an answer, or until `goOn` says no; other errors come out. */
export async function untilReached<T>(
  clock: Clock,
  goOn: () => boolean,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  for (let waitMs = WAIT_FIRST_MS; goOn(); waitMs = Math.min(waitMs * 2, WAIT_LONGEST_MS)) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StoreUnreachable)) {
        throw error;
      }
      await new Promise<void>((resolve) => void clock.after(waitMs, resolve));
    }
  }
  return undefined;
}
