/** C5, C6 on real Redis: one command id, sent a thousand times over several nodes: one effect. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Incoming, Reply } from "../../actors/reply.ts";
import { placeOf } from "../../actors/redis/names.ts";
import { decodeTexts } from "../../actors/redis/replies.ts";
import { openRedisStore } from "../../actors/redis/redis-store.ts";
import { type Runtime, createRuntime } from "../../actors/runtime.ts";
import type { ActorStore } from "../../actors/store.ts";
import { parseActorId } from "../../machines/ids.ts";
import { systemClock, systemIds } from "../../src/platform.ts";
import { quietLog } from "../support/fake-clock.ts";
import { createMemoryArchive } from "../support/memory-archive.ts";
import { ADDRESS, HOST } from "../support/nodes.ts";
import { type TestRedis, command, redisOrSkip, startRedis } from "../support/redis.ts";
import { tallyMachine, totalOf } from "../support/tally.ts";

const TIMES = 1_000;
/** Under way at the same time. */
const AT_ONCE = 50;

describe.skipIf(!redisOrSkip("one id a thousand times"))("one command id", () => {
  const archive = createMemoryArchive();
  const stores: ActorStore[] = [];
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await startRedis();
  });

  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await redis.stop();
  });

  async function nodeOf(node: string): Promise<Runtime> {
    const shared = { clock: systemClock, log: quietLog(), node };
    const store = await openRedisStore({ ...shared, url: redis.url });
    stores.push(store);
    return createRuntime({
      ...{ ...shared, store, archive, ids: systemIds, alone: false, performers: {} },
      ...{ machines: { session: [tallyMachine] }, roles: { worker: false, journal: false } },
    });
  }

  test("C5: sent a thousand times over three nodes, and to one that was not there, is one record", async () => {
    const nodes = await Promise.all(["a", "b", "c"].map(nodeOf));
    const incoming: Incoming = {
      ...{ by: HOST, rank: "host", id: "once" },
      message: { type: "add", n: 1 },
    };
    const [first] = nodes;
    await first?.birth(ADDRESS, { type: "begin" }, HOST);
    const replies: Reply[] = [];
    for (let sent = 0; sent < TIMES; sent += AT_ONCE) {
      const some = Array.from({ length: AT_ONCE }, (_, nth) =>
        nodes[(sent + nth) % nodes.length]?.send(ADDRESS, incoming),
      );
      replies.push(...(await Promise.all(some)).flatMap((reply) => reply ?? []));
    }
    const late = await nodeOf("d");
    replies.push(await late.send(ADDRESS, incoming));

    const seqs = replies.map((reply) => (reply.kind === "accepted" ? reply.record.seq : reply));
    expect(new Set(seqs)).toEqual(new Set([2]));
    expect(replies).toHaveLength(TIMES + 1);
    const anew = replies.filter((reply) => reply.kind === "accepted" && !reply.duplicate);
    expect(anew).toHaveLength(1);
    const look = await late.look(ADDRESS);
    expect([look?.seq, totalOf(look?.living)]).toEqual([2, 1]);
  });

  test("C6: what Redis knows of ids is mended before a node that loads the actor takes a word", async () => {
    const address = { ...ADDRESS, id: parseActorId("garbled") };
    const first = await nodeOf("e");
    await first.birth(address, { type: "begin" }, HOST);
    const ids = ["a", "b", "c", "d"];
    const send = (to: Runtime, id: string): Promise<Reply> =>
      to.send(address, { by: HOST, rank: "host", id, message: { type: "add", n: 1 } });
    for (const id of ids) {
      await send(first, id);
    }
    const key = placeOf(address).actor.replace(":a:", ":i:");
    const [one = "", two = "", three = ""] = decodeTexts(await command(redis, ["HKEYS", key]));
    const values = await command(redis, ["HMGET", key, one, two]);
    const [ofOne = "", ofTwo = ""] = decodeTexts(values);
    await command(redis, ["HSET", key, one, ofTwo, two, ofOne.slice(0, -1), three, "garbled"]);
    await command(redis, ["HDEL", key, decodeTexts(await command(redis, ["HKEYS", key]))[3] ?? ""]);

    // Whoever has it in memory has no reason to load it: garbled, and not doubled.
    const failures = await Promise.allSettled([send(first, "a"), send(first, "c")]);
    const late = await nodeOf("f");
    const replies: Reply[] = [];
    for (const id of ids) {
      replies.push(await send(late, id), await send(first, id));
    }

    expect(failures.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(replies.map((reply) => reply.kind === "accepted" && reply.record.seq)).toEqual([
      ...[2, 2, 3, 3, 4, 4, 5, 5],
    ]);
    expect((await late.look(address))?.seq).toBe(5);
  });
});
