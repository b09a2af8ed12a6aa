/** How envelopes are packed: nothing is lost, nothing depends on what was written before. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { pack, unpack } from "../../actors/packing.ts";
import type { Json } from "../../machines/json.ts";
import { UnknownVersion } from "../../machines/versions.ts";

const json = fc.jsonValue({ maxDepth: 6 }).map(parsePlain);
const member = fc.oneof(json, fc.constant(undefined));
const object = fc.dictionary(fc.oneof(fc.string(), fc.constant("__proto__")), member);
const LONG = 'é\u2028"\u0001z.{'.repeat(200);
/** `{"snapshot":{"context":{"rows":["x" × 1,200 times],"seq":7,"text":"y" × 100}}}`. */
const OF_FORMAT_1 =
  "zKLUv/SCZvQEAtAJ7InNuYXBzaG90Ijp7ImNvbnRleHJvd3MiOgEsInNlcSI6NywiInkifX19AwAAl3CeuLgtTA==.KLUv/WDBEW0AADBbIngiLF0BALhy77Q=";

describe("the text of an envelope", () => {
  test("comes back byte for byte, as JSON.stringify writes it", () => {
    fc.assert(
      fc.property(object, object, (context, other) => {
        const envelope = { seq: 1, snapshot: { context, state: other }, owed: [other] };
        expect(unpack(pack(envelope))).toBe(JSON.stringify(envelope));
      }),
    );
  });

  test("is the same whether its parts were written before or not", () => {
    fc.assert(
      fc.property(fc.array(json, { minLength: 5 }), json, (rows, added) => {
        const long = [LONG, rows];
        const before = { snapshot: { context: { long, rows } } };
        const after = { snapshot: { context: { long, rows: [...rows, added] } } };
        pack(before);
        const anew = pack(structuredClone(after));
        expect(pack(after)).toBe(anew);
        expect(unpack(anew)).toBe(JSON.stringify(after));
      }),
    );
  });

  test("is short when it says the same often, and plain when there is little or very much", () => {
    const rows = Array.from({ length: 300 }, (_, index) => ({ index, name: "a student" }));

    expect(pack({ snapshot: { context: { rows } } }).length).toBeLessThan(3_000);
    expect(pack({ seq: 1 })).toBe('{"seq":1}');
    expect(pack({ text: "x".repeat(2_000_000) }).length).toBeGreaterThan(2_000_000);
  });

  test("is read as it was once stored", () => {
    const context = {
      rows: Array.from({ length: 1_200 }, () => "x"),
      seq: 7,
      text: "y".repeat(100),
    };

    expect(unpack(OF_FORMAT_1)).toBe(JSON.stringify({ snapshot: { context } }));
  });

  test("C8: that a newer program packed is refused as that", () => {
    expect(() => unpack("y0123")).toThrow(UnknownVersion);
  });

  test("has a part that stays written once", () => {
    let reads = 0;
    const part = {
      get text(): string {
        reads += 1;
        return "x".repeat(2_000);
      },
    };
    pack({ snapshot: { context: { part, at: 1 } } });
    pack({ snapshot: { context: { part, at: 2 } } });

    expect(reads).toBe(1);
  });
});

function parsePlain(value: unknown): Json {
  return value as Json;
}
