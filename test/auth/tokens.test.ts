/** Access tokens that are verified again and again: what is remembered, and for how long. */
import { expect, test } from "bun:test";
import { generateKeyPair } from "jose";
import { parseTenantId, parseUserId } from "../../machines/ids.ts";
import { ACCESS_TTL_S, createTokens } from "../../src/auth/tokens.ts";
import { systemIds } from "../../src/platform.ts";
import { createFakeClock } from "../support/fake-clock.ts";

const GRANT = {
  tenantId: parseTenantId("t1"),
  principal: { kind: "user", userId: parseUserId("tara"), role: "teacher", name: "Tara" },
  family: "f1",
} as const;

async function setUp() {
  const clock = createFakeClock();
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const asked = { keys: 0 };
  const gone = { key: false, family: false };
  const tokens = createTokens({
    ...{ clock, ids: systemIds },
    keys: {
      current: async () => ({ kid: "k1", privateKey }),
      find: async () => {
        asked.keys += 1;
        return gone.key ? undefined : publicKey;
      },
      jwks: async () => ({ keys: [] }),
    },
    alive: async () => !gone.family,
  });
  const { accessToken } = await tokens.sign(GRANT);
  return { clock, tokens, accessToken, asked, gone };
}

test("a token is verified once in five seconds, and its key asked for again after them", async () => {
  const { clock, tokens, accessToken, asked, gone } = await setUp();

  const first = await tokens.verify(accessToken);
  const second = await tokens.verify(accessToken);
  expect(second).toEqual(first);
  expect(asked.keys).toBe(1);

  gone.key = true;
  await clock.advance(5_000);
  expect(await tokens.verify(accessToken)).toBeUndefined();
});

test("a token that was verified a moment ago is nobody's when it has expired", async () => {
  const { clock, tokens, accessToken, asked } = await setUp();

  await clock.advance(ACCESS_TTL_S * 1_000 - 1_000);
  expect(await tokens.verify(accessToken)).toBeDefined();
  await clock.advance(1_000);
  expect(await tokens.verify(accessToken)).toBeUndefined();
  expect(asked.keys).toBe(2);
});

test("a token that was verified is nobody's within five seconds of its family's end", async () => {
  const { clock, tokens, accessToken, gone } = await setUp();

  expect(await tokens.verify(accessToken)).toBeDefined();
  gone.family = true;
  await clock.advance(5_000);
  expect(await tokens.verify(accessToken)).toBeUndefined();
});

test("another token is judged by itself, also one that only its signature tells apart", async () => {
  const { tokens, accessToken } = await setUp();
  const [head, body, signature = ""] = accessToken.split(".");
  const forged = `${head}.${body}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;

  expect(await tokens.verify(accessToken)).toBeDefined();
  expect(await tokens.verify(forged)).toBeUndefined();
});
