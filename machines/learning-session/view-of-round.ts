/** A round as the class sees it: no key, explanation or counts before it is revealed (LS10). */
import type { JsonObject } from "../json.ts";
import { type Round, type SessionContext, rfc3339OrNull } from "./context.ts";
import { answeredOf } from "./counters.ts";
import { keyOf } from "./key.ts";
import { countsIn } from "./marking.ts";
import { questionOf } from "./question.ts";
import { classDeadline, phaseOf, remainingMs } from "./round.ts";

export function roundView(context: SessionContext, round: Round): JsonObject {
  const phase = phaseOf(round);
  const deadline = classDeadline(round);
  const isFrozen = round.pausedAt !== null;
  const isRevealed = phase === "revealed";
  return {
    roundId: round.roundId,
    stepId: round.stepId,
    item: questionOf(round.item),
    phase,
    openedAt: rfc3339OrNull(round.openedAt),
    limitMs: round.limitMs,
    deadlineAt: isFrozen ? null : rfc3339OrNull(deadline),
    remainingMs: remainingMs(round, deadline),
    ...answeredOf(context, round),
    key: isRevealed ? keyOf(round.item) : null,
    explanation: isRevealed ? (round.item.explanation ?? null) : null,
    counts: isRevealed ? countsIn(context, round) : null,
  };
}
