/** What the Redis store keeps on a cluster while slots move, and masters die and come back. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Log } from "../../actors/clock.ts";
import { slotOf } from "../../actors/redis/cluster/slots.ts";
import { BUCKETS, bucketOf, indexKey, placeOf } from "../../actors/redis/names.ts";
import { decodeTexts } from "../../actors/redis/replies.ts";
import { type RedisStore, openRedisStore } from "../../actors/redis/redis-store.ts";
import { type Commit, type KnownId, StoreUnreachable } from "../../actors/store.ts";
import { systemClock } from "../../src/platform.ts";
import { Author, run } from "../contracts/author.ts";
import { followed, sum, writeUntil } from "../contracts/writing.ts";
import { eventually } from "../support/eventually.ts";
import { failureOf } from "../support/failure.ts";
import {
  CLUSTER_STARTS_MS,
  type TestCluster,
  startRedisCluster,
} from "../support/redis-cluster.ts";
import { command, redisOrSkip } from "../support/redis.ts";

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
/** A master that was started again takes no writes for two seconds. */
const SLOW = 30_000;
const SHORT_MS = 200;
const NEVER = 4_102_444_800_000;

if (redisOrSkip("the Redis store on a cluster under faults")) {
  describe("the Redis store on a cluster", () => {
    let cluster: TestCluster;
    let opened: RedisStore[] = [];

    const open = async (url = cluster.url): Promise<RedisStore> => {
      const node = `node${opened.length}`;
      const store = await openRedisStore({ url, clock: systemClock, log: silent, node });
      opened.push(store);
      return store;
    };

    /** Keys of what an actor owes. */
    const owedBy = async ({ address }: Author): Promise<readonly string[]> => {
      const { actor, bucket } = placeOf(address);
      const owner = await cluster.ownerOf(slotOf(bucket));
      const reply = await command(owner, ["HKEYS", actor.replace(":a:", ":o:")]);
      return decodeTexts(reply).toSorted();
    };

    beforeAll(async () => {
      cluster = await startRedisCluster();
    }, CLUSTER_STARTS_MS);

    afterEach(async () => {
      await Promise.all(opened.map((store) => store.close()));
      opened = [];
      await cluster.empty();
    });

    afterAll(() => cluster.stop());

    test("every bucket is asked where Redis says its slot is, from whichever node one starts", async () => {
      const [one = cluster.url, , three = cluster.url] = cluster.masters.map(({ url }) => url);
      const authors = run(1, 40).map((n) => new Author(`spread${n}`));
      const [first, last] = [await open(one), await open(three)];

      await Promise.all(authors.map((author) => author.write(first)));

      for (const author of authors) {
        const { actor, bucket } = placeOf(author.address);
        const [master] = cluster.masters;
        const keySlot = master && (await command(master, ["CLUSTER", "KEYSLOT", actor]));
        expect(keySlot).toBe(slotOf(bucket));
        expect(await last.load(author.address)).toBe(author.envelope);
      }
      expect(new Set(run(0, BUCKETS - 1).map(slotOf)).size).toBe(BUCKETS);
    });

    test(
      "a slot that moves while commits run loses nothing: no record, no id, nothing owed",
      async () => {
        const [store, other] = [await open(), await open()];
        const authors = ofOneBucket("moves", 6);
        const bucket = placeOf(authors[0]?.address ?? new Author("moves").address).bucket;
        const slot = slotOf(bucket);
        const channels = authors.map(({ address }) => placeOf(address).channel);
        const heard = await Promise.all(authors.map((author) => followed(other, author)));
        const dueAt = store.now() + SHORT_MS;
        for (const [at, author] of authors.entries()) {
          const put = [{ key: `timer:soon${at}`, generation: 1, claimableAt: dueAt }];
          await author.write(store, { claims: [idOf(1)], agenda: { put, remove: [] } });
        }
        const claimed = new Set<string>();
        const claim = async (): Promise<void> => {
          const items = await other.claim(9, SHORT_MS);
          items.forEach(({ key }) => claimed.add(key));
        };

        for (let moves = 0; moves < 2; moves += 1) {
          const writing = authors.map((author) =>
            writeUntil(store, author, author.seq + 60, withIdOrTimer),
          );
          const from = await cluster.ownerOf(slot);
          const to = cluster.masters.find(({ port }) => port !== from.port) ?? from;
          await eventually(() => sum(authors) > moves * 300 + 40);
          await cluster.migrate(slot, to, claim);
          await eventually(async () => {
            const held = await command(to, ["PUBSUB", "SHARDNUMSUB", ...channels]);
            return decodeNumbers(held).every((followers) => followers === 1);
          });
          await Promise.all(writing);
        }

        await eventually(async () => {
          await claim();
          return claimed.size === authors.length;
        });
        let owed = 0;
        for (const [at, author] of authors.entries()) {
          await eventually(() => heard[at]?.seqs.at(-1) === author.seq);
          expect(heard[at]?.records).toEqual(author.log);
          expect(heard[at]?.resets).toBe(0);
          expect(await other.load(author.address)).toBe(author.envelope);
          expect(await other.records(author.address, 0, 1_000)).toEqual(author.log);
          const ids = run(1, author.seq).filter(hasId).map(idOf);
          const confirmed = await other.confirm(author.address, author.headNow, ids);
          expect(confirmed).toEqual({ kind: "current", known: ids, journaled: 0 });
          const timers = run(2, author.seq).filter((seq) => !hasId(seq));
          expect(await owedBy(author)).toEqual(
            [...timers.map((seq) => `timer:${seq}`), `timer:soon${at}`].toSorted(),
          );
          owed += timers.length + 1;
        }
        const owner = await cluster.ownerOf(slot);
        expect(await command(owner, ["ZCARD", indexKey(bucket, "agenda")])).toBe(owed);
        expect(await other.dirty(99)).toHaveLength(authors.length);
        expect((await other.actors(undefined, 99)).addresses).toHaveLength(authors.length);
      },
      SLOW,
    );

    test(
      "kill -9 of a master loses no acknowledged commit, other buckets go on, followers miss none",
      async () => {
        const [store, other] = [await open(), await open()];
        const authors = run(1, 24).map((n) => new Author(`kill${n}`));
        const heard = await Promise.all(authors.map((author) => followed(other, author)));
        const dying = cluster.masters[1] ?? failing();
        const owners = await Promise.all(
          authors.map((author) => cluster.ownerOf(slotOfAuthor(author))),
        );
        const theirs = authors.filter((_, at) => owners[at] === dying);
        const others = authors.filter((_, at) => owners[at] !== dying);
        const [victim = failing()] = theirs;
        const writing = authors.map((author) => writeUntil(store, author, 250));
        await eventually(() => sum(authors) > 500);

        await dying.kill();
        const before = sum(others);
        const sentAt = performance.now();
        const failure = await eventually(() => failureOf(store.load(victim.address)));
        const tookMs = performance.now() - sentAt;
        await eventually(() => sum(others) > before + 100 || sum(others) === 250 * others.length);
        const whileAway = await Promise.all([
          store.beat("alive", []),
          store.nodes(),
          store.claim(9, 1),
        ]);
        const walk = await failureOf(store.actors(undefined, 999));
        const sums = [sum(theirs), sum(others)];
        await dying.restart();
        await Promise.all(writing);

        expect(failure).toBeInstanceOf(StoreUnreachable);
        expect(walk).toBeInstanceOf(StoreUnreachable);
        expect(tookMs).toBeLessThan(1_000);
        expect(whileAway[1]).toHaveLength(1);
        expect(sums[0]).toBeLessThan(250 * theirs.length);
        for (const [at, author] of authors.entries()) {
          await eventually(() => heard[at]?.seqs.at(-1) === author.seq);
          expect(await store.load(author.address)).toBe(author.envelope);
          expect(await store.records(author.address, 0, 1_000)).toEqual(author.log);
          expect(heard[at]?.records).toEqual(author.log);
          expect(heard[at]?.resets).toBe(0);
        }
        await eventually(() => store.notReady() === undefined);
      },
      SLOW,
    );

    test(
      "C1: of a master that came back as another run nothing is asked before nodes gave back",
      async () => {
        const store = await open();
        const dying = cluster.masters[1] ?? failing();
        const authors = run(1, 24).map((n) => new Author(`gated${n}`));
        await Promise.all(authors.map((author) => author.write(store)));
        const owners = await Promise.all(
          authors.map((author) => cluster.ownerOf(slotOfAuthor(author))),
        );
        const there = authors.filter((_, at) => owners[at] === dying);
        const elsewhere = authors.filter((_, at) => owners[at] !== dying);
        const [first = failing()] = there;
        const gate = Promise.withResolvers<void>();
        const given: string[] = [];
        store.onAnotherRun(async (found, direct) => {
          for (const { address, lines, headNow, seq, epoch } of there) {
            const kept = [{ seq, line: lines[0] ?? "", head: headNow, epoch }];
            given.push(await direct.remember(address, kept));
          }
          await direct.beat("node0", [`run:${found}`]);
          await gate.promise;
        });

        await dying.kill();
        await dying.restart();
        await eventually(() => given.length === there.length);

        expect(new Set(given)).toEqual(new Set(["there"]));
        expect(await failureOf(store.load(first.address))).toBeInstanceOf(StoreUnreachable);
        for (const author of elsewhere) {
          expect(await store.load(author.address)).toBe(author.envelope);
        }
        gate.resolve();
        await eventually(async () => {
          const loaded = await store.load(first.address).catch(() => undefined);
          return loaded === first.envelope;
        });
      },
      SLOW,
    );

    test("a master that stands still holds up nothing of the others", async () => {
      const store = await open();
      const authors = run(1, 12).map((n) => new Author(`still${n}`));
      const agenda = { put: [{ key: "timer:a", generation: 1, claimableAt: 1 }], remove: [] };
      await Promise.all(authors.map((author) => author.write(store, { agenda })));
      const [, , third = failing()] = cluster.masters;
      const owners = await Promise.all(
        authors.map((author) => cluster.ownerOf(slotOfAuthor(author))),
      );
      const others = authors.filter((_, at) => owners[at] !== third);

      third.pause();
      const sentAt = performance.now();
      const claimed = await store.claim(99, SHORT_MS);
      await Promise.all([...others.map((author) => author.write(store)), store.beat("here", [])]);
      const nodes = await store.nodes();
      const tookMs = performance.now() - sentAt;
      third.resume();

      expect(claimed).toHaveLength(others.length);
      expect(nodes).toMatchObject([{ node: "here" }]);
      expect(tookMs).toBeLessThan(2_500);
      await eventually(async () => {
        const late = await store.claim(99, SHORT_MS);
        return late.some(({ address }) => !others.some((other) => other.address.id === address.id));
      });
    });

    test("C18: every master is asked whether it would lose what it acknowledged", async () => {
      const store = await open();
      expect(await store.durability()).toEqual([]);
      expect(store.notReady()).toBeUndefined();

      const [, , third = failing()] = cluster.masters;
      await command(third, ["CONFIG", "SET", "appendfsync", "everysec"]);
      const found = await store.durability();
      await command(third, ["CONFIG", "SET", "appendfsync", "always"]);

      expect(found).toEqual([
        `127.0.0.1:${third.port}: expected appendfsync always, found everysec: a power cut loses what was acknowledged`,
      ]);
    });

    test(
      "C1: a replica that would take over by itself is named, until it would not",
      async () => {
        const [first = failing()] = cluster.masters;
        const replica = await cluster.replica(first);
        const store = await open();

        const found = await store.durability();
        await command(replica, ["CONFIG", "SET", "cluster-replica-no-failover", "yes"]);

        expect(found).toEqual([
          `127.0.0.1:${first.port}: expected cluster-replica-no-failover yes on 127.0.0.1:${replica.port}, found no: a replica that takes over by itself may lack what was acknowledged`,
        ]);
        await eventually(async () => (await store.durability()).length === 0);
        const throughReplica = await eventually(() => open(replica.url));
        const author = new Author("by-replica");
        await author.write(throughReplica);
        expect(await store.load(author.address)).toBe(author.envelope);
      },
      SLOW,
    );
  });
}

