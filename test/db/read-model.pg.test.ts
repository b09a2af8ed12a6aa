/** What lists and reports read, written as the journal writes it: only what may have changed. */
import { afterAll, expect, test } from "bun:test";
import type { ActorRecord } from "../../actors/envelope.ts";
import { createRuntime } from "../../actors/runtime.ts";
import { openSqliteStore } from "../../actors/sqlite/sqlite-store.ts";
import { answersOf } from "../../db/answers.ts";
import { type TenantTx, asTenant } from "../../db/as-tenant.ts";
import { participantsOf } from "../../db/participants.ts";
import { findSession } from "../../db/sessions.ts";
import { MACHINES } from "../../machines/catalog.ts";
import type { Message } from "../../machines/living.ts";
import type { Principal } from "../../machines/principal.ts";
import { HOST, guest, openQuiz, quizAddress } from "../../ops/bench/quiz.ts";
import { type Flushed, createArchive } from "../../src/archive.ts";
import { createLog } from "../../src/log.ts";
import { systemClock, systemIds } from "../../src/platform.ts";
import { writeReadModel } from "../../src/read-model.ts";
import { freshDatabase } from "../support/postgres.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { NORTH, makeTenant } from "./school.ts";

const STUDENTS = 4;
const ADDRESS = { ...quizAddress(0), tenantId: NORTH };
const fresh = await freshDatabase();
await makeTenant(fresh.db, NORTH);

afterAll(() => fresh.drop());

async function rows(tx: TenantTx) {
  const session = await findSession(tx, ADDRESS.id);
  return {
    session: { ...session, seq: 0 },
    participants: await participantsOf(tx, ADDRESS.id),
    answers: await answersOf(tx, ADDRESS.id),
  };
}

test("RM1: rows are those of writing everything after each step of a lesson", async () => {
  const seen: ActorRecord[] = [];
  const written: number[] = [];
  const log = createLog("error");
  const readModel = async (tx: TenantTx, flushes: readonly Flushed[]): Promise<void> => {
    await writeReadModel(tx, flushes);
    for (const flushed of flushes) {
      await expectWhole(tx, flushed);
    }
  };
  const expectWhole = async (tx: TenantTx, { flush, records }: Flushed): Promise<void> => {
    seen.push(...records);
    const left = await rows(tx);
    // A record that says nothing of what it changed stands for one that may have changed anything.
    const unsaid = records.slice(-1).map((record) => ({ ...record, facts: [] }));
    await writeReadModel(tx, [{ flush, records: [...seen, ...unsaid] }]);
    expect(left).toEqual(await rows(tx));
    written.push(flush.seq);
  };
  const file = `${temporaryDirectory("read-model")}/store.sqlite`;
  const store = await openSqliteStore({ file, clock: systemClock, log });
  const runtime = createRuntime({
    ...{ store, log, clock: systemClock, ids: systemIds, machines: MACHINES, node: "one" },
    ...{ alone: true, performers: {}, roles: { worker: false, journal: false } },
    archive: createArchive({ db: fresh.db, clock: systemClock, readModel }),
  });
  const { roundId } = await openQuiz(runtime, ADDRESS, STUDENTS);
  const say = async (by: Principal, message: Message): Promise<void> => {
    const rank = by === HOST ? "host" : "class";
    const reply = await runtime.send(ADDRESS, { by, message, rank, id: systemIds.next() });
    expect(reply.kind, message.type).toBe("accepted");
    await runtime.catchUp(NORTH);
  };

  await runtime.catchUp(NORTH);
  await say(guest(1), { type: "answer.amend", roundId, answer: { choice: "c" } });
  await say(guest(2), { type: "hand.raise" });
  const joining = { type: "participant.join", userId: null, participantId: "p9", name: "Late" };
  await say(guest(9), joining);
  await say(guest(0), { type: "answer.amend", roundId, answer: { choice: "b" } });
  await say(HOST, { type: "round.close", roundId });
  await say(HOST, { type: "round.score", roundId });
  await say(HOST, { type: "answer.grade", roundId, participantId: "p1", points: 0.5 });
  await say(HOST, { type: "participant.remove", participantId: "p3" });
  await say(HOST, { type: "session.end" });

  expect(written).toHaveLength(10);
  const found = await asTenant(fresh.db, NORTH, rows);
  expect(found.session).toMatchObject({ lessonId: "bench", lessonVersion: 1 });
  expect(found.participants.find(({ name }) => name === "Late")?.status).toBe("admitted");
  expect(found.answers.map(({ answer }) => answer)).toContainEqual({ choice: "c" });
  await runtime.stop();
  await store.close();
});
