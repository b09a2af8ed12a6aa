/** What stands in the way of a round's opening, closing, scoring and showing. */
import type { Refusal } from "../refusal.ts";
import { askedItem } from "./asking.ts";
import { admittedIds } from "./clock.ts";
import { type Round, type SessionContext, roundOf } from "./context.ts";
import { LIMIT_MS_MAX, itemErrors } from "./item.ts";
import { withKey } from "./key.ts";
import type { SessionMessage } from "./messages.ts";
import { type Judged, invalid, refuse } from "./refuse.ts";
import { type RoundPhase, phaseOf } from "./round.ts";
import { ANSWER_BYTES, STORED_BYTES_MAX, bytesOf, storedBytes } from "./size.ts";

type Of<T extends SessionMessage["type"]> = Extract<SessionMessage, { readonly type: T }>;
type RoundMessage = Of<
  | "round.close"
  | "round.extend"
  | "round.reopen"
  | "round.score"
  | "round.reveal"
  | "round.void"
  | "round.dismiss"
>;

/** Not before the round is scored. */
const OF_SCORED: ReadonlySet<string> = new Set(["round.reveal", "round.dismiss"]);

/** Every round stays in the snapshot with its answers; no lesson has had half as many. */
export const ROUNDS_MAX = 200;
/**
 * Of all groups together, beside those of the class: fifteen groups with forty questions each. Of
 * three groups, their answers are as many as those of 200 rounds of the class.
 */
export const GROUP_ROUNDS_MAX = 600;

export function openRefusal(judged: Judged, message: Of<"round.open">): Refusal | undefined {
  const { context, where } = judged;
  if (where.activity === "ticking" || where.activity === "frozen") {
    return refuse("round-already-open", "Close the open round before opening another.");
  }
  if (where.activity === "grace") {
    return closing(judged);
  }
  if (where.phase !== "running" || where.grouping === "closing" || where.grouping === "merging") {
    return undefined;
  }
  const apart = audienceRefusal(judged, message.groupId);
  if (apart !== undefined) {
    return apart;
  }
  if ((message.stepId === undefined) === (message.item === undefined)) {
    return invalid("/stepId", "Expected either a stepId or an item");
  }
  return numberRefusal(context, message.groupId) ?? itemRefusal(context, message);
}

/** The class and its groups each have a number of rounds of their own. */
function numberRefusal({ pastRounds }: SessionContext, groupId?: string): Refusal | undefined {
  const isApart = groupId !== undefined;
  const past = pastRounds.filter(({ group }) => (group !== undefined) === isApart).length;
  if (past < (isApart ? GROUP_ROUNDS_MAX : ROUNDS_MAX)) {
    return undefined;
  }
  return refuse(
    "not-accepted",
    isApart
      ? `The groups of a session have at most ${GROUP_ROUNDS_MAX} rounds together.`
      : `A session has at most ${ROUNDS_MAX} rounds of the class.`,
  );
}

/** One open round per audience: a group's own, and the class's only while no group has one. */
function audienceRefusal(judged: Judged, groupId: string | undefined): Refusal | undefined {
  const { context, where } = judged;
  const groups = context.grouping?.groups ?? [];
  if (groupId === undefined) {
    const isAsked = groups.some(({ round }) => round !== null && isAnswerable(round));
    return isAsked ? refuse("round-already-open", "A group has an open round.") : undefined;
  }
  if (where.grouping !== "split") {
    return refuse("not-accepted", "The class is not in groups.");
  }
  if (!groups.some((each) => each.groupId === groupId)) {
    return invalid("/groupId", "Expected the id of a group of this session");
  }
  const phase = context.round === null ? "scored" : phaseOf(context.round);
  if (phase === "open") {
    return refuse("round-already-open", "Close the open round of the group first.");
  }
  return phase === "grace" ? closing(judged) : undefined;
}

function isAnswerable(round: Round): boolean {
  const phase = phaseOf(round);
  return phase === "open" || phase === "grace";
}

