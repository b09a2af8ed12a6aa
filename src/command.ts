/**
 * Commands as clients write them: checked against the machine's own schemas.
 *
 * Invariants:
 * 1. A role that may never send a command is told so, before anything is said of its fields.
 * 2. Unknown fields and wrong types are refused by name (RFC 6901 paths); nothing is coerced.
 */
import { Type } from "@sinclair/typebox";
import type { ActorKind, Machine, Message } from "../machines/living.ts";
import { type Validator, createValidator } from "./http/valid.ts";
import { type Problem, problem } from "./problem.ts";

const Typed = Type.Object({
  type: Type.String({ maxLength: 64 }),
  expectedSeq: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
});

export type ParsedCommand =
  | { readonly ok: true; readonly command: Message; readonly expectedSeq: number | undefined }
  | { readonly ok: false; readonly problem: Problem };

export interface CommandParser {
  parse(kind: ActorKind, untrusted: unknown, role: string): ParsedCommand;
}

export function createCommandParser(machines: Readonly<Record<ActorKind, Machine>>): CommandParser {
  const typed = createValidator(Typed);
  const validators = new Map<string, Validator<Machine["commands"][string]>>();
  const validatorOf = (kind: ActorKind, type: string): Validator<Machine["commands"][string]> => {
    const name = `${kind} ${type}`;
    const schema = machines[kind].commands[type];
    const known = validators.get(name) ?? createValidator(schema ?? Typed);
    validators.set(name, known);
    return known;
  };
  return {
    parse(kind, untrusted, role) {
      const head = typed.validate(untrusted);
      if (!head.ok) {
        return invalid("A command is an object with a type.", head.errors);
      }
      const { type } = head.value;
      if (!Object.hasOwn(machines[kind].commands, type)) {
        return invalid("There is no such command.", [{ path: "/type", message: "Unknown type" }]);
      }
      if (!machines[kind].may(type, role)) {
        const detail = `${type} is not for somebody who is ${role} here.`;
        return { ok: false, problem: problem("not-allowed", detail) };
      }
      const { expectedSeq, ...rest } = head.value;
      const valid = validatorOf(kind, type).validate(rest);
      return valid.ok
        ? { ok: true, command: parseCommand(valid.value), expectedSeq }
        : invalid(`The command ${type} is not valid.`, valid.errors);
    },
  };
}

function parseCommand(value: unknown): Message {
  return value as Message;
}

function invalid(
  detail: string,
  errors: readonly { readonly path: string; readonly message: string }[],
): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: problem("invalid", detail, { errors }) };
}
