/**
 * What happens to Redis and its file.
 *
 * `kill -9` alone proves nothing about durability: the page cache outlives the process. So here the
 * file is cut where the last fsync was that anybody was told of. The answers of Redis are held back
 * on their way to the nodes; Redis itself then says how long its file is, all of it flushed; it
 * goes on to write what nobody is told of, is killed, and loses exactly that.
 */
import {
  type Entry,
  cutAt,
  endsOf,
  entriesOf,
  flipBit,
  growingFile,
  removeAll,
} from "../../servers/append-only-file.ts";
import { type Ask, command, withClient } from "../../servers/redis.ts";
import type { Blow, Fault } from "../fault.ts";

const AWAY_MS = 300;
const BETWEEN_MS = 2_500;
/** What Redis writes in this time is what the power cut takes. */
const UNTOLD_MS = 30;
/** Commits that a disk which lied about its flushes loses. */
const LIED_ABOUT = { min: 5, max: 40 } as const;

export const killedRedis: Fault = {
  name: "kill-redis",
  about: "SIGKILL of Redis every few seconds, started again",
  run: (blow) =>
    again(blow, async () => {
      blow.strike("SIGKILL of Redis");
      await blow.world.redis.kill();
      await back(blow);
    }),
};

export const killedBoth: Fault = {
  name: "kill-both",
  about:
    "SIGKILL of Redis, and of a node while Redis comes back; both started again, again and again",
  run: (blow) =>
    again(blow, async () => {
      const { redis, nodes } = blow.world;
      const node = blow.chance.of(nodes);
      blow.strike(`SIGKILL of Redis, and of ${node?.name} while it comes back`);
      await redis.kill();
      await blow.rest(AWAY_MS);
      // It loads its file, and nobody is connected yet.
      await Promise.all([redis.restart(), node?.kill()]);
      await node?.start();
    }),
};

export const powerCut: Fault = {
  name: "power-cut",
  about: "SIGKILL of Redis, and its file cut at the last fsync that anybody was told of",
  run: (blow) =>
    again(blow, async () => {
      const { redis, line } = blow.world;
      const flushed = await withClient(redis, (ask) => {
        line.hold();
        return flushedBytes(ask);
      });
      await Bun.sleep(UNTOLD_MS);
      blow.strike("a power cut at Redis");
      await redis.kill();
      const file = growingFile(redis.dir);
      const written = Bun.file(file).size;
      cutAt(file, flushed);
      blow.note(`${written - flushed} bytes that nobody was told of were cut`);
      line.cut();
      await back(blow);
    }),
};

export const cutTail: Fault = {
  name: "cut-tail",
  about: "once: SIGKILL of Redis, and its file cut far before the last fsync: acknowledged is gone",
  damages: true,
  run: async (blow) => {
    const { redis } = blow.world;
    await blow.rest(BETWEEN_MS);
    blow.strike("a cut tail");
    await redis.kill();
    const file = growingFile(redis.dir);
    const ends = endsOf(entriesOf(file));
    const lost = blow.chance.between(LIED_ABOUT.min, LIED_ABOUT.max);
    cutAt(file, ends.at(-1 - lost) ?? 0);
    blow.note(`the last ${lost} transactions were cut, acknowledged or not`);
    await back(blow);
  },
};

export const restored: Fault = {
  name: "restored",
  about: "once: SIGKILL of Redis, and its file is that of seconds ago, as from a backup",
  damages: true,
  run: async (blow) => {
    const { redis } = blow.world;
    const backedUp = Bun.file(growingFile(redis.dir)).size;
    await blow.rest(BETWEEN_MS);
    blow.strike("an older Redis");
    await redis.kill();
    const file = growingFile(redis.dir);
    const ends = endsOf(entriesOf(file));
    const end = ends.findLast((each) => each <= backedUp) ?? 0;
    blow.note(
      `the last ${ends.length - 1 - ends.indexOf(end)} transactions were not in the backup`,
    );
    cutAt(file, end);
    await back(blow);
  },
};