function itemRefusal(context: SessionContext, message: Of<"round.open">): Refusal | undefined {
  const item = askedItem(context, message);
  if (item === undefined) {
    return invalid("/stepId", "Expected the id of a step with an item");
  }
  const errors = itemErrors(item).map((error) => ({ ...error, path: `/item${error.path}` }));
  if (errors.length > 0) {
    return refuse("invalid", "The item cannot be asked as it is.", { errors });
  }
  const round = bytesOf(item) + admittedIds(context).length * ANSWER_BYTES;
  return storedBytes(context) + round > STORED_BYTES_MAX
    ? refuse("too-large", "This session holds as much as it can: end it and begin another.")
    : undefined;
}

export function roundRefusal(judged: Judged, message: RoundMessage): Refusal | undefined {
  const { context } = judged;
  if (message.type === "round.score") {
    return scoreRefusal(judged, message);
  }
  if (context.round === null) {
    return refuse("round-not-open", "There is no current round.");
  }
  if (context.round.roundId !== message.roundId) {
    return wrongRound(context.round.roundId);
  }
  const phase = phaseOf(context.round);
  return (
    phaseRefusal(judged, message.type, phase) ??
    (message.type === "round.extend" ? extendRefusal(context, message.byMs) : undefined) ??
    (message.type === "round.reopen" ? reopenRefusal(context, message) : undefined)
  );
}

/** Undefined also where the table of states has the last word. */
function phaseRefusal(
  judged: Judged,
  type: Exclude<RoundMessage["type"], "round.score">,
  phase: RoundPhase,
): Refusal | undefined {
  if (phase === "grace" && type !== "round.void") {
    return closing(judged);
  }
  const isAnswerable = type === "round.close" || type === "round.extend";
  if (phase !== "open" && isAnswerable) {
    return refuse("round-not-open", `The round is ${phase}.`);
  }
  if (phase === "revealed" && type !== "round.dismiss") {
    return refuse("already-revealed", "The round is revealed already.");
  }
  if (phase === "open" && type === "round.reopen") {
    return refuse("round-already-open", "The round is open.");
  }
  // The table of states knows of the class's round alone.
  return phase === "open" && OF_SCORED.has(type) && judged.context.round?.group !== undefined
    ? refuse("not-accepted", "The round of the group is open.")
    : undefined;
}

/** A correction: of the current round once it is scored, and of every one before it. */
function scoreRefusal(judged: Judged, message: Of<"round.score">): Refusal | undefined {
  const { context } = judged;
  const round = roundOf(context, message.roundId);
  if (round === undefined) {
    return context.round === null
      ? refuse("round-not-open", "There is no such round.")
      : wrongRound(context.round.roundId);
  }
  const phase = phaseOf(round);
  if (phase === "grace") {
    return closing(judged);
  }
  if (phase === "open" || phase === "voided") {
    return refuse("not-accepted", `The round is ${phase}: it has no score.`);
  }
  const keyed = message.key === undefined ? round.item : withKey(round.item, message.key);
  return "message" in keyed ? invalid(`/key${keyed.path}`, keyed.message) : undefined;
}

function extendRefusal({ round }: SessionContext, byMs: number): Refusal | undefined {
  const limitMs = round?.limitMs ?? null;
  if (limitMs === null) {
    return refuse("not-accepted", "The round has no limit that could be extended.");
  }
  return limitMs + byMs > LIMIT_MS_MAX
    ? invalid("/byMs", "Expected a limit of at most 4 hours in all")
    : undefined;
}

function reopenRefusal(context: SessionContext, message: Of<"round.reopen">): Refusal | undefined {
  const ids = new Set<string>(context.participants.map((row) => row.participantId));
  const index = message.participantIds?.findIndex((each) => !ids.has(each)) ?? -1;
  return index < 0
    ? undefined
    : invalid(`/participantIds/${index}`, "Expected the id of a participant of this session");
}

function closing({ context, at }: Judged): Refusal {
  const endsAt = (context.round?.closedAt ?? at) + context.settings.graceMs;
  return refuse("round-closing", "The last answers are coming in.", {
    more: { retryAfterMs: Math.max(0, endsAt - at) },
  });
}

export function wrongRound(currentId: string): Refusal {
  return refuse("wrong-round", `Another round is current: ${currentId}.`);
}
