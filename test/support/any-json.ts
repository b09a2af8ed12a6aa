/** Values of JSON as they may be anywhere, and an object that is another than one before. */
import * as fc from "fast-check";
import type { Json, JsonObject } from "../../machines/json.ts";

const json = fc.jsonValue({ maxDepth: 6 }).map(parseJson);
const member = fc.oneof(json, fc.constant(undefined));
const name = fc.oneof(fc.string(), fc.constantFrom("__proto__", "1", "0"));

export const anyObject: fc.Arbitrary<JsonObject> = fc.dictionary(name, member);

/** The member in this place leaves. */
const GONE = 3;

export interface Edit {
  readonly path: readonly number[];
  readonly put: Json | undefined;
}

export const anyEdit: fc.Arbitrary<Edit> = fc.record({
  path: fc.array(fc.nat(4), { maxLength: 7 }),
  put: member,
});

/** Another value where the path leads, or where it ends; what is beside the way is the same. */
export function edited(value: JsonObject, { path, put }: Edit): JsonObject {
  return path.length === 0 ? value : parseObject(changed(value, path, put));
}

function changed(value: Json | undefined, path: readonly number[], put: Json | undefined): Json {
  const [step, ...further] = path;
  if (step === undefined || value === null || typeof value !== "object") {
    return put ?? null;
  }
  if (Array.isArray(value)) {
    const list: Json[] = [...parseList(value)];
    list[Math.min(step, list.length)] = changed(list[step], further, put);
    return list;
  }
  const members = Object.entries(parseObject(value));
  const [key, inner] = members[step] ?? [`new${step}`, undefined];
  const anew = further.length === 0 ? put : changed(inner, further, put);
  if (step === GONE) {
    return Object.fromEntries(members.filter(([each]) => each !== key));
  }
  const isThere = members.length > step;
  return Object.fromEntries(isThere ? members.with(step, [key, anew]) : [...members, [key, anew]]);
}

function parseJson(value: unknown): Json {
  return value as Json;
}

function parseList(value: unknown): readonly Json[] {
  return value as readonly Json[];
}

function parseObject(value: unknown): JsonObject {
  return value as JsonObject;
}
