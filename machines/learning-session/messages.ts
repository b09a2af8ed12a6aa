/**
 * Every message of a session: clients' commands, the platform's words, timers, and what its regions
 * tell one another.
 *
 * Owns the platform's schemas, which complete some commands with what only the platform knows, and
 * the one parser of messages. A client cannot send what is here: only `COMMANDS` is on the doors.
 */
import { type Static, type TObject, type TProperties, Type } from "@sinclair/typebox";
import { TypeCompiler, type TypeCheck } from "@sinclair/typebox/compiler";
import type { Message, Stamp } from "../living.ts";
import type { FieldError } from "../refusal.ts";
import { COMMANDS, type CommandType, type SessionCommand, isCommandType } from "./commands.ts";
import { FIELD_ERRORS_MAX, StepsSchema } from "./item.ts";
import { PartialSettings } from "./settings.ts";

const strict = { additionalProperties: false } as const;

const Id = Type.String({ pattern: "^[A-Za-z0-9_-]{1,64}$" });
const Name = Type.String({ maxLength: 200 });
const JoinCode = Type.String({ minLength: 1, maxLength: 64 });
const ConnectionId = Type.String({ minLength: 1, maxLength: 200 });

function word<Name extends string, Fields extends TProperties>(type: Name, fields: Fields) {
  return Type.Object({ type: Type.Literal(type), ...fields }, strict);
}

export const BIRTH = word("session.create", {
  title: Type.String({ maxLength: 200 }),
  language: Type.String({ maxLength: 35 }),
  lessonId: Type.String({ maxLength: 64 }),
  lessonVersion: Type.Optional(Type.Integer({ minimum: 1, maximum: 999_999_999 })),
  steps: StepsSchema,
  joinCode: JoinCode,
  host: Type.Object({ userId: Id, name: Name }, strict),
  startsAt: Type.Union([Type.Number(), Type.Null()]),
  settings: PartialSettings,
});

/** The platform's own words, and commands as it completes them. */
export const PLATFORM = {
  "participant.join": word("participant.join", {
    participantId: Id,
    name: Name,
    userId: Type.Union([Id, Type.Null()]),
    role: Type.Optional(Type.String({ maxLength: 20 })),
  }),
  "participant.rejoin": word("participant.rejoin", {
    participantId: Id,
    name: Type.Optional(Name),
  }),
  "participant.promote": word("participant.promote", {
    userId: Id,
    name: Type.Optional(Name),
    role: Type.Optional(Type.String({ maxLength: 20 })),
  }),
  "code.rotate": word("code.rotate", { joinCode: JoinCode }),
  "presence.set": word("presence.set", {
    away: Type.Boolean(),
    connectionId: Type.Optional(ConnectionId),
  }),
  "connection.opened": word("connection.opened", { connectionId: ConnectionId }),
  "connection.closed": word("connection.closed", { connectionId: ConnectionId }),
  "code.released": word("code.released", { joinCode: JoinCode }),
  "seat.revoked": word("seat.revoked", { participantId: Id }),
} as const;

export type PlatformType = keyof typeof PLATFORM;
export type MessageType = CommandType | PlatformType;
export type Birth = Static<typeof BIRTH>;

type PlatformMessage = { [T in PlatformType]: Static<(typeof PLATFORM)[T]> }[PlatformType];
export type SessionMessage = Exclude<SessionCommand, { type: PlatformType }> | PlatformMessage;

/** The round's next instant, the session's end, and a participant who has not come back. */
export type Timed =
  | { readonly type: "timer.round"; readonly roundId: string }
  | { readonly type: "timer.grace"; readonly roundId: string }
  | { readonly type: "timer.groups" }
  | { readonly type: "timer.session" }
  | { readonly type: "timer.offline"; readonly participantId: string };

/** What one region tells the others within a step. */
export type Told =
  | { readonly type: "told.host-lost" }
  | { readonly type: "told.host-back" }
  | { readonly type: "told.admission"; readonly admission: "open" | "approval" | "locked" }
  | { readonly type: "told.overdue" }
  | { readonly type: "told.group-round"; readonly word: (SessionMessage | Timed) & Stamp };

export type SessionEvent = (SessionMessage | Timed | Told) & Stamp;
export type EventType = SessionEvent["type"];
export type EventOf<T extends EventType> = Extract<SessionEvent, { readonly type: T }>;

function isPlatformType(type: string): type is PlatformType {
  return Object.hasOwn(PLATFORM, type);
}

/** Of a timer: armed by the machine itself, and never on a door. */
export function isTimerType(type: string): boolean {
  return type.startsWith("timer.") || type.startsWith("xstate.after.");
}

const checks = new Map<string, TypeCheck<TObject>>();

/** What is wrong with a message, by field; empty: `parseMessage` may have it. */
export function messageErrors(message: Message): readonly FieldError[] {
  const schema = schemaOf(message.type);
  if (schema === undefined) {
    return [{ path: "/type", message: "Unknown type of message" }];
  }
  const check = checkOf(message.type, schema);
  return check.Check(message) ? [] : fieldErrors(check, message);
}

/** Only for what `messageErrors` has found nothing wrong with. */
export function parseMessage(message: Message): SessionMessage {
  return message as unknown as SessionMessage;
}

/** XState's event: the fields of the message beside those of its stamp. */
export function parseEvent(message: Message, stamp: Stamp): SessionEvent {
  return { ...message, ...stamp } as unknown as SessionEvent;
}

export function parseBirth(message: Message): Birth | readonly FieldError[] {
  const check = checkOf(BIRTH.properties.type.const, BIRTH);
  return check.Check(message) ? (message as unknown as Birth) : fieldErrors(check, message);
}

function schemaOf(type: string): TObject | undefined {
  if (isPlatformType(type)) {
    return PLATFORM[type];
  }
  return isCommandType(type) ? COMMANDS[type] : undefined;
}

function checkOf(type: string, schema: TObject): TypeCheck<TObject> {
  const known = checks.get(type);
  if (known !== undefined) {
    return known;
  }
  const compiled = TypeCompiler.Compile(schema);
  checks.set(type, compiled);
  return compiled;
}

function fieldErrors(check: TypeCheck<TObject>, message: Message): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const error of check.Errors(message)) {
    if (errors.length === FIELD_ERRORS_MAX) {
      break;
    }
    if (!errors.some((each) => each.path === error.path)) {
      errors.push({ path: error.path, message: error.message });
    }
  }
  return errors;
}
