/**
 * A command id that was accepted before: it is answered with the record that it made then (C5).
 */
import { KEY_REUSED, lookOf, refuse } from "./answer.ts";
import type { Held } from "./batch.ts";
import type { ActorRecord } from "./envelope.ts";
import type { Letter } from "./letter.ts";
import type { KnownId } from "./store.ts";

/** The actor as it is when a known id is answered. */
export interface KnownNow {
  readonly held: Held;
  readonly recordAt: (seq: number) => Promise<ActorRecord | undefined>;
}

/** Answers those whose ids are known; the others have to be stepped again. */
export async function withoutKnown(
  letters: readonly Letter[],
  known: readonly KnownId[],
  now: KnownNow,
): Promise<readonly Letter[]> {
  const ids = new Map(known.map((each) => [each.idKey, each]));
  const left: Letter[] = [];
  for (const letter of letters) {
    const before = letter.claim === undefined ? undefined : ids.get(letter.claim.idKey);
    if (before === undefined) {
      left.push(letter);
    } else {
      await answerKnown(letter, before, now);
    }
  }
  return left;
}

/** Never rejects: an archive that does not answer fails this letter, and not its batch. */
export async function answerKnown(letter: Letter, known: KnownId, now: KnownNow): Promise<void> {
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
