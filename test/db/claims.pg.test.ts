/** What only one may have: join codes, idempotency keys, seat pins, the first signing key. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TenantTx, asPlatform, asTenant } from "../../db/as-tenant.ts";
import {
  CLAIM_LIFE_MS,
  KEY_LIFE_MS,
  claimKey,
  deleteExpiredKeys,
  releaseKey,
  settleKey,
} from "../../db/idempotency-keys.ts";
import { claimJoinCode, findJoinCode, releaseJoinCode } from "../../db/join-codes.ts";
import {
  WRONG_TRIES_MAX,
  deleteExpiredPins,
  issueSeatPin,
  takeSeatPin,
} from "../../db/seat-pins.ts";
import { ensureSigningKey, listSigningKeys, retireSigningKey } from "../../db/signing-keys.ts";
import {
  type ActorId,
  type ParticipantId,
  parseActorId,
  parseParticipantId,
} from "../../machines/ids.ts";
import { type FreshDatabase, freshDatabase } from "../support/postgres.ts";
import { NORTH, NOW, SEAT, SOUTH, hashOf, makeTenant } from "./school.ts";

let fresh: FreshDatabase;
let sessions = 0;

beforeAll(async () => {
  fresh = await freshDatabase();
  await makeTenant(fresh.db, NORTH);
  await makeTenant(fresh.db, SOUTH);
});

afterAll(() => fresh.drop());

function inNorth<T>(work: (tx: TenantTx) => Promise<T>): Promise<T> {
  return asTenant(fresh.db, NORTH, work);
}

function newSession(): ActorId {
  sessions += 1;
  return parseActorId(`s${sessions}`);
}

test("DB10: of many claims of one code, in two tenants, one wins", async () => {
  const claims = Array.from({ length: 12 }, (_, index) => ({
    tenant: index % 2 === 0 ? NORTH : SOUTH,
    sessionId: newSession(),
  }));

  const won = await Promise.all(
    claims.map(({ tenant, sessionId }) =>
      asTenant(fresh.db, tenant, (tx) => claimJoinCode(tx, { code: "RACE22", sessionId, at: NOW })),
    ),
  );

  const winner = claims[won.indexOf(true)];
  const found = await asPlatform(fresh.db, (tx) => findJoinCode(tx, "RACE22"));
  expect(won.filter(Boolean)).toHaveLength(1);
  expect(found).toEqual({
    tenantId: winner?.tenant ?? SOUTH,
    sessionId: winner?.sessionId ?? parseActorId("none"),
  });
});

test("DB10: only its owner releases a code; then anybody may claim it", async () => {
  const owner = newSession();
  const other = newSession();
  const code = "BCDFGH";
  await inNorth((tx) => claimJoinCode(tx, { code, sessionId: owner, at: NOW }));

  const again = await inNorth((tx) => claimJoinCode(tx, { code, sessionId: owner, at: NOW }));
  const byOther = await inNorth((tx) => releaseJoinCode(tx, { code, sessionId: other }));
  const byTenant = await asTenant(fresh.db, SOUTH, (tx) =>
    releaseJoinCode(tx, { code, sessionId: owner }),
  );
  const byOwner = await inNorth((tx) => releaseJoinCode(tx, { code, sessionId: owner }));
  const next = await asTenant(fresh.db, SOUTH, (tx) =>
    claimJoinCode(tx, { code, sessionId: other, at: NOW }),
  );

  expect([again, byOther, byTenant, byOwner, next]).toEqual([true, false, false, true, true]);
});

const CLAIM = { principal: "user:u1", digest: "d", at: NOW };

test("DB11: of ten requests with one key one does the work", async () => {
  const claims = await Promise.all(
    Array.from({ length: 10 }, () => inNorth((tx) => claimKey(tx, { ...CLAIM, key: "race" }))),
  );

  const kinds = claims.map((claim) => claim.kind).toSorted();
  expect(kinds).toEqual(["claimed", ...Array.from({ length: 9 }, () => "under-way" as const)]);
});

test("DB11: a settled key gives its answer for a day, other content is refused", async () => {
  const claim = { ...CLAIM, key: "settled" };
  await inNorth((tx) => claimKey(tx, claim));
  await inNorth((tx) => settleKey(tx, claim, { status: 201, body: '{"id":"x"}' }));

  const again = await inNorth((tx) => claimKey(tx, { ...claim, at: NOW + KEY_LIFE_MS - 1 }));
  const other = await inNorth((tx) => claimKey(tx, { ...claim, digest: "other" }));
  const somebody = await inNorth((tx) => claimKey(tx, { ...claim, principal: "user:u2" }));
  const elsewhere = await asTenant(fresh.db, SOUTH, (tx) => claimKey(tx, claim));
  const later = await inNorth((tx) => claimKey(tx, { ...claim, at: NOW + KEY_LIFE_MS }));

  expect(again).toEqual({ kind: "answered", status: 201, body: '{"id":"x"}' });
  expect(other).toEqual({ kind: "key-reused" });
  expect([somebody.kind, elsewhere.kind, later.kind]).toEqual(["claimed", "claimed", "claimed"]);
});

test("DB11: work that was not done, or whose node died, may be done again", async () => {
  const claim = { ...CLAIM, key: "undone" };
  await inNorth((tx) => claimKey(tx, claim));
  await inNorth((tx) => releaseKey(tx, claim));

  const released = await inNorth((tx) => claimKey(tx, claim));
  const soon = await inNorth((tx) => claimKey(tx, { ...claim, at: NOW + CLAIM_LIFE_MS - 1 }));
  const late = { ...claim, at: NOW + CLAIM_LIFE_MS };
  const other = await inNorth((tx) => claimKey(tx, { ...late, digest: "other" }));
  const lapsed = await inNorth((tx) => claimKey(tx, late));

  expect([released.kind, soon.kind]).toEqual(["claimed", "under-way"]);
  expect([other.kind, lapsed.kind]).toEqual(["key-reused", "claimed"]);
});

test("DB11: releasing a key that is settled keeps its answer", async () => {
  const claim = { ...CLAIM, key: "kept" };
  await inNorth((tx) => claimKey(tx, claim));
  await inNorth((tx) => settleKey(tx, claim, { status: 200, body: "{}" }));

  await inNorth((tx) => releaseKey(tx, claim));

  expect((await inNorth((tx) => claimKey(tx, claim))).kind).toBe("answered");
});

test("the sweep of keys takes those whose day is over", async () => {
  await inNorth((tx) => claimKey(tx, { ...CLAIM, key: "swept", at: NOW - KEY_LIFE_MS }));

  const gone = await asPlatform(fresh.db, (tx) => deleteExpiredKeys(tx, NOW));

  expect(gone).toBe(1);
});

interface PinOf {
  readonly sessionId: ActorId;
  readonly pin: string;
  readonly participantId?: ParticipantId;
}

function issue({ sessionId, pin, participantId = SEAT }: PinOf): Promise<boolean> {
  return inNorth((tx) =>
    issueSeatPin(tx, {
      sessionId,
      participantId,
      hash: hashOf(pin),
      at: NOW,
      expiresAt: NOW + 600_000,
    }),
  );
}

function take(sessionId: ActorId, pin: string, at = NOW): Promise<ParticipantId | undefined> {
  return inNorth((tx) => takeSeatPin(tx, { sessionId, hash: hashOf(pin), at }));
}

test("DB12: a pin opens its seat once, even for two who try at the same time", async () => {
  const sessionId = newSession();
  await issue({ sessionId, pin: "123456" });

  const tries = await Promise.all([take(sessionId, "123456"), take(sessionId, "123456")]);

  expect(tries.filter((seat) => seat === SEAT)).toHaveLength(1);
  expect(tries).toContain(undefined);
});

test("DB12: a pin expires, and is no other session's", async () => {
  const sessionId = newSession();
  const other = newSession();
  await issue({ sessionId, pin: "123456" });
  await issue({ sessionId: other, pin: "654321" });

  const late = await take(sessionId, "123456", NOW + 600_000);
  const elsewhere = await take(other, "123456");

  expect([late, elsewhere]).toEqual([undefined, undefined]);
});

test("DB12: five wrong tries void a pin, also when they come at once", async () => {
  const [four, five] = [newSession(), newSession()];
  await issue({ sessionId: four, pin: "123456" });
  await issue({ sessionId: five, pin: "123456" });
  const guesses = Array.from({ length: WRONG_TRIES_MAX }, (_, index) => `00000${index}`);

  await Promise.all(guesses.slice(1).map((guess) => take(four, guess)));
  await Promise.all(guesses.map((guess) => take(five, guess)));

  expect(await take(four, "123456")).toBe(SEAT);
  expect(await take(five, "123456")).toBeUndefined();
});

test("DB12: a new pin voids the seat's older one, and two seats never share a pin", async () => {
  const sessionId = newSession();
  const neighbour = parseParticipantId("p2");
  await issue({ sessionId, pin: "111111" });

  const shared = await issue({ sessionId, pin: "111111", participantId: neighbour });
  const again = await issue({ sessionId, pin: "222222" });

  expect([shared, again]).toEqual([false, true]);
  expect(await take(sessionId, "111111")).toBeUndefined();
  expect(await take(sessionId, "222222")).toBe(SEAT);
});

test("the sweep of pins takes those that expired", async () => {
  const sessionId = newSession();
  await issue({ sessionId, pin: "123456" });

  const gone = await asPlatform(fresh.db, (tx) => deleteExpiredPins(tx, NOW + 600_001));

  expect(gone).toBeGreaterThan(0);
  expect(await take(sessionId, "123456")).toBeUndefined();
});

test("nodes that start together sign with the same first key; a retired one is replaced", async () => {
  const ensure = (kid: string) =>
    asPlatform(fresh.db, (tx) =>
      ensureSigningKey(tx, { kid, privateJwk: "{}", publicJwk: "{}", createdAt: NOW }),
    );

  const seen = await Promise.all(["k1", "k2", "k3"].map(ensure));
  const kid = seen[0]?.[0]?.kid ?? "";
  await asPlatform(fresh.db, (tx) => retireSigningKey(tx, kid, NOW + 1));
  await ensure("next");

  const keys = await asPlatform(fresh.db, listSigningKeys);
  expect(seen.map((held) => held.map((key) => key.kid))).toEqual([[kid], [kid], [kid]]);
  expect(Object.fromEntries(keys.map((key) => [key.kid, key.retiredAt]))).toEqual({
    [kid]: NOW + 1,
    next: null,
  });
});
