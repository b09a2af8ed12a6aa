/**
 * What a client may send to a session: one closed schema a command, `type` included.
 *
 * Unknown fields are refused by name. The types of all of them are one union, `SessionCommand`,
 * and `CommandType` is what every table over commands is total in.
 */
import { type Static, type TProperties, Type } from "@sinclair/typebox";
import { INSTANT } from "./instant.ts";
import { LIMIT_MS_MAX, LIMIT_MS_MIN, OPEN_TEXT_CHARS_MAX } from "./item.ts";
import { ItemWish } from "./item-wish.ts";
import { Admission, DURATION_MS_MAX, PartialSettings } from "./settings.ts";

const strict = { additionalProperties: false } as const;

/** A sentence or two. */
const REASON_CHARS_MAX = 500;
/** One grade is never worth more than the largest item. */
const POINTS_MAX = 1_000;
/** As many as there may be seats. */
const PARTICIPANTS_MAX = 1_000;
/** More than these no teacher walks between. */
export const GROUPS_MAX = 100;

const Id = Type.String({ pattern: "^[A-Za-z0-9_-]{1,64}$" });
const Reason = Type.Optional(Type.String({ maxLength: REASON_CHARS_MAX }));
const QuestionText = Type.String({ minLength: 1, maxLength: REASON_CHARS_MAX, pattern: "\\S" });
/** Six that everybody can tell apart; a client draws them as it likes. */
const Emoji = Type.Union([
  Type.Literal("thumbs-up"),
  Type.Literal("heart"),
  Type.Literal("clap"),
  Type.Literal("laugh"),
  Type.Literal("surprised"),
  Type.Literal("confused"),
]);
const Limit = Type.Union([
  Type.Integer({ minimum: LIMIT_MS_MIN, maximum: LIMIT_MS_MAX }),
  Type.Null(),
]);
const Strategy = Type.Union([
  Type.Literal("random"),
  Type.Literal("balanced"),
  Type.Literal("by-hand"),
  Type.Literal("self-selected"),
]);
/** By hand with who is in it; self-selected with its name alone. */
const PlannedGroup = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 60, pattern: "\\S" }),
    participantIds: Type.Optional(Type.Array(Id, { maxItems: PARTICIPANTS_MAX })),
  },
  strict,
);
/** Judged by the item of the round, so that what is wrong with it is `bad-answer` with its path. */
const AnswerFields = Type.Unknown({
  description: 'By the kind of the item, e.g. { "choice": "a" } or { "text": "…" }',
});

function command<Name extends string, Fields extends TProperties>(type: Name, fields: Fields) {
  return Type.Object({ type: Type.Literal(type), ...fields }, strict);
}

