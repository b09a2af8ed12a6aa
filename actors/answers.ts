/** The answers of a batch that is durable: each letter gets its own. */
import { NOT_OWED, answer, refuse } from "./answer.ts";
import type { Batch } from "./batch.ts";
import { type KnownNow, answerKnown } from "./known.ts";
import type { Letter } from "./letter.ts";
import { type Done, again } from "./owed.ts";
import type { KnownId } from "./store.ts";

/** A refused letter whose id is known goes another way. */
export async function giveAnswers(
  letters: readonly Letter[],
  batch: Batch,
  how: {
    readonly known: readonly KnownId[];
    readonly now: KnownNow;
    readonly act: (done: Done) => void;
  },
): Promise<void> {
  const ids = new Map(how.known.map((each) => [each.idKey, each]));
  for (const letter of letters) {
    const outcome = batch.outcomes.get(letter);
    const before = letter.claim === undefined ? undefined : ids.get(letter.claim.idKey);
    if (outcome?.kind === "refused" && before !== undefined) {
      await answerKnown(letter, before, how.now);
    } else if (outcome?.kind === "early") {
      how.act(again(outcome.owed));
      refuse([letter], NOT_OWED, batch.after);
    } else if (outcome !== undefined) {
      answer(letter, outcome, batch);
    }
  }
}
