/** The sweep removes what expired, keeps what did not, and can be ended. */
import { expect, test } from "bun:test";
import { asTenant } from "../../db/as-tenant.ts";
import { claimKey } from "../../db/idempotency-keys.ts";
import { keepMedium } from "../../db/media.ts";
import { UNUSED_KEPT_MS } from "../../db/media-sweep.ts";
import { createRefreshToken } from "../../db/refresh-tokens.ts";
import { parseTenantId, parseUserId } from "../../machines/ids.ts";
import { SWEEP_EVERY_MS, startSweeps } from "../../src/sweep.ts";
import { eventually } from "../support/eventually.ts";
import { createFakeClock, quietLog } from "../support/fake-clock.ts";
import { openSchool } from "../support/school.ts";

const DAY_MS = 86_400_000;

test("expired tokens and keys go, live ones stay, sweep after sweep", async () => {
  const school = await openSchool();
  const { db } = school;
  const clock = createFakeClock();
  const log = quietLog();
  const at = clock.now();
  const north = parseTenantId("north");
  const token = (hash: string, expiresAt: number) => ({
    ...{ hash, family: hash, salt: "s", at, expiresAt },
    holder: { kind: "user", userId: parseUserId("north-teacher") } as const,
  });
  await asTenant(db, north, async (tx) => {
    await createRefreshToken(tx, token("old", at - 1));
    await createRefreshToken(tx, token("young", at + SWEEP_EVERY_MS / 2));
    await createRefreshToken(tx, token("long", at + DAY_MS));
    await claimKey(tx, { principal: "p", key: "old", digest: "d", at: at - DAY_MS - 1 });
    await claimKey(tx, { principal: "p", key: "new", digest: "d", at });
  });
  const hashes = async () => {
    const rows = await asTenant(db, north, (tx) =>
      tx.q.selectFrom("refresh_tokens").select("hash").orderBy("hash").execute(),
    );
    return rows.map((row) => row.hash).join(" ");
  };

  const end = startSweeps({ db, clock, log });
  await eventually(async () => (await hashes()) === "long young");
  await eventually(() => clock.pending() === 1);
  await clock.advance(SWEEP_EVERY_MS);
  await eventually(async () => (await hashes()) === "long");
  const keys = await asTenant(db, north, (tx) =>
    tx.q.selectFrom("idempotency_keys").select("key").execute(),
  );
  expect(keys).toEqual([{ key: "new" }]);

  await end();
  expect(clock.pending()).toBe(0);
  await school.close();
});

test("pictures that no lesson shows go from every school, and a sweep that is ended stops", async () => {
  const school = await openSchool();
  const { db } = school;
  const clock = createFakeClock();
  const at = clock.now() - UNUSED_KEPT_MS - DAY_MS;
  const medium = { id: "idle", mediaType: "image/webp", width: 1, height: 1 };
  const schools = ["north", "south"].map((name) => parseTenantId(name));
  for (const tenantId of schools) {
    await asTenant(db, tenantId, async (tx) => {
      const by = { userId: parseUserId("north-teacher"), at };
      await keepMedium(tx, { ...medium, bytes: new Uint8Array(1) }, by);
      await tx.q.updateTable("media").set({ unused_since: at }).execute();
    });
  }
  const left = async () => {
    const found = schools.map((tenantId) =>
      asTenant(db, tenantId, (tx) => tx.q.selectFrom("media").select("id").execute()),
    );
    return (await Promise.all(found)).flat().length;
  };

  const end = startSweeps({ db, clock, log: quietLog() });
  await eventually(async () => (await left()) === 0);
  await end();
  expect(clock.pending()).toBe(0);
  await school.close();
});
