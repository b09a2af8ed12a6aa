/** A lesson in whose middle the server is killed: the class comes back by itself and goes on. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { JsonObject } from "../../machines/json.ts";
import { type Client, createClient } from "../../src/client/client.ts";
import type { WireRecord } from "../../src/client/wire.ts";
import { type ChildServer, createChildServer } from "../support/child-server.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const PASSWORD = "a password for tests";
const STUDENTS = 8;
/** Long enough for two starts of the server on a busy machine. */
const LIMIT_MS = 120_000;

let server: ChildServer;
const clients: Client[] = [];

beforeAll(async () => {
  const dataDir = temporaryDirectory("restart");
  server = createChildServer({ DATA_DIR: dataDir, DEMO_PASSWORD: PASSWORD });
  await server.start();
}, 90_000);

afterAll(async () => {
  clients.forEach((client) => client.close());
  await server.kill();
}, 30_000);

interface Listener {
  readonly client: Client;
  readonly session: ReturnType<Client["watch"]>;
  readonly records: WireRecord[];
}

function listen(client: Client, actor: string): Listener {
  const records: WireRecord[] = [];
  const session = client.watch(actor, { onRecord: (record) => records.push(record) });
  return { client, session, records };
}

function newClient(): Client {
  const client = createClient({ url: server.url });
  clients.push(client);
  return client;
}

interface Taught {
  readonly teacher: Listener;
  readonly students: readonly Listener[];
  readonly sessionId: string;
}

async function teach(): Promise<Taught> {
  const client = newClient();
  await client.signIn({ tenant: "demo", email: "teacher@demo.example", password: PASSWORD });
  const lessons = await client.http.get<{ items: { id: string }[] }>("/lessons");
  const made = await client.http.post<{ id: string; joinCode: string }>("/sessions", {
    lessonId: lessons.items[0]?.id,
  });
  const actor = `session/${made.id}`;
  const teacher = listen(client, actor);
  await teacher.session.send({ type: "session.open-lobby" });
  const students = await Promise.all(
    Array.from({ length: STUDENTS }, async (_, index) => {
      const student = newClient();
      await student.join({ code: made.joinCode, name: `Student ${index}` });
      return listen(student, actor);
    }),
  );
  await teacher.session.send({ type: "session.start" });
  await eventually(() => students.every(({ session }) => session.status === "live"));
  return { teacher, students, sessionId: made.id };
}

function parseRound(view: unknown): JsonObject {
  return (view as { readonly round: JsonObject }).round;
}

describe("a server killed in the middle of a round", () => {
  test("comes back with the round, its time and every answer; clients reconnect by themselves", async () => {
    const { teacher, students, sessionId } = await teach();
    await teacher.session.send({ type: "round.open", stepId: "ocean", limitMs: LIMIT_MS });
    const opened = await eventually(() =>
      teacher.records.flatMap(({ facts }) => facts).find(({ type }) => type === "round.opened"),
    );
    const roundId = String(opened["roundId"]);
    const answerOf = (student: Listener) =>
      student.session.send({ type: "answer.submit", roundId, answer: { choice: "b" } });
    const early = students.slice(0, STUDENTS / 2);
    const late = students.slice(STUDENTS / 2);
    await Promise.all(early.map(answerOf));

    await server.kill();
    const whileDown = late.map(answerOf);
    await server.start();
    const answers = await Promise.all(whileDown);
    await eventually(() => students.every(({ session }) => session.status === "live"));

    const view = await teacher.client.http.get<{ view: unknown }>(`/sessions/${sessionId}`);
    expect(parseRound(view.view)).toMatchObject({
      roundId,
      deadlineAt: opened["deadlineAt"],
      answered: STUDENTS,
    });
    expect(answers.map(({ ok }) => ok)).toEqual(late.map(() => true));
    await teacher.session.send({ type: "round.close", roundId });
    await eventually(() =>
      teacher.records.flatMap(({ facts }) => facts).find(({ type }) => type === "round.scored"),
    );
    await teacher.session.send({ type: "round.reveal", roundId });
    await teacher.session.send({ type: "session.end" });

    const report = await teacher.client.http.get<{
      participants: { answers: { answer: unknown; correct: boolean }[] }[];
    }>(`/sessions/${sessionId}/report`);
    expect(report.participants).toHaveLength(STUDENTS);
    for (const { answers: given } of report.participants) {
      expect(given).toMatchObject([{ answer: { choice: "b" }, correct: true }]);
    }
    for (const { records } of [teacher, ...students]) {
      const seqs = records.map(({ seq }) => seq);
      expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
    }
    const counted = teacher.records
      .flatMap(({ facts }) => facts)
      .filter(({ type }) => type === "answer.submitted");
    expect(counted).toHaveLength(STUDENTS);
  }, 90_000);
});
