/**
 * Shapes of the session routes: what is asked, and the union of commands as the documents show it.
 */
import { type TSchema, Type } from "@sinclair/typebox";
import { COMMANDS } from "../../machines/learning-session/commands.ts";
import { PartialSettings } from "../../machines/learning-session/settings.ts";
import { Id, Instant, Nullable } from "./shapes.ts";

const strict = { additionalProperties: false } as const;
const TITLE_CHARS_MAX = 200;

export const PHASES = [
  "draft",
  "scheduled",
  "lobby",
  "live",
  "wrapup",
  "ended",
  "archived",
  "cancelled",
  "expired",
] as const;

export const Phase = Type.Union(PHASES.map((phase) => Type.Literal(phase)));

export const CreateSession = Type.Object(
  {
    lessonId: Id,
    lessonVersion: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 999_999_999,
        description: "Without it: the version that was published last; if none was, the draft.",
      }),
    ),
    title: Type.Optional(Type.String({ minLength: 1, maxLength: TITLE_CHARS_MAX })),
    startsAt: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 40,
        description: "RFC 3339 with an offset; with it the session begins as `scheduled`.",
      }),
    ),
    settings: Type.Optional(PartialSettings),
    classId: Type.Optional({
      ...Id,
      description: "The class that it is for: its students are expected.",
    }),
  },
  strict,
);

export const CreatedShape = Type.Object(
  {
    id: Id,
    joinCode: Type.String({ description: "Six characters; how the class comes in." }),
    seq: Type.Integer(),
    state: Type.Unknown({ description: "The XState value." }),
    can: Type.Array(Type.String()),
    view: Type.Object({}, { additionalProperties: true }),
    now: Instant,
  },
  { $id: "CreatedSession" },
);

export const SessionSummaryShape = Type.Object(
  {
    id: Id,
    title: Type.String(),
    phase: Phase,
    lessonId: Id,
    lessonVersion: Nullable(
      Type.Integer({ description: "Of the lesson, as it was copied; null: not recorded." }),
    ),
    hostUserId: Id,
    startsAt: Nullable(Instant),
    createdAt: Instant,
    endedAt: Nullable(Instant),
    joinCode: Type.Optional(Nullable(Type.String({ description: "To hosts, while it works." }))),
    class: Type.Optional(
      Nullable(
        Type.Object({ id: Id, title: Type.String() }, { description: "To hosts: for whom it is." }),
      ),
    ),
  },
  { $id: "SessionSummary" },
);

const expectedSeq = Type.Optional(
  Type.Integer({
    minimum: 0,
    description: "Refuse with `moved-on` if the session is further than this.",
  }),
);

/** One component a command, so that a client's generator makes a type of each. */
const commands: readonly (readonly [string, TSchema])[] = Object.entries(COMMANDS).map(
  ([type, schema]) => {
    const $id = `Command.${type}`;
    return [type, { ...schema, properties: { ...schema.properties, expectedSeq }, $id }];
  },
);

export const CommandShape = Type.Unsafe({
  $id: "SessionCommand",
  oneOf: commands.map(([, schema]) => schema),
  discriminator: {
    propertyName: "type",
    mapping: Object.fromEntries(
      commands.map(([type]) => [type, `#/components/schemas/Command.${type}`]),
    ),
  },
});

const ROUND = "r12";

export const COMMAND_EXAMPLES = {
  "Open the lobby": { type: "session.open-lobby" },
  "Start the lesson": { type: "session.start" },
  "Show a step": { type: "step.present", stepId: "s1" },
  "Ask a step's question": { type: "round.open", stepId: "s2", limitMs: 60_000 },
  "Ask ad hoc": {
    type: "round.open",
    item: {
      kind: "poll",
      prompt: "Ready?",
      choices: ["yes", "no"].map((id) => ({ id, text: id })),
    },
  },
  "Answer (student)": { type: "answer.submit", roundId: ROUND, answer: { choice: "a" } },
  "Close the round": { type: "round.close", roundId: ROUND },
  "Reveal the key": { type: "round.reveal", roundId: ROUND },
  "Raise a hand (student)": { type: "hand.raise" },
  "Ask the teacher (student)": { type: "question.ask", text: "Why is it a half?" },
  "Show a question to everyone": { type: "question.pin", questionId: "q12" },
  "Plan groups": { type: "groups.plan", strategy: "random", size: 4 },
  "Open them for ten minutes": { type: "groups.open", durationMs: 600_000 },
  "Ask one group": { type: "round.open", stepId: "s2", groupId: "g12-1" },
  "Call all groups back": { type: "groups.recall" },
  "End the lesson": { type: "session.end" },
} as const;

export const FACTS_EXAMPLE = [
  { type: "round.locked", roundId: ROUND },
  { type: "round.scored", roundId: ROUND, counts: { a: 17, b: 9 } },
] as const;
