/**
 * A command id that was accepted before: it is answered with the record that it made then (C5).
 */
import { KEY_REUSED, lookOf, refuse } from "./answer.ts";
import type { Held } from "./batch.ts";
import type { ActorRecord } from "./envelope.ts";
import type { Letter } from "./letter.ts";
import type { KnownId } from "./store.ts";

/** Never rejects: an archive that does not answer fails this letter, and not its batch. */
export async function answerKnown(
  letter: Letter,
  known: KnownId,
  now: {
    readonly held: Held;
    readonly recordAt: (seq: number) => Promise<ActorRecord | undefined>;
  },
): Promise<void> {
  if (known.digest !== letter.claim?.digest) {
    refuse([letter], KEY_REUSED, now.held);
    return;
  }
  try {
    const record = await now.recordAt(known.seq);
    if (record === undefined) {
      throw new Error(`the record ${known.seq} of a known command id is missing`);
    }
    letter.resolve({ kind: "accepted", record, duplicate: true, look: lookOf(now.held) });
  } catch (error) {
    letter.reject(error);
  }
}
