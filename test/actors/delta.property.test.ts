/** Deltas: what is written of a change is the change, whatever was changed. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { deltaOf, withDelta } from "../../actors/delta.ts";
import type { JsonObject } from "../../machines/json.ts";
import { anyEdit, anyObject, edited } from "../support/any-json.ts";

describe("a delta", () => {
  test("on what it was made from is what it was made of, byte for byte", () => {
    let made = 0;
    fc.assert(
      fc.property(anyObject, fc.array(anyEdit, { maxLength: 6 }), (context, edits) => {
        const first: JsonObject = { seq: 1, snapshot: { state: { a: "b" }, context } };
        const last = edits.reduce(edited, first);
        const delta = deltaOf(first, last);
        if (delta !== undefined) {
          made += 1;
          const found = withDelta(copied(first), delta);
          expect(JSON.stringify(found)).toBe(JSON.stringify(last));
        }
      }),
      { numRuns: 1_000 },
    );
    expect(made).toBeGreaterThan(100);
  });

  test("needs not be of the same objects", () => {
    fc.assert(
      fc.property(anyObject, (context) => {
        const [one, other] = [copied({ context }), copied({ context })];
        expect(copied(withDelta(one, deltaOf(one, other) ?? ""))).toEqual(other);
      }),
    );
  });

  test("says of a long list one row that changed, and what came behind it", () => {
    const rows = Array.from({ length: 300 }, (_, index) => ({ index, name: "a student" }));
    const changed = [...rows.with(7, { index: 7, name: "Ada" }), { index: 300, name: "new" }];

    expect(deltaOf({ context: { rows } }, { context: { rows: changed } })).toBe(
      '{"+":{"context":{"+":{"rows":{"=":{"300":{"index":300,"name":"new"}},"+":{"7":{"=":{"name":"Ada"}}}}}}}}',
    );
  });

  test("is none where something is gone, or in another place", () => {
    expect(deltaOf({ one: 1, two: 2 }, { one: 1 })).toBeUndefined();
    expect(deltaOf({ one: 1, two: 2 }, { two: 2, one: 1 })).toBeUndefined();
    expect(deltaOf({ one: undefined, two: 2 }, { one: 1, two: 2 })).toBeUndefined();
    expect(deltaOf({ inner: { one: 1 } }, { inner: { two: 2 } })).toBe('{"=":{"inner":{"two":2}}}');
  });
});

function copied(object: JsonObject): JsonObject {
  return parseObject(JSON.parse(JSON.stringify(object)));
}

function parseObject(value: unknown): JsonObject {
  return value as JsonObject;
}
