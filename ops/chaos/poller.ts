/** A poller: reads `GET …/records` from where the page before ended, again and again. */
import type { Heard, Read } from "./history.ts";
import { type Onlooker, type OnlookerParts, pathOf } from "./onlooker.ts";

const EVERY_MS = 250;
/** Small, so that whoever comes back after an outage has several pages to read. */
const PAGE = 25;

export interface RecordsPage {
  readonly items: readonly { readonly seq: number }[];
  readonly next: string | null;
  /** How far this page looked. */
  readonly seq: number;
}

export function poll({ actor, http, signal }: OnlookerParts): Onlooker {
  // It begins before the first record: nothing may be missing.
  const heard: Heard[] = [{ kind: "reset", seq: 0 }];
  const reads: Read[] = [];
  let seq = 0;
  const read = async (): Promise<boolean> => {
    const askedAt = performance.now();
    const path = pathOf(actor, `records?after=${seq}&limit=${PAGE}`);
    const page = await http.get<RecordsPage>(path);
    heard.push(...page.items.map((item) => ({ kind: "record", seq: item.seq }) as const));
    ({ seq } = page);
    if (page.next !== null) {
      return true;
    }
    reads.push({ askedAt, seq });
    return false;
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      // What cannot be read now is asked for again from the same place.
      if (!(await read().catch(() => false))) {
        await Bun.sleep(EVERY_MS);
      }
    }
  };
  void run();
  return {
    ...{ watcher: { actor, name: "the poller", heard, reads }, http },
    get seq() {
      return seq;
    },
  };
}
