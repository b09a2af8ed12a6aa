/**
 * A command id that was accepted before: it is answered with the record that it made then (C5).
 *
 * Invariant: what the store knows of an id is believed only as far as its record says the same; an
 * id beside another's record is neither answered nor accepted once more (C6).
 */
import { KEY_REUSED, lookOf, refuse } from "./answer.ts";
import type { Held } from "./batch.ts";
import { type ActorRecord, Damaged } from "./envelope.ts";
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
  try {
    const record = await now.recordAt(known.seq);
    if (record?.id?.idKey !== known.idKey) {
      throw new Damaged(`the record ${known.seq} of a known command id is missing, or another's`);
    }
    if (record.id.digest !== letter.claim?.digest) {
      refuse([letter], KEY_REUSED, now.held);
      return;
    }
    letter.resolve({ kind: "accepted", record, duplicate: true, look: lookOf(now.held) });
  } catch (error) {
    letter.reject(error);
  }
}
