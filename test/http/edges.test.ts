/** Small pure parts of the HTTP door: addresses, bodies, schemas, codes. */
import { describe, expect, test } from "bun:test";
import { Type } from "@sinclair/typebox";
import { assert, asyncProperty, json } from "fast-check";
import { codeOf } from "../../src/auth/join.ts";
import { readJson } from "../../src/http/body.ts";
import { networkOf } from "../../src/http/network.ts";
import { toOpenApi } from "../../src/http/openapi-schema.ts";
import { guardJson } from "../../src/http/text-guard.ts";
import { createValidator } from "../../src/http/valid.ts";

describe("addresses", () => {
  test("an IPv6 address stands for its /64, a mapped one for its IPv4", () => {
    expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
    expect(networkOf("2001:DB8:1:2::9")).toBe(networkOf("2001:0db8:0001:0002:ffff::1"));
    expect(networkOf("::1")).toBe("0:0:0:0::/64");
    expect(networkOf("fe80::1%eth0")).toBe("fe80:0:0:0::/64");
    expect(networkOf("::ffff:192.0.2.7")).toBe("192.0.2.7");
    expect(networkOf("192.0.2.7")).toBe("192.0.2.7");
  });
});

describe("join codes", () => {
  test("only six of the alphabet are a code", () => {
    expect(codeOf(" k7p-m4x ")).toBe("K7PM4X");
    for (const text of ["", "K7PM4", "K7PM4XX", "K7PM4O", "K7PM4A", "K7PM4\0"]) {
      expect(codeOf(text)).toBeUndefined();
    }
  });
});

describe("bodies", () => {
  const post = (body: string | ReadableStream<Uint8Array>, headers = {}) =>
    new Request("http://door.invalid/", {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
    });

  test("any JSON without NUL, lone surrogates and reserved keys comes through unchanged", async () => {
    await assert(
      asyncProperty(json({ maxDepth: 6 }), async (text) => {
        const value: unknown = JSON.parse(text);
        const read = await readJson(post(text), 100_000);
        expect(read.ok).toBe(guardJson(value).length === 0);
        expect(read.ok ? read.value : value).toEqual(value);
      }),
      { numRuns: 200 },
    );
  });

  test("never more than the limit is held, whatever the length says", async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(1_000).fill(32));
      },
    });
    const read = await readJson(post(endless), 10_000);
    expect(read.ok ? "read" : read.problem.code).toBe("too-large");
    expect(pulled).toBeLessThan(20);
  });

  test("broken UTF-8 and what is no JSON are malformed, without a parser's words", async () => {
    const broken = new Response(new Uint8Array([34, 0xff, 34])).body;
    for (const body of [broken ?? "", "{", "", "\ufeff{}x", "NaN"]) {
      const read = await readJson(post(body), 1_000);
      expect(read.ok ? "read" : read.problem.code).toBe("malformed");
    }
  });
});

describe("validation", () => {
  const Choice = Type.Object(
    { kind: Type.Literal("a"), n: Type.Integer() },
    { additionalProperties: false },
  );
  const Other = Type.Object(
    { kind: Type.Literal("b"), s: Type.String() },
    { additionalProperties: false },
  );
  const validator = createValidator(
    Type.Object({ "a/b": Type.Optional(Type.Integer()), pick: Type.Union([Choice, Other]) }),
  );

  test("of a union the alternative that was meant is judged", () => {
    const found = validator.validate({ pick: { kind: "b", s: 7 } });
    expect(found.ok ? [] : found.errors).toEqual([
      { path: "/pick/s", message: "Expected string", code: "wrong-type" },
    ]);
  });

  test("paths are RFC 6901, and no found value is repeated", () => {
    const found = validator.validate({ "a/b": "s3cret", pick: { kind: "a", n: 1 } });
    expect(found.ok ? [] : found.errors.map((each) => each.path)).toEqual(["/a~1b"]);
    expect(JSON.stringify(found)).not.toContain("s3cret");
  });

  test("an answer names at most twenty fields, by short paths", () => {
    const strict = createValidator(Type.Object({}, { additionalProperties: false }));
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, n) => [`${n}${"k".repeat(900)}`, 1]),
    );
    const found = strict.validate(many);
    expect(found.ok ? 0 : found.errors.length).toBe(20);
    expect(JSON.stringify(found).length).toBeLessThan(8_000);
  });
});

describe("OpenAPI", () => {
  test("what 3.0.3 does not know is said in its words", () => {
    const Named = Type.Object({ at: Type.String() }, { $id: "Named" });
    const schema = Type.Object({
      kind: Type.Literal("x"),
      either: Type.Union([Type.Literal("a"), Type.Literal("b"), Type.Null()]),
      maybe: Type.Union([Type.Integer(), Type.Null()]),
      ref: Type.Union([Named, Type.Null()]),
      map: Type.Record(Type.String(), Type.Boolean()),
    });
    expect(toOpenApi({ schema: structuredCloneOf(schema) })).toMatchObject({
      schema: {
        properties: {
          kind: { enum: ["x"] },
          either: { type: "string", enum: ["a", "b", null], nullable: true },
          maybe: { type: "integer", nullable: true },
          ref: { allOf: [{ $ref: "#/components/schemas/Named" }], nullable: true },
          map: { additionalProperties: { type: "boolean" } },
        },
      },
      components: { schemas: { Named: { type: "object" } } },
    });
  });
});

function structuredCloneOf(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
