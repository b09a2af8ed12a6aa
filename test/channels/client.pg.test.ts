/** The typed client against a whole server: stores, safe resend, resuming, tokens. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createClient } from "../../src/client/client.ts";
import { ProblemError } from "../../src/client/problems.ts";
import type { WireRecord } from "../../src/client/wire.ts";
import { systemClock } from "../../src/platform.ts";
import { eventually } from "../support/eventually.ts";
import { failureOf } from "../support/failure.ts";
import { openLesson, openRound } from "../support/lesson.ts";
import { PASSWORD, type SchoolServer, startSchoolServer } from "../support/server.ts";

let server: SchoolServer;

beforeAll(async () => {
  server = await startSchoolServer();
}, 60_000);

afterAll(() => server.stop(), 30_000);

describe("a watched actor", () => {
  test("is a store: subscribers see state, can and view follow what happens", async () => {
    const lesson = await openLesson(server);
    const { client } = await lesson.guest("Ann");
    const store = client.watch(lesson.actor);
    const seen: number[] = [];
    store.subscribe(({ seq }) => void seen.push(seq));

    const roundId = await openRound(lesson);

    const open = await store.until(({ can }) => can.includes("answer.submit"));
    expect(open.view["round"]).toMatchObject({ roundId, phase: "open" });
    expect(open.status).toBe("live");
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    lesson.close();
  });

  test("with onRecord: each visible record once and in order, across dropped connections", async () => {
    const lesson = await openLesson(server);
    const { client } = await lesson.guest("Ann");
    const records: WireRecord[] = [];
    const store = client.watch(lesson.actor, { onRecord: (record) => void records.push(record) });
    const { seq } = await store.until(({ status }) => status === "live");

    for (let round = 0; round < 4; round += 1) {
      client.drop();
      const roundId = await openRound(lesson);
      await lesson.room.send({ type: "round.close", roundId });
      await lesson.room.send({ type: "round.void", roundId });
    }

    await eventually(() => records.filter((each) => has(each, "round.voided")).length === 4);
    for (let again = 0; again < 2; again += 1) {
      client.drop();
      await store.until(({ status }) => status !== "live");
      await store.until(({ status }) => status === "live");
    }
    const page = await client.http.get<{ readonly items: readonly WireRecord[] }>(
      `/sessions/${lesson.id}/records?after=${seq}&limit=200`,
    );
    expect(records.map((each) => each.seq)).toEqual(page.items.map((each) => each.seq));
    lesson.close();
  });

  test("that is not ours ends with not-found, and asks no more", async () => {
    const lesson = await openLesson(server);
    const { client } = await lesson.guest("Ann");

    const ended = await client.watch("session/elsewhere").until((each) => each.status === "ended");

    expect(ended.reason).toBe("not-found");
    lesson.close();
  });
});

describe("send", () => {
  test("has one effect, however often the connection goes while it is on its way", async () => {
    const lesson = await openLesson(server);
    const { client, participantId } = await lesson.guest("Ann");
    const store = client.watch(lesson.actor);
    await store.until(({ status }) => status === "live");
    const roundId = await openRound(lesson);

    const sent = store.send({ type: "answer.submit", roundId, answer: { choice: "b" } });
    client.drop();
    const answer = await sent;

    const again = await store.send({ type: "answer.submit", roundId, answer: { choice: "b" } });
    const round = await lesson.room.until(({ view }) =>
      JSON.stringify(view["round"]).includes(participantId),
    );
    expect(answer.ok).toBe(true);
    expect(again).toMatchObject({ ok: false, problem: { code: "already-answered" } });
    expect(round.view["round"]).toMatchObject({ answered: 1 });
    lesson.close();
  });

  test("the same id gives the same result", async () => {
    const lesson = await openLesson(server);
    const { client } = await lesson.guest("Ann");
    const store = client.watch(lesson.actor);

    const first = await store.send({ type: "hand.raise" }, { id: "hand-1" });
    const second = await store.send({ type: "hand.raise" }, { id: "hand-1" });

    expect(first).toMatchObject({ ok: true, duplicate: false });
    expect(second).toMatchObject({ ok: true, duplicate: true });
    expect(first.ok && second.ok && first.seq === second.seq).toBe(true);
    lesson.close();
  });

  test("waits out rate limits: a hundred commands all arrive, in order", async () => {
    const lesson = await openLesson(server);
    const { client } = await lesson.guest("Ann");
    const store = client.watch(lesson.actor);

    const answers = await Promise.all(
      Array.from({ length: 90 }, (_, n) =>
        store.send({ type: n % 2 === 0 ? "hand.raise" : "hand.lower" }),
      ),
    );

    const seqs = answers.map((answer) => (answer.ok ? answer.seq : 0));
    expect(answers.every((answer) => answer.ok)).toBe(true);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    lesson.close();
  }, 20_000);
});

describe("who we are", () => {
  test("a refresh token brings a guest back to the same seat", async () => {
    const lesson = await openLesson(server);
    let kept: string | undefined;
    const storage = {
      load: () => kept,
      save: (token: string | undefined) => {
        kept = token;
      },
    };
    const before = await lesson.guest("Ann", { storage });
    before.client.close();
    const after = createClient({ url: server.url, storage });

    const restored = await after.restore();

    expect(restored).toBe(true);
    expect(after.seat?.participantId).toBe(before.participantId);
    after.close();
    lesson.close();
  });

  test("a revoked token ends the connection; the client says so and does not come back", async () => {
    let signedOut = 0;
    const client = createClient({ url: server.url, onSignedOut: () => (signedOut += 1) });
    const [school] = server.schools;
    const credentials = {
      tenant: school.slug,
      email: "teacher@school.example",
      password: PASSWORD,
    };
    await client.signIn(credentials);
    const lesson = await openLesson(server);
    const store = client.watch(lesson.actor);
    await store.until(({ status }) => status === "live");

    await client.http.post("/auth/sign-out", {});

    await eventually(() => signedOut === 1, { withinMs: 25_000 });
    expect(client.status).toBe("refused");
    client.close();
    lesson.close();
  }, 30_000);

  test("a refused call is a problem; the server's time is known to a few milliseconds", async () => {
    const lesson = await openLesson(server);

    const refused = lesson.teacher.http.post("/sessions", { lessonId: "nothing" });

    expect(await failureOf(refused)).toBeInstanceOf(ProblemError);
    expect(Math.abs(lesson.teacher.serverNow() - systemClock.now())).toBeLessThan(1_000);
    lesson.close();
  });
});

function has(record: WireRecord, type: string): boolean {
  return record.facts.some((fact) => fact.type === type);
}
