/**
 * Durable commands a second through the runtime alone, beside bare SQLite transactions.
 *
 * The runtime takes whole turns (mailbox, machine, checksums, commit, acknowledgement) on a file
 * with synchronous FULL; no sockets, no Postgres. The bare transactions write rows of the same size
 * to a table of their own, one transaction a command: what the disk gives without group commit.
 */
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Address } from "../../../actors/address.ts";
import { type Runtime, createRuntime } from "../../../actors/runtime.ts";
import { openSqliteStore } from "../../../actors/sqlite/sqlite-store.ts";
import { MACHINES } from "../../../machines/catalog.ts";
import {
  parseActorId,
  parseParticipantId,
  parseTenantId,
  parseUserId,
} from "../../../machines/ids.ts";
import type { Message } from "../../../machines/living.ts";
import type { Principal } from "../../../machines/principal.ts";
import { createLog } from "../../../src/log.ts";
import { systemClock, systemIds } from "../../../src/platform.ts";
import { createBareArchive } from "../bare-archive.ts";
import { type Figure, type Row, quantile } from "../row.ts";

const SESSIONS = 32;
const STUDENTS = 30;
/** Each student raises and lowers a hand this often; hands are the smallest commands there are. */
const ROUNDS = 4;
const BARE_TRANSACTIONS = 3_000;
/** What a session of thirty weighs on disk in a commit, envelope and record. */
const ROW_BYTES = 12_000;

const TENANT = parseTenantId("bench");
const HOST: Principal = {
  kind: "user",
  userId: parseUserId("teacher"),
  role: "teacher",
  name: "Teacher",
};

export const durableCommands: Row = {
  name: "durable-commands",
  about: `${SESSIONS} sessions of ${STUDENTS} students, runtime and SQLite alone`,
  run: async (progress) => {
    const folder = mkdtempSync(join(tmpdir(), "toolboxai-bench-"));
    try {
      const bare = bareTransactions(join(folder, "bare.sqlite"));
      progress(`${bare} bare transactions a second`);
      const { perSecond, samples } = await throughRuntime(join(folder, "actors.sqlite"), progress);
      const figures: readonly Figure[] = [
        { name: "bare SQLite transactions", value: bare, unit: "1/s" },
        {
          name: "durable commands",
          value: perSecond,
          unit: "1/s",
          of: "bare SQLite transactions",
          ratio: perSecond / bare,
          p50Ms: tenths(quantile(samples, 0.5)),
          p99Ms: tenths(quantile(samples, 0.99)),
        },
      ];
      return figures;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function bareTransactions(file: string): number {
  const db = new Database(file, { create: true });
  db.run("PRAGMA journal_mode = WAL");
  db.run("PRAGMA synchronous = FULL");
  db.run("CREATE TABLE rows (id INTEGER PRIMARY KEY, body TEXT NOT NULL)");
  const write = db.prepare("INSERT OR REPLACE INTO rows (id, body) VALUES (?, ?)");
  const body = "x".repeat(ROW_BYTES);
  const startedAt = performance.now();
  for (let done = 0; done < BARE_TRANSACTIONS; done += 1) {
    db.transaction(() => write.run(done % SESSIONS, body)).immediate();
  }
  const perSecond = (1_000 * BARE_TRANSACTIONS) / (performance.now() - startedAt);
  db.close();
  return Math.round(perSecond);
}

async function throughRuntime(
  file: string,
  progress: (line: string) => void,
): Promise<{ readonly perSecond: number; readonly samples: readonly number[] }> {
  const log = createLog("error");
  const store = await openSqliteStore({ file, clock: systemClock, log });
  const runtime = createRuntime({
    store,
    log,
    clock: systemClock,
    ids: systemIds,
    machines: MACHINES,
    node: "bench",
    alone: true,
    performers: {},
    archive: createBareArchive(),
    roles: { worker: false, journal: false },
  });
  await runtime.start();
  const addresses = await Promise.all(
    Array.from({ length: SESSIONS }, (_, index) => liveSession(runtime, index)),
  );
  progress(`${SESSIONS} sessions are live`);
  const samples: number[] = [];
  const startedAt = performance.now();
  await Promise.all(
    addresses.flatMap((address) =>
      Array.from({ length: STUDENTS }, (_, seat) => wave(runtime, address, seat, samples)),
    ),
  );
  const perSecond = Math.round((1_000 * samples.length) / (performance.now() - startedAt));
  progress(`${samples.length} commands, ${perSecond} a second`);
  await runtime.stop();
  await store.close();
  return { perSecond, samples };
}

async function liveSession(runtime: Runtime, index: number): Promise<Address> {
  const address: Address = { tenantId: TENANT, kind: "session", id: parseActorId(`s${index}`) };
  const birth: Message = {
    type: "session.create",
    title: "Bench",
    language: "en",
    lessonId: "bench",
    steps: [{ id: "s1", kind: "content", title: "Welcome", body: "Raise your hand." }],
    joinCode: `BENCH${index}`,
    host: { userId: "teacher", name: "Teacher" },
    startsAt: null,
    settings: {},
  };
  const reply = await runtime.birth(address, birth, HOST);
  if (reply.kind !== "accepted") {
    throw new Error(`expected a session, found ${JSON.stringify(reply)}`);
  }
  await send(runtime, address, HOST, { type: "session.open-lobby" });
  for (let seat = 0; seat < STUDENTS; seat += 1) {
    const participantId = `p${seat}`;
    const join = { type: "participant.join", participantId, name: `Student ${seat}`, userId: null };
    await send(runtime, address, guest(seat), join);
  }
  await send(runtime, address, HOST, { type: "session.start" });
  return address;
}

async function wave(
  runtime: Runtime,
  address: Address,
  seat: number,
  samples: number[],
): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const type of ["hand.raise", "hand.lower"] as const) {
      const sentAt = performance.now();
      await send(runtime, address, guest(seat), { type });
      samples.push(performance.now() - sentAt);
    }
  }
}

async function send(
  runtime: Runtime,
  address: Address,
  by: Principal,
  message: Message,
): Promise<void> {
  const rank = by === HOST ? "host" : "class";
  const reply = await runtime.send(address, { by, message, rank, id: systemIds.next() });
  if (reply.kind !== "accepted") {
    throw new Error(`expected ${message.type} to be accepted, found ${JSON.stringify(reply)}`);
  }
}

function guest(seat: number): Principal {
  return { kind: "guest", participantId: parseParticipantId(`p${seat}`) };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
