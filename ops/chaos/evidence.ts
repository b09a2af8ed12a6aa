/**
 * Evidence of a row, for whoever has to find out: what every client sent, was told and heard, what
 * journal and Redis hold of each actor, and what the nodes said. Files in a directory of the row.
 */
import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { decodeEnvelope } from "../../actors/envelope.ts";
import { placeOf } from "../../actors/redis/names.ts";
import { findActor } from "../../db/actors.ts";
import { asTenant } from "../../db/as-tenant.ts";
import { parseActorId } from "../../machines/ids.ts";
import { command } from "../servers/redis.ts";
import type { Finding } from "./checker.ts";
import type { Log, Operation } from "./history.ts";
import type { Lesson } from "./lesson.ts";
import type { World } from "./world.ts";

const NODE_LOG = /^node-\d+\.log/;

type Text = string | undefined;

export interface Found {
  readonly world: World;
  readonly lessons: readonly Lesson[];
  readonly operations: readonly Operation[];
  readonly logs: ReadonlyMap<string, Log>;
  readonly findings: readonly Finding[];
  /** When the class began to work: the zero of all times. */
  readonly begunAt: number;
  readonly strikes: readonly number[];
}

export async function writeEvidence(dir: string, found: Found): Promise<void> {
  const { world, lessons, operations, logs, findings, strikes } = found;
  mkdirSync(dir, { recursive: true });
  const since = (at: number): number => Math.round(at - found.begunAt);
  const actors = await Promise.all(
    lessons.map(async ({ actor, sessionId }) => ({
      actor,
      told: toldOf(logs.get(actor)),
      journal: await inJournal(world, sessionId),
      redis: await inRedis(world, sessionId),
    })),
  );
  const timed = operations.map(({ sentAt, told, ...operation }) => ({
    ...{ ...operation, sentAt: since(sentAt) },
    told: told && { ...told, at: since(told.at) },
  }));
  const heard = lessons.flatMap(({ onlookers }) => onlookers.map(({ watcher }) => watcher));
  await Promise.all([
    write(dir, "summary", [{ strikes: strikes.map(since), findings }]),
    write(dir, "actors", actors),
    write(dir, "operations", timed),
    write(dir, "heard", heard),
  ]);
  for (const name of readdirSync(world.path).filter((each) => NODE_LOG.test(each))) {
    cpSync(join(world.path, name), join(dir, name));
  }
}

/** One line each. */
async function write(dir: string, name: string, lines: readonly unknown[]): Promise<void> {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  await Bun.write(join(dir, `${name}.jsonl`), text);
}

function toldOf(log: Log | undefined): string {
  return log?.kind === "served" ? `served with ${log.records.length} records` : (log?.code ?? "");
}

async function inJournal({ db, school }: World, sessionId: string) {
  const key = { kind: "session", id: parseActorId(sessionId) };
  const row = await asTenant(db, school.tenantId, (tx) => findActor(tx, key));
  if (row === undefined) {
    return "absent";
  }
  const { epoch, seq, head, resident, parked } = row;
  return { epoch, seq, head, resident, parked };
}

async function inRedis({ redis, school }: World, sessionId: string) {
  const { tenantId } = school;
  const address = { tenantId, kind: "session", id: parseActorId(sessionId) } as const;
  const { actor, log, kept } = placeOf(address);
  const asked = ["head", "seq", "journaled", "envelope"];
  const fields = await command(redis, ["HMGET", actor, ...asked]);
  const [head, seq, journaled, envelope] = parseTexts(fields);
  const remembered = parseTexts(await command(redis, ["HKEYS", kept]));
  const ends = [
    await command(redis, ["XRANGE", log, "-", "+", "COUNT", "1"]),
    await command(redis, ["XREVRANGE", log, "+", "-", "COUNT", "1"]),
  ].map((entries) => parseIds(entries)[0]);
  return {
    ...{ head, seq, journaled, log: ends, remembered },
    envelope: envelope === undefined ? "absent" : envelopeOf(address, envelope),
  };
}

function envelopeOf(address: Parameters<typeof decodeEnvelope>[0], stored: string) {
  try {
    const { epoch, seq, head, lossAccepted } = decodeEnvelope(address, stored);
    return { epoch, seq, head, lossAccepted };
  } catch (error) {
    return String(error);
  }
}

function parseTexts(reply: unknown): readonly Text[] {
  return (reply as readonly (string | null)[]).map((text) => text ?? undefined);
}

function parseIds(entries: unknown): readonly string[] {
  return (entries as readonly (readonly [string, unknown])[]).map(([id]) => id);
}
