/**
 * What a letter is told when its turn is over: the reply for each outcome, and the runtime's own
 * no.
 */
import type { Refusal } from "../machines/refusal.ts";
import { unreachable } from "../machines/unreachable.ts";
import type { Batch, Held, Outcome } from "./batch.ts";
import type { Letter } from "./letter.ts";
import type { Look } from "./reply.ts";

export function lookOf(held: Held): Look {
  const { epoch, seq, at } = held.envelope;
  return { epoch, seq, at, living: held.living };
}

export function refuse(letters: readonly Letter[], refusal: Refusal, held: Held | undefined): void {
  for (const letter of letters) {
    letter.resolve({
      kind: "refused",
      refusal,
      ...(held === undefined ? {} : { look: lookOf(held) }),
    });
  }
}

/** Only after the batch is durable, or confirmed where nothing was written. */
export function answer(
  letter: Letter,
  outcome: Exclude<Outcome, { kind: "early" }>,
  batch: Batch,
): void {
  switch (outcome.kind) {
    case "accepted":
      letter.resolve({
        kind: "accepted",
        record: outcome.record,
        duplicate: false,
        look: lookOf(outcome.after),
      });
      return;
    case "refused":
      refuse([letter], outcome.refusal, batch.after);
      return;
    case "twin":
      answerTwin(letter, outcome.of, batch);
      return;
    case "not-owed":
      refuse([letter], NOT_OWED, batch.after);
      return;
    default:
      unreachable(outcome);
  }
}

function answerTwin(letter: Letter, first: Letter, batch: Batch): void {
  const outcome = batch.outcomes.get(first);
  if (letter.claim?.digest !== first.claim?.digest || outcome?.kind !== "accepted") {
    refuse([letter], KEY_REUSED, batch.after);
    return;
  }
  letter.resolve({
    kind: "accepted",
    record: outcome.record,
    duplicate: true,
    look: lookOf(batch.after),
  });
}

export const BUSY: Refusal = {
  code: "busy",
  detail: "Too many messages wait for this actor: send the command again a little later.",
  more: { retryAfterMs: 1_000 },
};
export const INTERNAL: Refusal = {
  code: "internal",
  detail: "The command could not be carried out; nothing was changed.",
};
export const TOO_LARGE: Refusal = {
  code: "too-large",
  detail: "The command would make the actor larger than it may be; nothing was changed.",
};
export const NOT_OWED: Refusal = {
  code: "not-accepted",
  detail: "This is not owed any more, or not yet.",
};
export const KEY_REUSED: Refusal = {
  code: "key-reused",
  detail: "This command id was used for another command: use a new id for new content.",
};
