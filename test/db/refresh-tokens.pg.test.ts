/** Refresh tokens: rotation, its minute of grace, and every way that they end. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TenantTx, asPlatform, asTenant } from "../../db/as-tenant.ts";
import {
  ROTATION_GRACE_MS,
  type Rotated,
  type TokenHolder,
  createRefreshToken,
  deleteExpiredTokens,
  findRefreshToken,
  liveFamilies,
  revokeBoardTokens,
  revokeFamily,
  revokeSeatTokens,
  revokeSessionTokens,
  revokeUserTokens,
  rotateRefreshToken,
} from "../../db/refresh-tokens.ts";
import { parseParticipantId, parseUserId } from "../../machines/ids.ts";
import { type FreshDatabase, freshDatabase } from "../support/postgres.ts";
import { NORTH, NOW, SEAT, SESSION, SOUTH, TEACHER, hashOf, makeTenant } from "./school.ts";

const LIFE_MS = 10 * ROTATION_GRACE_MS;

let fresh: FreshDatabase;
let families = 0;

beforeAll(async () => {
  fresh = await freshDatabase();
  await makeTenant(fresh.db, NORTH);
  await makeTenant(fresh.db, SOUTH);
});

afterAll(() => fresh.drop());

function inNorth<T>(work: (tx: TenantTx) => Promise<T>): Promise<T> {
  return asTenant(fresh.db, NORTH, work);
}

/** A new family; its first token's hash is `<family>.0`. */
async function issued(holder: TokenHolder = { kind: "user", userId: TEACHER }): Promise<string> {
  families += 1;
  const family = `family-${families}`;
  await inNorth((tx) =>
    createRefreshToken(tx, {
      hash: `${family}.0`,
      family,
      holder,
      salt: `salt of ${family}.0`,
      at: NOW,
      expiresAt: NOW + LIFE_MS,
    }),
  );
  return family;
}

/** Token `n` of the family is handed in; its successor is token `n + 1`. */
function rotate(family: string, n: number, at: number): Promise<Rotated> {
  return inNorth((tx) =>
    rotateRefreshToken(tx, {
      hash: `${family}.${n}`,
      successor: { hash: `${family}.${n + 1}`, salt: "s", expiresAt: at + LIFE_MS },
      at,
    }),
  );
}

function isLive(hash: string, at = NOW): Promise<boolean> {
  return asPlatform(fresh.db, async (tx) => (await findRefreshToken(tx, hash, at)) !== undefined);
}

test("DB7: a rotation gives a successor of the same family and holder", async () => {
  const family = await issued();

  const rotated = await rotate(family, 0, NOW + 1);

  const found = await asPlatform(fresh.db, (tx) => findRefreshToken(tx, `${family}.1`, NOW + 1));
  expect(rotated).toEqual({ kind: "rotated", again: false });
  expect(found).toEqual({
    tenantId: NORTH,
    family,
    holder: { kind: "user", userId: TEACHER },
    salt: "s",
    expiresAt: NOW + 1 + LIFE_MS,
  });
});

test("DB7: within the grace the previous token gives the same successor, used or not", async () => {
  const family = await issued();
  await rotate(family, 0, NOW);

  const soon = await rotate(family, 0, NOW + 1);
  await rotate(family, 1, NOW + 2);
  const last = await rotate(family, 0, NOW + ROTATION_GRACE_MS);

  expect([soon, last]).toEqual([
    { kind: "rotated", again: true },
    { kind: "rotated", again: true },
  ]);
  expect(await isLive(`${family}.2`)).toBe(true);
});

test("DB7: used after its grace it revokes the whole family", async () => {
  const family = await issued();
  const other = await issued();
  await rotate(family, 0, NOW);
  await rotate(family, 1, NOW + 1);

  const reused = await rotate(family, 0, NOW + ROTATION_GRACE_MS + 1);

  const live = await Promise.all([0, 1, 2].map((n) => isLive(`${family}.${n}`)));
  expect(reused).toEqual({ kind: "reused" });
  expect(live).toEqual([false, false, false]);
  expect(await rotate(family, 2, NOW + ROTATION_GRACE_MS + 2)).toEqual({ kind: "unknown" });
  expect(await isLive(`${other}.0`)).toBe(true);
});

