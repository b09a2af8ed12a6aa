/** SQLite and Redis answer any history of calls alike: neither has a meaning of its own. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { createClient } from "redis";
import { addressKey } from "../../actors/address.ts";
import type { Log } from "../../actors/clock.ts";
import { type RedisStore, openRedisStore } from "../../actors/redis/redis-store.ts";
import { openSqliteStore } from "../../actors/sqlite/sqlite-store.ts";
import type { ActorStore, ClaimedItem } from "../../actors/store.ts";
import { systemClock } from "../../src/platform.ts";
import { Author, run } from "../contracts/author.ts";
import { type TestRedis, redisOrSkip, startRedis } from "../support/redis.ts";

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
const NEVER = 4_102_444_800_000;
const LEASE_MS = 600_000;

const who = fc.nat(2);
const idKey = fc.constantFrom("a", "b", "c");
const dueAt = fc.constantFrom(1, 2, NEVER);
const item = fc.record({ key: fc.constantFrom("timer:x", "effect:1.0"), dueAt });

const commit = fc.record({
  kind: fc.constant("commit" as const),
  who,
  stale: fc.nat(9).map((n) => n === 0),
  lines: fc.array(fc.string({ unit: "grapheme", maxLength: 6 }), { minLength: 1, maxLength: 3 }),
  claims: fc.uniqueArray(idKey, { maxLength: 2 }),
  asks: fc.uniqueArray(idKey, { maxLength: 2 }),
  put: fc.uniqueArray(item, { maxLength: 2, selector: ({ key }) => key }),
  remove: fc.uniqueArray(fc.constantFrom("timer:x", "effect:1.0"), { maxLength: 1 }),
});

const call = fc.oneof(
  { weight: 6, arbitrary: commit },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom("load", "confirm", "journaled", "evict", "reserve", "install"),
      who,
      id: idKey,
      stale: fc.nat(4).map((n) => n === 0),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("claim", "renew", "release", "dirty", "actors", "records"),
      who,
      n: fc.nat(4),
    }),
  },
);

type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

/** One store with what this history's node holds of it: its leases are its own. */
class Side {
  readonly store: ActorStore;
  readonly claimed: ClaimedItem[] = [];

  constructor(store: ActorStore) {
    this.store = store;
  }
}

/** Without its life word a Redis was emptied by somebody, and the store looks for what is lost. */
const WITHOUT_ACTORS = `
  for _, key in ipairs(redis.call('KEYS', '*')) do
    if not string.match(key, ':life$') then
      redis.call('DEL', key)
    end
  end`;

if (redisOrSkip("the equivalence of the stores")) {
  describe("with both stores", () => {
    let server: TestRedis;
    let redis: RedisStore;

    beforeAll(async () => {
      server = await startRedis(["--appendfsync", "no"]);
      const { url } = server;
      redis = await openRedisStore({ url, clock: systemClock, log: silent, node: "node" });
    });

    afterAll(async () => {
      await redis.close();
      await server.stop();
    });

    test("the same calls get the same answers", async () => {
      const client = createClient({ url: server.url });
      await client.connect();

      await fc.assert(
        fc.asyncProperty(fc.array(call, { minLength: 20, maxLength: 60 }), async (calls) => {
          await client.sendCommand(["EVAL", WITHOUT_ACTORS, "0"]);
          const sqlite = await openSqliteStore({
            file: ":memory:",
            clock: systemClock,
            log: silent,
          });
          const sides = [new Side(sqlite), new Side(redis)];
          const authors = run(0, 2).map((n) => new Author(`actor${n}`));
          for (const each of calls) {
            const author = authors[each.who] ?? new Author("nobody");
            const [one, two] = await Promise.all(sides.map((side) => answer(side, author, each)));
            expect({ each, answer: two }).toEqual({ each, answer: one });
            went(author, each, one);
          }
          await sqlite.close();
        }),
        { numRuns: 150 },
      );

      client.destroy();
    }, 60_000);
  });
}

async function answer(side: Side, author: Author, each: Call): Promise<unknown> {
  try {
    return await asked(side, author, each);
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
}

async function asked({ store, claimed }: Side, author: Author, each: Call): Promise<unknown> {
  const { address } = author;
  const head = "stale" in each && each.stale ? "stale" : author.headNow;
  switch (each.kind) {
    case "commit":
      return store.commit(address, commitOf(author, each));
    case "load":
      return store.load(address);
    case "confirm":
      return store.confirm(address, head, [{ idKey: "id" in each ? each.id : "", digest: "" }]);
    case "journaled":
      return store.journaled(address, author.seq, head);
    case "evict":
      return store.evict(address, head, 10);
    case "reserve":
      return store.reserve(address, "ticket");
    case "install":
      return store.install(address, head === "stale" ? head : "ticket", installation(author));
    case "dirty":
      return (await store.dirty(9))
        .map(({ address: at, head, seq }) => ({ address: addressKey(at), head, seq }))
        .toSorted((one, two) => one.address.localeCompare(two.address));
    case "actors":
      return walked(store);
    case "records":
      return store.records(address, "n" in each ? each.n : 0, 3);
    default:
      return leased({ store, claimed }, each);
  }
}

async function leased({ store, claimed }: Side, each: Call): Promise<unknown> {
  const n = "n" in each ? each.n : 0;
  const [item] = claimed.slice(-1 - n);
  switch (each.kind) {
    case "claim": {
      const found = await store.claim(n, LEASE_MS);
      claimed.push(...found);
      return found.map(({ address, key, generation, attempt }) => {
        return { address: addressKey(address), key, generation, attempt };
      });
    }
    case "renew":
      return item && store.renew(item, LEASE_MS);
    default:
      return item && store.release(item, 1);
  }
}

/** Both walk in an order of their own. */
async function walked(store: ActorStore): Promise<readonly string[]> {
  const met: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.actors(cursor, 2);
    met.push(...page.addresses.map(addressKey));
    ({ cursor } = page);
  } while (cursor !== undefined);
  return met.sort();
}

function commitOf(author: Author, each: Extract<Call, { kind: "commit" }>) {
  const next = author.seq + 1;
  const claims = each.claims.map((key) => ({ idKey: key, digest: `d${next}`, seq: next }));
  const asks = each.asks.map((key) => ({ idKey: key, digest: "asked" }));
  const put = each.put.map(({ key, dueAt }) => ({ key, generation: next, claimableAt: dueAt }));
  const change = { records: each.lines, claims, asks, agenda: { put, remove: each.remove } };
  const built = author.commit(change);
  return each.stale && author.seq > 0 ? { ...built, expected: "stale" } : built;
}

function installation(author: Author) {
  const ids = [{ idKey: "a", digest: "installed", seq: 1 }];
  const agenda = [{ key: "timer:x", generation: author.seq, claimableAt: NEVER }];
  return author.installation({ ids, agenda });
}

/** The author goes on from what held. */
function went(author: Author, each: Call, outcome: unknown): void {
  if (each.kind === "commit" && JSON.stringify(outcome).includes('"kind":"committed"')) {
    author.went(commitOf(author, each));
  }
}
