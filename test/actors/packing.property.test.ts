/** How envelopes are packed: nothing is lost, and what was packed once is still read. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { pack, unpack } from "../../actors/packing.ts";
import { UnknownVersion } from "../../machines/versions.ts";
import { anyObject } from "../support/any-json.ts";

/** `{"snapshot":{"context":{"rows":["x" × 1,200 times],"seq":7,"text":"y" × 100}}}`. */
const BEFORE_DELTAS =
  "zKLUv/SCZvQEAtAJ7InNuYXBzaG90Ijp7ImNvbnRleHJvd3MiOgEsInNlcSI6NywiInkifX19AwAAl3CeuLgtTA==.KLUv/WDBEW0AADBbIngiLF0BALhy77Q=";

describe("the text of an envelope", () => {
  test("comes back byte for byte, as JSON.stringify writes it", () => {
    fc.assert(
      fc.property(anyObject, anyObject, (context, other) => {
        const envelope = { seq: 1, snapshot: { context, state: other }, owed: [other] };
        expect(unpack(pack(envelope))).toBe(JSON.stringify(envelope));
      }),
    );
  });

  test("is short when it says the same often, and plain when there is little or very much", () => {
    const rows = Array.from({ length: 300 }, (_, index) => ({ index, name: "a student" }));

    expect(pack({ snapshot: { context: { rows } } }).length).toBeLessThan(3_000);
    expect(pack({ seq: 1 })).toBe('={"seq":1}');
    expect(pack({ text: "x".repeat(2_000_000) }).length).toBeGreaterThan(2_000_000);
  });

  test("is read as it was once stored", () => {
    const context = {
      rows: Array.from({ length: 1_200 }, () => "x"),
      seq: 7,
      text: "y".repeat(100),
    };

    expect(unpack(BEFORE_DELTAS)).toBe(JSON.stringify({ snapshot: { context } }));
    expect(unpack('{"seq":1}')).toBe('{"seq":1}');
  });

  test("C8: that a newer program packed is refused as that", () => {
    expect(() => unpack("x0123")).toThrow(UnknownVersion);
  });
});
