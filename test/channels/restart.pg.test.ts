/** The server is killed in the middle of a round: clients come back, and nothing was lost. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { WireRecord } from "../../src/client/wire.ts";
import { type ChildServer, createChildServer } from "../support/child-server.ts";
import { eventually } from "../support/eventually.ts";
import { listen } from "../support/listener.ts";
import { openLesson, openRound } from "../support/lesson.ts";
import { type FreshDatabase, freshDatabase } from "../support/postgres.ts";
import { PASSWORD, makeSchool } from "../support/server.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

let database: FreshDatabase;
let child: ChildServer;

beforeAll(async () => {
  database = await freshDatabase();
  const DATA_DIR = join(temporaryDirectory("restart"), "data");
  child = createChildServer({ NODE_ENV: "test", DATABASE_URL: database.url, DATA_DIR });
  await child.start();
}, 60_000);

afterAll(async () => {
  await child.kill();
  await database.drop();
}, 30_000);

test("kill -9 in mid-round: clients reconnect by themselves, the round goes on, no answer is lost", async () => {
  const hash = await Bun.password.hash(PASSWORD, {
    algorithm: "argon2id",
    memoryCost: 8,
    timeCost: 1,
  });
  const school = await makeSchool(database.db, "north", hash);
  const lesson = await openLesson({ url: child.url, schools: [school, school] });
  const guests = await Promise.all(["Ann", "Bob", "Cid", "Dee"].map((name) => lesson.guest(name)));
  const records: WireRecord[][] = guests.map(() => []);
  const stores = guests.map(({ client }, n) =>
    client.watch(lesson.actor, { onRecord: (record) => void records[n]?.push(record) }),
  );
  await Promise.all(stores.map((store) => store.until(({ status }) => status === "live")));
  const roundId = await openRound(lesson, "ocean", 60_000);
  const [ann, bob, cid, dee] = stores;
  const answer = (choice: string) => ({
    ...{ type: "answer.submit" as const, roundId },
    answer: { choice },
  });
  const before = await Promise.all([ann?.send(answer("a")), bob?.send(answer("b"))]);
  const { deadlineAt } = await deadlineOf(lesson.room);

  const stream = (last?: number) =>
    listen(
      `${child.url}/api/v1/sessions/${lesson.id}/stream`,
      lesson.teacher.accessToken,
      last === undefined ? {} : { "last-event-id": String(last) },
    );
  const torn = await stream();
  const from = await eventually(() => torn.seqs()[0]);

  const during = [cid?.send(answer("c")), dee?.send(answer("d"))];
  await child.kill();
  await child.start();

  const after = await Promise.all(during);
  await lesson.room.until(({ status }) => status === "live");
  const again = await deadlineOf(lesson.room);
  await eventually(() => torn.ended());
  const resumed = await stream(torn.seqs().at(-1));
  await lesson.room.send({ type: "round.close", roundId });
  await eventually(() => records.every((each) => JSON.stringify(each).includes("round.scored")));
  const view = await lesson.room.until((each) => JSON.stringify(each.view).includes("scored"));
  expect([...before, ...after].map((each) => each?.ok)).toEqual([true, true, true, true]);
  expect(again.deadlineAt).toBe(deadlineAt);
  expect(view.view["round"]).toMatchObject({ answered: 4 });
  for (const each of records) {
    const seqs = each.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
  }
  const path = `/sessions/${lesson.id}/records?limit=200&after=${from}`;
  const { items } = await lesson.teacher.http.get<{ readonly items: readonly WireRecord[] }>(path);
  const last = items.at(-1)?.seq ?? 0;
  await eventually(() => (resumed.seqs().at(-1) ?? 0) >= last);
  const streamed = [...torn.seqs(), ...resumed.seqs()].filter((seq) => seq > from && seq <= last);
  expect(streamed).toEqual(items.map(({ seq }) => seq));
  resumed.close();
  lesson.close();
}, 90_000);

async function deadlineOf(room: Awaited<ReturnType<typeof openLesson>>["room"]) {
  const { view } = await room.until((each) => JSON.stringify(each.view).includes("deadlineAt"));
  return parseRound(view["round"]);
}

function parseRound(round: unknown) {
  return round as { readonly deadlineAt: string };
}
