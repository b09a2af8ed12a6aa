/**
 * Inbound events: what a client may say on a socket, checked before anything else looks at it.
 *
 * Owns the schemas of the four events. Unknown fields are refused by name; what a command holds is
 * judged by the desk, against the machine's own schemas. Invariants:
 * 1. What was not accepted here has touched no actor and no other connection.
 * 2. A problem names fields and never repeats a value.
 */
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { guardJson } from "../http/text-guard.ts";
import { type Validator, createValidator } from "../http/valid.ts";
import { type Problem, problem } from "../problem.ts";

/** `session/` and an id of 64 characters. */
const ACTOR_CHARS_MAX = 80;
/** As for `Idempotency-Key`. */
const ID_CHARS_MAX = 200;
const TOKEN_CHARS_MAX = 4_096;

const strict = { additionalProperties: false } as const;
const actor = Type.String({ minLength: 1, maxLength: ACTOR_CHARS_MAX });

export const WATCH = createValidator(
  Type.Object(
    {
      actor,
      after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
      /** The epoch that `after` counts in, as an acknowledgement gave it. */
      epoch: Type.Optional(Type.String({ maxLength: ID_CHARS_MAX })),
      as: Type.Optional(Type.Literal("view")),
    },
    strict,
  ),
);
export type WatchInput = Static<typeof WATCH.schema>;

export const UNWATCH = createValidator(Type.Object({ actor }, strict));

export const SEND = createValidator(
  Type.Object(
    {
      actor,
      id: Type.Optional(Type.String({ minLength: 1, maxLength: ID_CHARS_MAX })),
      command: Type.Object({}),
    },
    strict,
  ),
);

export const AUTHENTICATE = createValidator(
  Type.Object({ token: Type.String({ maxLength: TOKEN_CHARS_MAX }) }, strict),
);

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

/** The arguments of an event, without its acknowledgement callback. */
export function parseInbound<Schema extends TSchema>(
  validator: Validator<Schema>,
  args: readonly unknown[],
): Parsed<Static<Schema>> {
  const [payload] = args;
  if (args.length !== 1 || typeof payload !== "object" || payload === null) {
    const detail = "Expected one JSON object as the event's payload.";
    return { ok: false, problem: problem("malformed", detail) };
  }
  const faults = guardJson(payload);
  if (faults.length > 0) {
    const detail = "The message holds what is never accepted; see errors.";
    return { ok: false, problem: problem("invalid", detail, { errors: faults }) };
  }
  const valid = validator.validate(payload);
  if (valid.ok) {
    return valid;
  }
  const where = valid.errors.map((error) => error.path || "/").join(", ");
  const detail = `The message is not valid at ${where}.`;
  return { ok: false, problem: problem("invalid", detail, { errors: valid.errors }) };
}
