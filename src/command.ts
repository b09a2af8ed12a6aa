/**
 * Commands as clients write them: checked against the machine's own schemas.
 *
 * Invariants:
 * 1. A role that may never send a command is told so, before anything is said of its fields.
 * 2. Unknown fields and wrong types are refused by name (RFC 6901 paths); nothing is coerced.
 */
import { Type } from "@sinclair/typebox";
import type { Machine, Message } from "../machines/living.ts";
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
  /** By the version that the actor is of. */
  parse(machine: Machine, untrusted: unknown, role: string): ParsedCommand;
}

export function createCommandParser(): CommandParser {
  const typed = createValidator(Typed);
  const validators = new Map<string, Validator<Machine["commands"][string]>>();
  const validatorOf = (machine: Machine, type: string): Validator<Machine["commands"][string]> => {
    const name = `${machine.kind}@${machine.version} ${type}`;
    const schema = machine.commands[type];
    const known = validators.get(name) ?? createValidator(schema ?? Typed);
    validators.set(name, known);
    return known;
  };
  return {
    parse(machine, untrusted, role) {
      const head = typed.validate(untrusted);
      if (!head.ok) {
        return invalid("A command is an object with a type.", head.errors);
      }
      const { type } = head.value;
      if (!Object.hasOwn(machine.commands, type)) {
        return invalid("There is no such command.", [{ path: "/type", message: "Unknown type" }]);
      }
      if (!machine.may(type, role)) {
        const detail = `${type} is not for somebody who is ${role} here.`;
        return { ok: false, problem: problem("not-allowed", detail) };
      }
      const { expectedSeq, ...rest } = head.value;
      const valid = validatorOf(machine, type).validate(rest);
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