function idOf(seq: number): KnownId {
  return { idKey: `id${seq}`, digest: "d", seq };
}

/** By turns an id and a timer: a function looks at ids before it writes, at timers after. */
function withIdOrTimer(seq: number): Partial<Commit> {
  const put = [{ key: `timer:${seq}`, generation: seq, claimableAt: NEVER }];
  return hasId(seq) ? { claims: [idOf(seq)] } : { agenda: { put, remove: [] } };
}

function hasId(seq: number): boolean {
  return seq % 2 === 1;
}

/** Actors whose keys share a slot. */
function ofOneBucket(name: string, count: number): readonly Author[] {
  const bucket = placeOf(new Author(name).address).bucket;
  return run(1, 100 * BUCKETS)
    .filter((n) => bucketOf(`tenant/session/${name}${n}`) === bucket)
    .slice(0, count)
    .map((n) => new Author(`${name}${n}`));
}

/** Of a reply that names something before each number. */
function decodeNumbers(reply: unknown): readonly number[] {
  return (reply as readonly unknown[]).map(Number).filter((each) => !Number.isNaN(each));
}

function slotOfAuthor({ address }: Author): number {
  return slotOf(placeOf(address).bucket);
}

function failing(): never {
  throw new Error("expected three masters and actors on each of them, found fewer");
}
