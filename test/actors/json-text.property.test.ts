/** The text of an envelope: that of `JSON.stringify`, also when parts of it were written before. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { jsonText } from "../../actors/json-text.ts";
import type { Json } from "../../machines/json.ts";

const json = fc.jsonValue({ maxDepth: 6 }).map(parsePlain);
const member = fc.oneof(json, fc.constant(undefined));
const object = fc.dictionary(fc.oneof(fc.string(), fc.constant("__proto__")), member);

describe("the text of an envelope", () => {
  test("is that of JSON.stringify, byte for byte", () => {
    fc.assert(
      fc.property(object, object, (context, other) => {
        const envelope = { seq: 1, snapshot: { context, state: other }, owed: [other] };
        expect(jsonText(envelope)).toBe(JSON.stringify(envelope));
      }),
    );
  });

  test("is so when some of its parts are those of the envelope before", () => {
    fc.assert(
      fc.property(fc.array(json, { minLength: 5 }), json, (rows, added) => {
        const long = { rows, text: 'é\u2028"'.repeat(200) };
        const before = { snapshot: { context: { long, rows } } };
        const after = { snapshot: { context: { long, rows: [...rows, added] } } };
        jsonText(before);
        expect(jsonText(after)).toBe(JSON.stringify(after));
      }),
    );
  });

  test("is written once for a part that stays", () => {
    let reads = 0;
    const part = {
      get text(): string {
        reads += 1;
        return "x".repeat(300);
      },
    };
    jsonText({ snapshot: { context: { part, at: 1 } } });
    jsonText({ snapshot: { context: { part, at: 2 } } });
    expect(reads).toBe(1);
  });
});

function parsePlain(value: unknown): Json {
  return value as Json;
}