export const COMMANDS = {
  "session.schedule": command("session.schedule", { startsAt: Type.String({ pattern: INSTANT }) }),
  "session.open-lobby": command("session.open-lobby", {}),
  "session.start": command("session.start", {}),
  "session.pause": command("session.pause", {}),
  "session.resume": command("session.resume", {}),
  "session.extend": command("session.extend", {
    byMs: Type.Integer({ minimum: 1_000, maximum: DURATION_MS_MAX }),
  }),
  "session.end": command("session.end", {}),
  "session.cancel": command("session.cancel", { reason: Reason }),
  "settings.set": command("settings.set", { settings: PartialSettings }),
  "admission.set": command("admission.set", { admission: Admission }),
  "code.rotate": command("code.rotate", {}),
  "step.present": command("step.present", { stepId: Id }),
  "participant.join": command("participant.join", {}),
  "participant.leave": command("participant.leave", {}),
  "participant.admit": command("participant.admit", { participantId: Id }),
  "participant.deny": command("participant.deny", { participantId: Id }),
  "participant.remove": command("participant.remove", { participantId: Id }),
  "participant.ban": command("participant.ban", { participantId: Id }),
  "participant.unban": command("participant.unban", { participantId: Id }),
  "participant.promote": command("participant.promote", { userId: Id }),
  "participant.demote": command("participant.demote", { participantId: Id }),
  "participant.rename": command("participant.rename", {
    participantId: Id,
    name: Type.String({ minLength: 1, maxLength: 200 }),
  }),
  "participant.nudge": command("participant.nudge", { participantId: Id, text: Reason }),
  "round.open": command("round.open", {
    stepId: Type.Optional(Id),
    item: Type.Optional(ItemWish),
    limitMs: Type.Optional(Limit),
    groupId: Type.Optional(Id),
  }),
  "round.close": command("round.close", { roundId: Id }),
  "round.extend": command("round.extend", {
    roundId: Id,
    byMs: Type.Integer({ minimum: 1_000, maximum: LIMIT_MS_MAX }),
  }),
  "round.reopen": command("round.reopen", {
    roundId: Id,
    limitMs: Limit,
    participantIds: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: PARTICIPANTS_MAX })),
  }),
  "round.score": command("round.score", { roundId: Id, key: Type.Optional(Type.Unknown()) }),
  "round.reveal": command("round.reveal", { roundId: Id }),
  "round.void": command("round.void", { roundId: Id }),
  "round.dismiss": command("round.dismiss", { roundId: Id }),
  "answer.submit": command("answer.submit", { roundId: Id, answer: AnswerFields }),
  "answer.amend": command("answer.amend", { roundId: Id, answer: AnswerFields }),
  "draft.save": command("draft.save", { roundId: Id, answer: AnswerFields }),
  "answer.grade": command("answer.grade", {
    roundId: Id,
    participantId: Id,
    points: Type.Number({ minimum: 0, maximum: POINTS_MAX }),
    comment: Type.Optional(Type.String({ maxLength: OPEN_TEXT_CHARS_MAX })),
  }),
  "hand.raise": command("hand.raise", {}),
  "hand.lower": command("hand.lower", { participantId: Type.Optional(Id) }),
  "hand.call": command("hand.call", { participantId: Id }),
  "hands.clear": command("hands.clear", {}),
  "question.ask": command("question.ask", { text: QuestionText }),
  "question.upvote": command("question.upvote", { questionId: Id }),
  "question.pin": command("question.pin", { questionId: Id }),
  "question.unpin": command("question.unpin", { questionId: Id }),
  "question.resolve": command("question.resolve", { questionId: Id }),
  "question.remove": command("question.remove", { questionId: Id }),
  "reaction.send": command("reaction.send", { emoji: Emoji }),
  "presence.set": command("presence.set", { away: Type.Boolean() }),
  "floor.set": command("floor.set", {
    floor: Type.Union([Type.Literal("open"), Type.Literal("muted")]),
  }),
  "groups.plan": command("groups.plan", {
    strategy: Strategy,
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: GROUPS_MAX })),
    size: Type.Optional(Type.Integer({ minimum: 1, maximum: PARTICIPANTS_MAX })),
    groups: Type.Optional(Type.Array(PlannedGroup, { minItems: 1, maxItems: GROUPS_MAX })),
  }),
  "groups.move": command("groups.move", { participantId: Id, groupId: Id }),
  "groups.open": command("groups.open", {
    durationMs: Type.Optional(Type.Integer({ minimum: 60_000, maximum: LIMIT_MS_MAX })),
  }),
  "groups.announce": command("groups.announce", { text: QuestionText }),
  "groups.recall": command("groups.recall", {}),
  "accommodation.set": command("accommodation.set", {
    participantId: Id,
    multiplier: Type.Optional(Type.Number({ minimum: 1, maximum: 10 })),
    extraMs: Type.Optional(Type.Integer({ minimum: 0, maximum: LIMIT_MS_MAX })),
    untimed: Type.Optional(Type.Boolean()),
  }),
  "attendance.mark": command("attendance.mark", {
    participantId: Id,
    status: Type.Union([
      Type.Literal("present"),
      Type.Literal("late"),
      Type.Literal("absent"),
      Type.Literal("excused"),
      Type.Null(),
    ]),
  }),
} as const;

export type CommandType = keyof typeof COMMANDS;
export type SessionCommand = { [T in CommandType]: Static<(typeof COMMANDS)[T]> }[CommandType];

/** What came with version 2; a session of version 1 does not know the words. */
const SINCE_2: ReadonlySet<string> = new Set<CommandType>([
  "question.ask",
  "question.upvote",
  "question.pin",
  "question.unpin",
  "question.resolve",
  "question.remove",
  "reaction.send",
  "presence.set",
  "floor.set",
  "groups.plan",
  "groups.move",
  "groups.open",
  "groups.announce",
  "groups.recall",
]);

export type SessionVersion = 1 | 2;

export function isCommandOf(version: SessionVersion, type: string): type is CommandType {
  return isCommandType(type) && (version > 1 || !SINCE_2.has(type));
}

export function isCommandType(type: string): type is CommandType {
  return Object.hasOwn(COMMANDS, type);
}
