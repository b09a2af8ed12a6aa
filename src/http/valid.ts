/**
 * Validation: a value against a schema, with errors that name fields and never repeat a value.
 *
 * Unknown fields are refused by name where the schema says `additionalProperties: false`; nothing
 * is coerced, filled in or dropped.
 */
import type { Static, TSchema } from "@sinclair/typebox";
import { type TypeCheck, TypeCompiler } from "@sinclair/typebox/compiler";
import type { ValueError } from "@sinclair/typebox/value";
import type { FieldError } from "../../machines/refusal.ts";
import { fieldCodeOf } from "./field-code.ts";
import { FIELD_ERRORS_MAX, clipPath } from "./text-guard.ts";

/** Alternatives of a union are looked into no deeper than any schema here is. */
const UNION_DEPTH_MAX = 8;

export type Validated<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

export interface Validator<Schema extends TSchema> {
  readonly schema: Schema;
  validate(value: unknown): Validated<Static<Schema>>;
}

export function createValidator<Schema extends TSchema>(schema: Schema): Validator<Schema> {
  let compiled: TypeCheck<Schema> | undefined;
  return {
    schema,
    validate(value) {
      compiled ??= TypeCompiler.Compile(schema);
      if (compiled.Check(value)) {
        return { ok: true, value };
      }
      return { ok: false, errors: fieldErrors(compiled.Errors(value), 0) };
    },
  };
}

function fieldErrors(found: Iterable<ValueError>, depth: number): readonly FieldError[] {
  const byPath = new Map<string, FieldError>();
  for (const error of found) {
    for (const each of unfold(error, depth)) {
      if (!byPath.has(each.path)) {
        byPath.set(each.path, each);
      }
    }
    if (byPath.size >= FIELD_ERRORS_MAX) {
      break;
    }
  }
  return [...byPath.values()].slice(0, FIELD_ERRORS_MAX);
}

/**
 * "Expected union value" helps nobody: of a union the alternative that was meant is the one whose
 * errors are the deepest, or else the fewest.
 */
function unfold(error: ValueError, depth: number): readonly FieldError[] {
  const own = { path: clipPath(error.path), message: error.message, ...fieldCodeOf(error) };
  if (error.errors.length === 0 || depth >= UNION_DEPTH_MAX) {
    return [own];
  }
  const all = error.errors.map((each) => fieldErrors(each, depth + 1));
  const alternatives = all.filter((each) => each.length > 0 && !isOtherKind(each, error.path));
  const [closest] = alternatives.sort((a, b) => a.length - b.length);
  const tag = all.flat().find((each) => isTag(each.path, error.path));
  const unknown = { code: "unknown-kind", message: "Expected a known kind" } as const;
  return closest ?? [tag === undefined ? own : { path: tag.path, ...unknown }];
}

/** Alternatives that differ in a literal (`kind`, `type`), or in being an object at all. */
function isOtherKind(errors: readonly FieldError[], path: string): boolean {
  return errors.some(
    (each) =>
      each.path === path || (each.message.startsWith("Expected '") && isTag(each.path, path)),
  );
}

function isTag(path: string, parent: string): boolean {
  return path === `${parent}/kind` || path === `${parent}/type`;
}
