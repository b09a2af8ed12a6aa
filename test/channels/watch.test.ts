/** What `watch`, `send`, `record` and `unwatch` promise to any Socket.IO client. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eventually } from "../support/eventually.ts";
import { type Door, OTHER_TENANT, asGuest, openDoor } from "../support/door.ts";

let door: Door;

beforeAll(async () => {
  door = await openDoor();
});

afterAll(() => door.close());

describe("watch", () => {
  test("is acknowledged with seq, state, can, view and now", async () => {
    const actor = await door.born();
    const talker = await door.connect();

    const answer = await talker.ask("watch", { actor });

    expect(answer).toMatchObject({ ok: true, actor, seq: 1, state: "counting" });
    expect(answer.can).toContain("add");
    expect(answer.view).toMatchObject({ total: 0 });
    expect(answer.now).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/);
    talker.close();
  });

  test("every visible record above the acknowledged seq follows, in order, once", async () => {
    const actor = await door.born();
    const [teacher, student] = [await door.connect(), await door.connect(asGuest("ann", actor))];
    const asked = Array.from({ length: 20 }, (_, n) =>
      teacher.ask("send", { actor, id: `c${n}`, command: { type: "add", n } }),
    );

    const { seq } = await student.ask("watch", { actor });

    const last = (await Promise.all(asked)).at(-1)?.seq ?? 0;
    await eventually(() => seq === last || student.of("record").at(-1)?.seq === last);
    const seqs = student.of("record").map((record) => record.seq);
    expect(seqs).toEqual(Array.from({ length: last - seq }, (_, n) => seq + 1 + n));
    teacher.close();
    student.close();
  });

  test("with `after`: the records in between, then those that follow, no gap and no double", async () => {
    const actor = await door.born();
    const talker = await door.connect();
    const first = await talker.ask("watch", { actor });
    talker.close();
    const teacher = await door.connect();
    for (const n of [1, 2, 3]) {
      await teacher.ask("send", { actor, id: `c${n}`, command: { type: "add", n } });
    }
    const again = await door.connect();

    const answer = await again.ask("watch", { actor, after: first.seq, epoch: first.epoch });

    await teacher.ask("send", { actor, id: "c4", command: { type: "add", n: 4 } });
    await eventually(() => again.of("record").length === 1);
    expect(answer.records.map((record) => record.seq)).toEqual([2, 3, 4]);
    expect(answer.view).toBeUndefined();
    expect(again.of("record").map((record) => record.seq)).toEqual([5]);
    teacher.close();
    again.close();
  });

  test("`after` beyond the actor's seq, or of another epoch, is answered with a view", async () => {
    const actor = await door.born();
    const talker = await door.connect();

    const beyond = await talker.ask("watch", { actor, after: 99 });
    const elsewhere = await talker.ask("watch", { actor, after: 0, epoch: "another" });

    expect(beyond).toMatchObject({ ok: true, seq: 1, view: { total: 0 } });
    expect(elsewhere).toMatchObject({ ok: true, seq: 1, view: { total: 0 } });
    talker.close();
  });

  test("`unwatch` ends it: nothing follows", async () => {
    const actor = await door.born();
    const [watcher, teacher] = [await door.connect(), await door.connect()];
    await watcher.ask("watch", { actor });

    const answer = await watcher.ask("unwatch", { actor });

    await teacher.ask("watch", { actor });
    await teacher.ask("send", { actor, id: "c1", command: { type: "add", n: 1 } });
    await eventually(() => teacher.of("record").length === 1);
    expect(answer.ok).toBe(true);
    expect(watcher.of("record")).toEqual([]);
    watcher.close();
    teacher.close();
  });

  test("`as: view` sends resets instead of records, the last change always", async () => {
    const actor = await door.born();
    const [board, teacher] = [await door.connect(), await door.connect()];
    await board.ask("watch", { actor, as: "view" });

    for (let n = 1; n <= 30; n += 1) {
      await teacher.ask("send", { actor, id: `c${n}`, command: { type: "add", n: 1 } });
    }

    await eventually(() => board.of("reset").at(-1)?.view["total"] === 30);
    expect(board.of("record")).toEqual([]);
    expect(board.of("reset").length).toBeLessThan(15);
    board.close();
    teacher.close();
  });

  test("an actor of another tenant, of another guest, or of nobody: not-found", async () => {
    const [mine, other] = [await door.born(), await door.born(OTHER_TENANT)];
    const [teacher, student] = [await door.connect(), await door.connect(asGuest("ann", mine))];

    const codes = await Promise.all([
      teacher.ask("watch", { actor: other }),
      teacher.ask("watch", { actor: "session/nobody" }),
      teacher.ask("watch", { actor: "lesson/x" }),
      student.ask("watch", { actor: await door.born() }),
      teacher.ask("send", { actor: other, id: "c", command: { type: "add", n: 1 } }),
    ]);

    expect(new Set(codes.map(({ problem }) => problem.code))).toEqual(new Set(["not-found"]));
    teacher.close();
    student.close();
  });
});

describe("send", () => {
  test("is acknowledged with seq, state, can, facts, duplicate and now", async () => {
    const actor = await door.born();
    const talker = await door.connect();

    const answer = await talker.ask("send", { actor, id: "a", command: { type: "add", n: 2 } });

    expect(answer).toMatchObject({ ok: true, seq: 2, state: "counting", duplicate: false });
    expect(answer.facts).toEqual([{ type: "added", n: 2, secret: true }]);
    talker.close();
  });

  test("the same id on another connection gets the one result", async () => {
    const actor = await door.born();
    const [one, two] = [await door.connect(), await door.connect()];
    const command = { type: "add", n: 2 };

    const first = await one.ask("send", { actor, id: "same", command });
    const second = await two.ask("send", { actor, id: "same", command });

    expect(second).toMatchObject({ ok: true, seq: first.seq, duplicate: true });
    one.close();
    two.close();
  });

  test("a refusal is a problem document with what is accepted", async () => {
    const actor = await door.born();
    const talker = await door.connect();

    const answer = await talker.ask("send", { actor, id: "r", command: { type: "refuse" } });

    expect(answer.ok).toBe(false);
    expect(answer.problem).toMatchObject({ code: "not-accepted", status: 409 });
    expect(answer.problem.accepts).toContain("add");
    talker.close();
  });
});

describe("audiences", () => {
  test("hosts and students get the same record with their own parts of it", async () => {
    const actor = await door.born();
    const [teacher, student] = [await door.connect(), await door.connect(asGuest("ann", actor))];
    await teacher.ask("watch", { actor });
    await student.ask("watch", { actor });

    await teacher.ask("send", { actor, id: "a", command: { type: "add", n: 5 } });

    await eventually(() => teacher.of("record").length + student.of("record").length === 2);
    expect(teacher.of("record")[0]?.facts).toEqual([{ type: "added", n: 5, secret: true }]);
    expect(student.of("record")[0]?.facts).toEqual([{ type: "added", n: 5 }]);
    teacher.close();
    student.close();
  });
});
