/**
 * A delta: in what an envelope is other than the one that the store has whole.
 *
 * Most of an actor is as it was a commit ago, and its parts are immutable: what is the very same
 * object needs no second look. The objects and lists of the first levels are walked through, and
 * of each member that is another its text is written, or where that is shorter, a delta of it.
 * Invariants:
 * 1. The base with its delta is the other, member for member and in the same order.
 * 2. Pure, and in no need of luck: parts that are equal and not the same make the text longer, and
 *    never wrong.
 */
import type { Json, JsonObject } from "../machines/json.ts";

/** The envelope, its snapshot, the context, its members and their rows. */
const WALKED_LEVELS = 5;
const NOTHING = "{}";

/** `=`: members that are put; `+`: deltas of members that stay. */
interface Delta {
  readonly "="?: JsonObject;
  readonly "+"?: Readonly<Record<string, Delta>>;
}

/** Undefined: the first has what the other has not, or in another order. */
export function deltaOf(base: JsonObject, now: JsonObject): string | undefined {
  return difference(base, now, 1);
}

export function withDelta(base: JsonObject, delta: string): JsonObject {
  return parseObject(applied(base, parseDelta(delta)));
}

function difference(base: JsonObject, now: JsonObject, level: number): string | undefined {
  const before = Object.keys(base);
  const names = Object.keys(now);
  if (before.some((name, index) => name !== names[index])) {
    return undefined;
  }
  let put = "";
  let deltas = "";
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? "";
    const member = now[name];
    const old = index < before.length ? base[name] : undefined;
    if (old === member) {
      continue;
    }
    if (member === undefined || (old === undefined && index < before.length)) {
      return undefined;
    }
    const inner = level < WALKED_LEVELS ? inside(old, member, level + 1) : undefined;
    if (inner === undefined) {
      put += `${comma(put)}${JSON.stringify(name)}:${JSON.stringify(member)}`;
    } else if (inner !== NOTHING) {
      deltas += `${comma(deltas)}${JSON.stringify(name)}:${inner}`;
    }
  }
  if (deltas === "") {
    return put === "" ? NOTHING : `{"=":{${put}}}`;
  }
  return put === "" ? `{"+":{${deltas}}}` : `{"=":{${put}},"+":{${deltas}}}`;
}

/** Of two that are both objects, or both lists. */
function inside(old: Json | undefined, member: Json, level: number): string | undefined {
  return isWalked(old) && isWalked(member) && isList(old) === isList(member)
    ? difference(parseObject(old), parseObject(member), level)
    : undefined;
}

function comma(before: string): string {
  return before === "" ? "" : ",";
}

function applied(base: Json | undefined, delta: Delta): Json {
  const put = Object.entries(delta["="] ?? {});
  const deltas = Object.entries(delta["+"] ?? {});
  if (isList(base)) {
    const list = [...base];
    deltas.forEach(([name, inner]) => (list[Number(name)] = applied(list[Number(name)], inner)));
    put.forEach(([name, member]) => (list[Number(name)] = member ?? null));
    return list;
  }
  const members = new Map(Object.entries(parseObject(base)));
  deltas.forEach(([name, inner]) => members.set(name, applied(members.get(name), inner)));
  put.forEach(([name, member]) => members.set(name, member));
  return Object.fromEntries(members);
}

function isWalked(value: Json | undefined): value is JsonObject | readonly Json[] {
  return value !== null && typeof value === "object";
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A list is walked like an object: its members are called by their places. */
function parseObject(value: unknown): JsonObject {
  return (value ?? {}) as JsonObject;
}

function parseDelta(text: string): Delta {
  return JSON.parse(text) as Delta;
}