export const flushed: Fault = {
  name: "flushed",
  about: "once: FLUSHALL in the running Redis, with every connection open",
  damages: true,
  run: async ({ world, rest, strike }) => {
    await rest(BETWEEN_MS);
    strike("FLUSHALL");
    await command(world.redis, ["FLUSHALL"]);
  },
};

export const emptied: Fault = {
  name: "emptied",
  about: "once: SIGKILL of Redis, and its file is gone",
  damages: true,
  run: async (blow) => {
    const { redis } = blow.world;
    await blow.rest(BETWEEN_MS);
    blow.strike("an emptied Redis");
    await redis.kill();
    removeAll(redis.dir);
    await back(blow);
  },
};

export const flippedFile: Fault = {
  name: "flipped-file",
  about: "once: SIGKILL of Redis, and one bit of a stored envelope in its file is another",
  damages: true,
  run: async (blow) => {
    const { redis } = blow.world;
    await blow.rest(BETWEEN_MS);
    blow.strike("a flipped bit in the file");
    await redis.kill();
    const file = growingFile(redis.dir);
    const place = lastEnvelope(entriesOf(file));
    flipBit(
      file,
      place.start + blow.chance.between(Math.floor(place.length / 2), place.length - 2),
    );
    await back(blow);
  },
};

export const flippedEnvelope: Fault = {
  name: "flipped-envelope",
  about: "once: every node is killed, and one bit of an envelope in the running Redis is another",
  damages: true,
  run: async (blow) => {
    const { redis, nodes } = blow.world;
    await blow.rest(BETWEEN_MS);
    // What nodes have in memory is whole, and would be written over it at once.
    await Promise.all(nodes.map((node) => node.kill()));
    const keys = parseList(await command(redis, ["KEYS", "tb:*:a:*"]));
    const key = blow.chance.of(keys.toSorted()) ?? "";
    const bytes = await command(redis, ["EVAL", FLIP, "1", key]);
    blow.strike(`a flipped bit in a stored envelope of ${String(bytes)} bytes`);
    await Promise.all(nodes.map((node) => node.start()));
  },
};

/** In the middle of all that is stored of the envelope: in the whole one, or in its deltas. */
const FLIP = `
  local function flipped(text)
    local at = math.floor(#text / 2)
    local other = string.char(bit.bxor(string.byte(text, at), 1))
    return string.sub(text, 1, at - 1) .. other .. string.sub(text, at + 1)
  end
  local whole = redis.call('HGET', KEYS[1], 'envelope')
  local key = string.gsub(KEYS[1], ':a:', ':d:', 1)
  local deltas = redis.call('GET', key)
  if deltas and #deltas > #whole then
    redis.call('SET', key, flipped(deltas))
    return #deltas
  end
  redis.call('HSET', KEYS[1], 'envelope', flipped(whole))
  return #whole`;

async function again(blow: Blow, strike: () => Promise<void>): Promise<void> {
  while (!blow.isOver()) {
    await strike();
    await blow.rest(blow.chance.between(BETWEEN_MS, 2 * BETWEEN_MS));
  }
}

async function back({ world, rest }: Blow): Promise<void> {
  await rest(AWAY_MS);
  await world.redis.restart();
}

/** Redis flushes before it answers, so what it says it has is on disk. */
async function flushedBytes(ask: Ask): Promise<number> {
  const info = String(await ask(["INFO", "persistence"]));
  const base = Number(/aof_base_size:(\d+)/.exec(info)?.[1] ?? 0);
  return Number(/aof_current_size:(\d+)/.exec(info)?.[1] ?? 0) - base;
}

/** The last one that was written of any actor. */
function lastEnvelope(entries: readonly Entry[]) {
  for (const { words, starts } of entries.toReversed()) {
    const at = words.findIndex((word) => word.toString("latin1") === "envelope");
    const [start, word] = [starts[at + 1], words[at + 1]];
    if (at >= 0 && start !== undefined && word !== undefined) {
      return { start, length: word.length };
    }
  }
  throw new Error("expected a stored envelope in the file");
}

function parseList(reply: unknown): readonly string[] {
  return reply as readonly string[];
}
