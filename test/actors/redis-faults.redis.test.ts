/** What the Redis store keeps while Redis dies, hangs, forgets, and connections are cut. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Clock, Log } from "../../actors/clock.ts";
import {
  type RedisStore,
  type RedisStoreOptions,
  openRedisStore,
} from "../../actors/redis/redis-store.ts";
import { LIBRARY } from "../../actors/redis/library.ts";
import { beatsKey, placeOf } from "../../actors/redis/names.ts";
import { decodeLibraryCode, decodeTail } from "../../actors/redis/replies.ts";
import { COMMIT_BYTES_MAX, StoreUnreachable } from "../../actors/store.ts";
import { systemClock } from "../../src/platform.ts";
import { Author, run } from "../contracts/author.ts";
import { followed, sum, writeUntil } from "../contracts/writing.ts";
import { eventually } from "../support/eventually.ts";
import { failureOf } from "../support/failure.ts";
import { type Proxy, startProxy } from "../support/proxy.ts";
import { type TestRedis, command, redisOrSkip, startRedis } from "../support/redis.ts";

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
/** Long enough for several beats, on a machine that does other things beside. */
const SLOW = 30_000;

if (redisOrSkip("the Redis store under faults")) {
  describe("the Redis store", () => {
    let redis: TestRedis;
    let opened: RedisStore[] = [];
    let proxies: Proxy[] = [];

    const open = async (options: Partial<RedisStoreOptions> = {}): Promise<RedisStore> => {
      const node = `node${opened.length}`;
      const base = { url: redis.url, clock: systemClock, log: silent, node };
      const store = await openRedisStore({ ...base, ...options });
      opened.push(store);
      return store;
    };

    const openThroughProxy = async (): Promise<readonly [RedisStore, Proxy]> => {
      const proxy = startProxy(redis.port);
      proxies.push(proxy);
      return [await open({ url: `redis://127.0.0.1:${proxy.port}` }), proxy];
    };

    const codeOf = async (library: string): Promise<string | undefined> =>
      decodeLibraryCode(
        await command(redis, ["FUNCTION", "LIST", "LIBRARYNAME", library, "WITHCODE"]),
      );

    beforeAll(async () => {
      redis = await startRedis();
    });

    afterEach(async () => {
      await Promise.all(opened.map((store) => store.close()));
      proxies.forEach((proxy) => proxy.close());
      opened = [];
      proxies = [];
      await command(redis, ["FLUSHALL"]);
    });

    afterAll(() => redis.stop());

    test(
      "every commit that was acknowledged survives kill -9 of Redis, and followers miss none",
      async () => {
        const store = await open();
        const other = await open();
        const authors = run(1, 12).map((n) => new Author(`kill${n}`));
        const heard = await Promise.all(authors.map((author) => followed(other, author)));
        const writing = authors.map((author) => writeUntil(store, author, 150));

        for (let kills = 0; kills < 2; kills += 1) {
          const before = sum(authors);
          await eventually(() => sum(authors) > before + 200);
          await redis.kill();
          await redis.restart();
        }
        await Promise.all(writing);

        for (const [at, author] of authors.entries()) {
          await eventually(() => heard[at]?.seqs.at(-1) === author.seq);
          expect(await store.load(author.address)).toBe(author.envelope);
          expect(await store.records(author.address, 0, 1_000)).toEqual(author.log);
          expect(heard[at]?.records).toEqual(author.log);
          expect(heard[at]?.resets).toBe(0);
        }
      },
      SLOW,
    );

    test(
      "C9: subscriber connections that are cut again and again lose and double nothing",
      async () => {
        const store = await open();
        const other = await open();
        const authors = run(1, 300).map((n) => new Author(`cut${n}`));
        const heard = await Promise.all(authors.map((author) => followed(other, author)));

        const writing = authors.map((author) => writeUntil(store, author, 40));
        for (const part of run(1, 5)) {
          await eventually(() => sum(authors) > part * 2_000);
          await command(redis, ["CLIENT", "KILL", "TYPE", "PUBSUB"]);
        }
        await Promise.all(writing);

        await eventually(() => heard.every(({ seqs }) => seqs.length >= 40), { withinMs: 20_000 });
        expect(heard.map(({ seqs }) => seqs)).toEqual(authors.map(() => run(1, 40)));
        expect(heard.every(({ resets }) => resets === 0)).toBe(true);
      },
      SLOW,
    );

    test(
      "C10: a subscription that fell silent is noticed, and the last record is heard",
      async () => {
        const [deaf, proxy] = await openThroughProxy();
        const subscriber = proxy.made();
        const store = await open();
        const author = new Author("silent");
        const heard = await followed(deaf, author);
        await author.write(store);
        await eventually(() => heard.seqs.length === 1);

        const before = proxy.made();
        proxy.silence((nth) => nth === subscriber);
        await author.write(store);

        // Before the connection is cut for its silence.
        await eventually(() => heard.seqs.length === 2, { withinMs: 5_000 });
        expect([heard.seqs, heard.resets]).toEqual([[1, 2], 0]);
        expect(proxy.made()).toBe(before + 1);
        await author.write(store);
        await eventually(() => heard.seqs.length === 3);
      },
      SLOW,
    );

    test(
      "C1: a store that was emptied and born anew sends a reset, not the new one's records",
      async () => {
        const store = await open();
        const author = new Author("emptied");
        const heard = await followed(store, author);
        await author.write(store);
        await author.write(store);
        await eventually(() => heard.seqs.length === 2);

        await command(redis, ["FLUSHALL"]);
        const reborn = new Author("emptied", "second");
        await reborn.write(store);
        await eventually(() => heard.resets > 0);
        await reborn.write(store);

        await eventually(() => heard.seqs.length === 3);
        expect(heard.records.at(-1)).toEqual({ seq: 2, line: reborn.lines[1] ?? "" });
        expect((await author.write(store)).kind).toBe("conflict");
      },
      SLOW,
    );

    test(
      "C1: a store that was rewound in silence sends a reset at the next beat",
      async () => {
        const [deaf, proxy] = await openThroughProxy();
        const subscriber = proxy.made();
        const store = await open();
        const author = new Author("rewound");
        const heard = await followed(deaf, author);
        await author.writeMany(store, 3);
        await eventually(() => heard.seqs.length === 3);

        proxy.silence((nth) => nth === subscriber);
        await command(redis, ["FLUSHALL"]);
        const reborn = new Author("rewound", "second");
        await reborn.write(store);

        await eventually(() => heard.resets === 1, { withinMs: 5_000 });
        expect(heard.seqs).toEqual([1, 2, 3]);
      },
      SLOW,
    );

    test(
      "C1: a log that no longer has what was missed sends a reset, and goes on from there",
      async () => {
        const [deaf, proxy] = await openThroughProxy();
        const subscriber = proxy.made();
        const store = await open();
        const author = new Author("trimmed");
        const heard = await followed(deaf, author);
        await author.write(store);
        await eventually(() => heard.seqs.length === 1);

        proxy.silence((nth) => nth === subscriber);
        await author.writeMany(store, 4);
        await command(redis, ["XTRIM", placeOf(author.address).log, "MAXLEN", "1"]);
        await eventually(() => heard.resets > 0);
        await author.write(store);

        await eventually(() => heard.seqs.length === 2);
        expect([heard.seqs, heard.resets]).toEqual([[1, 6], 1]);
      },
      SLOW,
    );

    test(
      "a Redis that hangs is unreachable within the deadline, and reachable again afterwards",
      async () => {
        const store = await open({ deadlineMs: 300 });
        const author = new Author("hangs");
        await author.write(store);

        redis.pause();
        const sentAt = performance.now();
        const failure = await failureOf(store.load(author.address));
        const tookMs = performance.now() - sentAt;
        redis.resume();

        expect(failure).toBeInstanceOf(StoreUnreachable);
        expect(tookMs).toBeLessThan(2_000);
        await eventually(async () => (await store.load(author.address)) === author.envelope);
      },
      SLOW,
    );

    test("while Redis is away calls fail at once, and none is sent later", async () => {
      const store = await open();
      const author = new Author("away");
      await author.write(store);
      await redis.kill();
      await failureOf(store.load(author.address));

      const sentAt = performance.now();
      const failure = await failureOf(store.commit(author.address, author.commit()));

      expect(failure).toBeInstanceOf(StoreUnreachable);
      expect(performance.now() - sentAt).toBeLessThan(200);
      await redis.restart();
      await eventually(async () => (await store.load(author.address)) === author.envelope);
      expect((await author.write(store)).kind).toBe("committed");
    });

    test("who cannot subscribe is told so in time, and can once Redis is back", async () => {
      const store = await open({ deadlineMs: 300 });
      const author = new Author("subscribes");
      await redis.kill();

      const failure = await failureOf(followed(store, author));

      expect(failure).toBeInstanceOf(StoreUnreachable);
      expect(store.notReady()).toBe("there is no connection to Redis");
      await redis.restart();
      const heard = await eventually(() => followed(store, author));
      await eventually(() => store.notReady() === undefined);
      await author.write(store);
      await eventually(() => heard.seqs.length === 1);
      expect([heard.seqs, heard.resets]).toEqual([[1], 0]);
    });

    test("C12: a function that is handed nonsense refuses it before its first write", async () => {
      const store = await open();
      const author = new Author("nonsense");
      await author.write(store);
      const { actor, address } = placeOf(author.address);
      const elsewhere = placeOf(new Author("elsewhere").address);
      const keysBefore = await command(redis, ["DBSIZE"]);
      const fields = [author.headNow, "next", "envelope", "2", "1"];
      const nonsense = [
        [elsewhere.actor, address, ...fields, "1", "0", "0", "0", "0", "r"],
        [actor, address, ...fields, "1", "0", "0", "0", "0"],
        [actor, address, ...fields, "0", "0", "0", "0", "0"],
        [actor, address, ...fields, "1", "0", "0", "0", "1", "r"],
        [actor, address, ...fields, "1", "0", "0", "0", "0", "r".repeat(COMMIT_BYTES_MAX + 1)],
      ];

      for (const [key = "", ...args] of nonsense) {
        const failure = await failureOf(
          command(redis, ["FCALL", `${LIBRARY}_commit`, "1", key, ...args]),
        );
        expect(String(failure)).toMatch(/RANGE|TOOLARGE/);
      }

      expect(await store.load(author.address)).toBe(author.envelope);
      expect(await store.records(author.address, 0, 9)).toEqual(author.log);
      expect(await command(redis, ["DBSIZE"])).toBe(keysBefore);
    });

    test("C17: a node with a wrong clock tells the store's time, and is not ready", async () => {
      const wrong: Clock = { ...systemClock, now: () => systemClock.now() - 5_000 };
      const store = await open({ clock: wrong });
      const right = await open();

      expect(Math.abs(store.now() - systemClock.now())).toBeLessThan(50);
      expect(store.notReady()).toContain("ms away from the store's");
      expect(right.notReady()).toBeUndefined();
    });

    test("C18: a Redis that would lose what it acknowledged is told apart, setting by setting", async () => {
      const store = await open();
      expect(await store.durability()).toEqual([]);

      await command(redis, ["CONFIG", "SET", "appendfsync", "everysec"]);
      await command(redis, ["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
      const found = await store.durability();
      await command(redis, ["CONFIG", "SET", "appendfsync", "always"]);
      await command(redis, ["CONFIG", "SET", "maxmemory-policy", "noeviction"]);

      expect(found).toEqual([
        "expected appendfsync always, found everysec: a power cut loses what was acknowledged",
        "expected maxmemory-policy noeviction, found allkeys-lru: a full Redis drops actors to make room",
      ]);
    });

    test("C8: a library of our name with other code is refused, not replaced", async () => {
      await command(redis, ["FUNCTION", "FLUSH"]);
      const code = `#!lua name=${LIBRARY}\nredis.register_function('${LIBRARY}_commit', function() return 1 end)`;
      await command(redis, ["FUNCTION", "LOAD", code]);

      const failure = await failureOf(open());

      await command(redis, ["FUNCTION", "FLUSH"]);
      expect(failure).toBeInstanceOf(StoreUnreachable);
      expect(String(failure)).toContain(`other functions under the name ${LIBRARY}`);
    });

    test("C8: a Redis that holds the library of an earlier build takes ours beside it", async () => {
      await command(redis, ["FUNCTION", "FLUSH"]);
      const earlier = "toolboxai_1";
      const functions = ["commit", "confirm", "reserve", "claim", "tail", "beat"].map(
        (name) => `redis.register_function('${earlier}_${name}', function() return 1 end)`,
      );
      const code = `#!lua name=${earlier}\n${functions.join("\n")}`;
      await command(redis, ["FUNCTION", "LOAD", code]);

      const store = await open();
      const author = new Author("after");

      expect(await author.write(store)).toMatchObject({ kind: "committed" });
      expect(await store.records(author.address, 0, 9)).toEqual(author.log);
      expect(await codeOf(earlier)).toBe(code);
      expect(await codeOf(LIBRARY)).toBeDefined();
    });

    test("C8: two libraries side by side work on the same actors", async () => {
      const store = await open();
      const author = new Author("beside");
      await author.write(store);
      const code = (await codeOf(LIBRARY)) ?? "";
      const next = `${LIBRARY}_next`;
      await command(redis, ["FUNCTION", "LOAD", code.replaceAll(LIBRARY, next)]);
      const { actor, address } = placeOf(author.address);

      await command(redis, ["FCALL", `${next}_beat`, "1", beatsKey(0), "newer", "session@2"]);
      await author.write(store);
      const tail = await command(redis, [
        "FCALL_RO",
        `${next}_tail`,
        "1",
        actor,
        address,
        "0",
        "9",
      ]);

      expect(decodeTail(tail)).toMatchObject({ seq: 2, records: author.log });
      const newer = (await store.nodes()).find(({ node }) => node === "newer");
      expect(newer?.reads).toEqual(["session@2"]);
      await command(redis, ["FUNCTION", "DELETE", next]);
      expect(await author.write(store)).toMatchObject({ kind: "committed" });
    });

    test("functions that are gone come back by themselves", async () => {
      const store = await open();
      const author = new Author("flushed");
      await command(redis, ["FUNCTION", "FLUSH"]);

      expect(await failureOf(author.write(store))).toBeInstanceOf(StoreUnreachable);

      await eventually(async () => (await author.write(store)).kind === "committed");
    });

    test("a Redis that is not there is said so in time", async () => {
      const failure = await failureOf(open({ url: "redis://127.0.0.1:1", deadlineMs: 200 }));

      expect(failure).toBeInstanceOf(StoreUnreachable);
    });
  });
}
