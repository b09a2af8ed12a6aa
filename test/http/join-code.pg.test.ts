/** Join codes are drawn and claimed before anybody is shown one. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Address } from "../../actors/address.ts";
import { asPlatform } from "../../db/as-tenant.ts";
import { findJoinCode } from "../../db/join-codes.ts";
import { parseActorId } from "../../machines/ids.ts";
import { CODE_ALPHABET, claimCode, releaseCode } from "../../src/join-code.ts";
import { NORTH, NOW, SOUTH, makeTenant } from "../db/school.ts";
import { type FreshDatabase, freshDatabase } from "../support/postgres.ts";

let database: FreshDatabase;

beforeAll(async () => {
  database = await freshDatabase();
  await makeTenant(database.db, NORTH);
  await makeTenant(database.db, SOUTH);
});

afterAll(() => database.drop());

const session = (id: string, tenantId = NORTH): Address => ({
  tenantId,
  kind: "session",
  id: parseActorId(id),
});
const find = (code: string) => asPlatform(database.db, (tx) => findJoinCode(tx, code));

describe("a join code", () => {
  test("C21: belongs to its session as soon as it can be shown", async () => {
    const code = await claimCode(database.db, session("s1"), NOW);

    expect(code).toMatch(new RegExp(`^[${CODE_ALPHABET}]{6}$`));
    expect(await find(code)).toEqual({ tenantId: NORTH, sessionId: parseActorId("s1") });
  });

  test("C21: is released only by its owner, and may then be another's", async () => {
    const code = await claimCode(database.db, session("s2"), NOW);

    await releaseCode(database.db, session("s3"), code);
    await releaseCode(database.db, session("s2", SOUTH), code);
    const kept = await find(code);
    await releaseCode(database.db, session("s2"), code);

    expect(kept).toEqual({ tenantId: NORTH, sessionId: parseActorId("s2") });
    expect(await find(code)).toBeUndefined();
  });

  test("C21: two sessions never show the same one", async () => {
    const codes = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        claimCode(database.db, session(`many${index}`), NOW),
      ),
    );

    expect(new Set(codes).size).toBe(50);
  });
});
