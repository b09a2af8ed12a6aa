/** How envelopes are packed: nothing is lost, nothing depends on what was written before. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { Packer, unpack } from "../../actors/packing.ts";
import type { Json, JsonObject } from "../../machines/json.ts";
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
    const value = fc.oneof(member, fc.constantFrom(LONG, [LONG, 1], [LONG, 2]));
    const edit = fc.record({ path: fc.array(fc.nat(4), { maxLength: 5 }), value });
    fc.assert(
      fc.property(object, fc.array(edit, { maxLength: 12 }), (first, edits) => {
        const packer = new Packer();
        let envelope: JsonObject = { seq: 1, snapshot: { context: { long: [LONG], first } } };
        for (const { path, value: put } of edits) {
          envelope = edited(envelope, path, put);
          const packed = packer.pack(envelope);
          expect(packed).toBe(pack(envelope));
          expect(unpack(packed)).toBe(JSON.stringify(envelope));
        }
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
    const packer = new Packer();
    packer.pack({ snapshot: { context: { at: 1, round: { answers: { one: part } } } } });
    packer.pack({ snapshot: { context: { at: 2, round: { answers: { one: part, two: 2 } } } } });

    expect(reads).toBe(1);
  });
});

function pack(envelope: JsonObject): string {
  return new Packer().pack(envelope);
}

/** Another value where the path leads, or where it ends; the members on the way are the same. */
function edited(object: JsonObject, path: readonly number[], put: Json | undefined): JsonObject {
  const names = Object.keys(object);
  const [step = 0, ...further] = path;
  const name = names[step] ?? `new${step}`;
  const inner = object[name];
  const isObject = inner !== null && typeof inner === "object" && !Array.isArray(inner);
  const value = isObject && further.length > 0 ? edited(parseObject(inner), further, put) : put;
  const members = Object.entries({ ...object, [name]: value });
  return Object.fromEntries(step === 4 ? members.toReversed() : members);
}

function parseObject(value: unknown): JsonObject {
  return value as JsonObject;
}

function parsePlain(value: unknown): Json {
  return value as Json;
}
