/**
 * The limit: the same commit function on the same Redis, called with ready-made bytes.
 *
 * Every commit carries what the node wrote last of the first quiz: of its envelope the whole one or
 * a delta, and the last record, as often as asked, with ids of their size, on as many connections
 * as a node has. Heads and ids are made up, and so are the actors: nobody could read them.
 */
import { type Socket, connect } from "node:net";
import { commitArgs } from "../../../actors/redis/args.ts";
import { LIBRARY } from "../../../actors/redis/library.ts";
import { type Place, indexKey, keysOf, placeOf } from "../../../actors/redis/names.ts";
import { partIdOf } from "../../../actors/written.ts";
import { parseActorId } from "../../../machines/ids.ts";
import { systemIds } from "../../../src/platform.ts";
import { serveTasks } from "../child.ts";
import { quizAddress } from "../quiz.ts";
import type { RawRun, RawTask } from "../raw-task.ts";

const COMMITTED = "$9\r\ncommitted\r\n";
const HEAD_CHARS = 64;
const ID_CHARS = 32;

/** What every commit carries, and its bytes. */
interface Payload {
  readonly envelope: string;
  /** Undefined: the node wrote the envelope whole. */
  readonly delta: string | undefined;
  readonly records: readonly string[];
  readonly bytes: ReadonlyMap<string, Buffer>;
}

interface Actor {
  readonly place: Place;
  head: string;
  seq: number;
  /** The id of what was written last of its envelope. */
  part: string;
}

let made = 0;

serveTasks((task) => run(decodeTask(task)));

async function run(task: RawTask): Promise<RawRun> {
  const lines = await Promise.all(
    Array.from({ length: task.connections }, () => openLine(task.port)),
  );
  const lineOf = (bucket: number): Line => lines[bucket % lines.length] ?? fail("no connection");
  const payload = await payloadOf(lineOf, task.records);
  const run = systemIds.next().slice(0, 8);
  const actors = Array.from({ length: task.actors }, (_, index): Actor => {
    const place = placeOf({ ...quizAddress(0), id: parseActorId(`raw-${run}-${index}`) });
    return { place, head: "", seq: 0, part: "" };
  });
  let commits = 0;
  let turn = 0;
  const startsAt = performance.now() + task.warmMs;
  const endsAt = startsAt + task.ms;
  const worker = async (): Promise<void> => {
    for (let at = performance.now(); at < endsAt;) {
      const actor = actors[turn % actors.length] ?? fail("no actor");
      turn += 1;
      const reply = await lineOf(actor.place.bucket).ask(commitOf(actor, payload));
      if (!reply.includes(COMMITTED)) {
        fail(reply.slice(0, 200));
      }
      const answeredAt = performance.now();
      if (at >= startsAt && answeredAt < endsAt) {
        commits += 1;
      }
      at = answeredAt;
    }
  };
  await Promise.all(Array.from({ length: task.commits }, worker));
  await Promise.all(actors.map((actor) => remove(actor, lineOf)));
  lines.forEach((line) => line.close());
  return { perSecond: (1_000 * commits * task.records) / task.ms };
}

/** A node that comes next would look after it, and find that nobody could read it. */
async function remove({ place }: Actor, lineOf: (bucket: number) => Line): Promise<void> {
  const { address, bucket } = place;
  const line = lineOf(bucket);
  const own = keysOf(place).filter((key) => key.endsWith(address));
  await line.ask(encode(["UNLINK", ...own]));
  for (const index of ["agenda", "dirty", "actors"] as const) {
    await line.ask(encode(["ZREM", indexKey(bucket, index), address]));
  }
}

async function payloadOf(lineOf: (bucket: number) => Line, count: number): Promise<Payload> {
  const place = placeOf(quizAddress(0));
  const line = lineOf(place.bucket);
  const envelope = await line.bulk(["HGET", place.actor, "envelope"]);
  const deltas = await line.bulk(["GET", place.actor.replace(":a:", ":d:")]);
  const found = await line.ask(encode(["XREVRANGE", place.log, "+", "-", "COUNT", "1"]));
  const record = found.split("\r\n").at(-2) ?? fail("no record");
  const bytes = new Map([envelope, record].map((each) => [each, bulk(each)]));
  const delta = deltas === "" ? undefined : deltas.split("\n").at(-1);
  return { envelope, delta, records: Array.from({ length: count }, () => record), bytes };
}

function commitOf(actor: Actor, { envelope: whole, delta, records, bytes }: Payload): Buffer {
  const { place, head: expected, seq, part } = actor;
  const claims = records.map((_, index) => {
    made += 1;
    const id = made.toString(16).padStart(ID_CHARS, "0");
    return { idKey: id, digest: id, seq: seq + 1 + index };
  });
  const head = made.toString(16).padStart(HEAD_CHARS, "0");
  actor.head = head;
  actor.seq += records.length;
  const agenda = { put: [], remove: [] };
  const isDelta = delta !== undefined && part !== "";
  const envelope = isDelta ? `\n${head}\n${delta}` : whole;
  actor.part = partIdOf(envelope);
  const on = isDelta ? { on: part } : {};
  const written = { ...on, envelope, records, firstSeq: seq + 1, claims };
  const commit = { expected, head, ...written, asks: [], agenda, notAfter: undefined };
  const args = ["FCALL", `${LIBRARY}_commit`, "1", place.actor, place.address];
  const all = [...args, ...commitArgs(commit)];
  const parts = all.map((each) => bytes.get(each) ?? bulk(each));
  return Buffer.concat([Buffer.from(`*${all.length}\r\n`), ...parts]);
}

interface Line {
  /** The whole reply. */
  ask(command: Buffer): Promise<string>;
  bulk(args: readonly string[]): Promise<string>;
  close(): void;
}

async function openLine(port: number): Promise<Line> {
  const waiting: ((reply: string) => void)[] = [];
  let text = "";
  const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    text += chunk;
    for (;;) {
      const length = replyLength(text);
      if (length === undefined) {
        return;
      }
      waiting.shift()?.(text.slice(0, length));
      text = text.slice(length);
    }
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  const ask = (command: Buffer): Promise<string> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      socket.write(command);
    });
  return {
    ask,
    bulk: async (args) => {
      const reply = await ask(encode(args));
      return reply.slice(reply.indexOf("\r\n") + 2, -2);
    },
    close: () => socket.destroy(),
  };
}

/** Undefined: not all of it is there yet. */
function replyLength(text: string): number | undefined {
  const end = text.indexOf("\r\n");
  if (end < 0) {
    return undefined;
  }
  const [kind, count] = [text[0], Number(text.slice(1, end))];
  if (kind === "$") {
    const length = end + 2 + Math.max(0, count) + (count < 0 ? 0 : 2);
    return text.length >= length ? length : undefined;
  }
  if (kind !== "*") {
    return end + 2;
  }
  let length = end + 2;
  for (let item = 0; item < count; item += 1) {
    const inner = replyLength(text.slice(length));
    if (inner === undefined) {
      return undefined;
    }
    length += inner;
  }
  return length;
}

function encode(args: readonly string[]): Buffer {
  return Buffer.from(`*${args.length}\r\n${args.map(text).join("")}`, "latin1");
}

function bulk(value: string): Buffer {
  return Buffer.from(text(value), "latin1");
}

function text(value: string): string {
  return `$${value.length}\r\n${value}\r\n`;
}

function fail(sentence: string): never {
  throw new Error(sentence);
}

function decodeTask(task: unknown): RawTask {
  return task as RawTask;
}