test("DB7: a previous token that asks for another successor is reused, not served", async () => {
  const family = await issued();
  await rotate(family, 0, NOW);

  const other = await inNorth((tx) =>
    rotateRefreshToken(tx, {
      hash: `${family}.0`,
      successor: { hash: hashOf("guessed"), salt: "s", expiresAt: NOW + LIFE_MS },
      at: NOW + 1,
    }),
  );

  expect(other).toEqual({ kind: "reused" });
  expect(await isLive(hashOf("guessed"))).toBe(false);
});

test("DB7: ten rotations of one token at once make one successor", async () => {
  const family = await issued();

  const rotations = await Promise.all(
    Array.from({ length: 10 }, (_, index) => rotate(family, 0, NOW + index)),
  );

  const first = rotations.filter((one) => one.kind === "rotated" && !one.again);
  const again = rotations.filter((one) => one.kind === "rotated" && one.again);
  expect([first.length, again.length]).toEqual([1, 9]);
});

test("DB7: a token that expired, or that nobody made, is unknown", async () => {
  const family = await issued();

  const expired = await rotate(family, 0, NOW + LIFE_MS);
  const invented = await rotate("nobody", 0, NOW);

  expect([expired, invented]).toEqual([{ kind: "unknown" }, { kind: "unknown" }]);
  expect(await isLive(`${family}.0`, NOW + LIFE_MS)).toBe(false);
});

test("DB7: another tenant cannot rotate it", async () => {
  const family = await issued();

  const rotated = await asTenant(fresh.db, SOUTH, (tx) =>
    rotateRefreshToken(tx, {
      hash: `${family}.0`,
      successor: { hash: `${family}.1`, salt: "s", expiresAt: NOW + LIFE_MS },
      at: NOW,
    }),
  );

  expect(rotated).toEqual({ kind: "unknown" });
});

test("DB8: a guest's token is not rotated and stays live", async () => {
  const family = await issued({ kind: "guest", sessionId: SESSION, participantId: SEAT });

  const rotated = await rotate(family, 0, NOW + 1);

  expect(rotated).toEqual({ kind: "unknown" });
  expect(await isLive(`${family}.0`, NOW + 2)).toBe(true);
});

test("DB8: seats, boards, sessions, users and families are revoked one by one", async () => {
  const otherSeat = parseParticipantId("p2");
  const stranger = parseUserId("u9");
  const guest = await issued({ kind: "guest", sessionId: SESSION, participantId: SEAT });
  const guest2 = await issued({ kind: "guest", sessionId: SESSION, participantId: otherSeat });
  const board = await issued({ kind: "board", sessionId: SESSION, boardId: "b1" });
  const user = await issued({ kind: "user", userId: stranger });
  const user2 = await issued();
  const all = [guest, guest2, board, user, user2];
  const live = async (): Promise<string[]> => {
    const found = await inNorth((tx) => liveFamilies(tx, all, NOW));
    return all.filter((family) => found.has(family));
  };

  const seen = [await live()];
  const seat = { sessionId: SESSION, participantId: SEAT };
  await inNorth((tx) => revokeSeatTokens(tx, seat, NOW));
  seen.push(await live());
  await inNorth((tx) => revokeBoardTokens(tx, SESSION, NOW));
  seen.push(await live());
  await inNorth((tx) => revokeUserTokens(tx, stranger, NOW));
  seen.push(await live());
  await inNorth((tx) => revokeFamily(tx, user2, NOW));
  seen.push(await live());
  await inNorth((tx) => revokeSessionTokens(tx, SESSION, NOW));
  seen.push(await live());

  expect(seen).toEqual([
    all,
    [guest2, board, user, user2],
    [guest2, user, user2],
    [guest2, user2],
    [guest2],
    [],
  ]);
});

test("the sweep deletes what expired, of all tenants, and nothing else", async () => {
  const family = await issued();
  const later = await issued();
  await rotate(later, 0, NOW + 5);

  await asPlatform(fresh.db, (tx) => deleteExpiredTokens(tx, NOW + LIFE_MS + 1));

  expect(await isLive(`${family}.0`)).toBe(false);
  expect(await isLive(`${later}.1`)).toBe(true);
});
