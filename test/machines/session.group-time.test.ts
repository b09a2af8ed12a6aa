/** The time of the groups, which stands still with the lesson. */
import { describe, expect, test } from "bun:test";
import { BOARD, type Classroom, HOST, P1, P3, liveClass, revived } from "./classroom.ts";
import { SYSTEM } from "../../machines/principal.ts";
import { ask, grouping, split } from "./split-class.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PAUSE = { type: "session.pause" };
const RESUME = { type: "session.resume" };
const RECALL = { type: "groups.recall" };

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** So much is left when the pause begins, and an hour later nothing has happened. */
function isFrozenFor(room: Classroom, phase: string, leftMs: number): void {
  const frozen = { endsAt: null, remainingMs: leftMs };
  expect(grouping(room)).toBe(phase);
  for (const by of [HOST, P1, P3, BOARD]) {
    expect(room.seen(by)).toMatchObject([{ type: "session.paused", grouping: frozen }]);
    expect(room.view(by)?.["grouping"]).toMatchObject({ phase, ...frozen });
  }

  room.pass(HOUR);
  expect(grouping(room)).toBe(phase);
  room.send(SYSTEM, { type: "timer.groups" });
  expect([grouping(room), room.timers.has("groups")]).toEqual([phase, false]);
}

function runsAgain(room: Classroom, phase: string, leftMs: number): void {
  const running = { endsAt: iso(room.at + leftMs), remainingMs: null };
  for (const by of [HOST, P1, P3, BOARD]) {
    expect(room.seen(by)).toMatchObject([{ type: "session.resumed", grouping: running }]);
    expect(room.view(by)?.["grouping"]).toMatchObject({ phase, ...running });
  }
  room.pass(leftMs - 1);
  expect(grouping(room)).toBe(phase);
}

describe("LS8: in a pause nothing of the groups ends, and they have what they had", () => {
  test("their work", () => {
    const room = split({ durationMs: 10 * MINUTE });
    room.pass(4 * MINUTE);

    room.must(HOST, PAUSE);
    isFrozenFor(room, "split", 6 * MINUTE);
    room.must(HOST, RESUME);

    runsAgain(room, "split", 6 * MINUTE);
    expect(grouping(room.pass(1))).toBe("closing");
  });

  test("the warning, and the round under it", () => {
    const room = split();
    const roundId = ask(room, 0, { limitMs: 10 * MINUTE });
    room.must(HOST, RECALL);
    room.pass(MINUTE / 4);

    room.must(HOST, PAUSE);
    isFrozenFor(room, "closing", 45_000);
    room.must(HOST, RESUME);

    expect(room.context.grouping?.groups[0]?.round).toMatchObject({ roundId, closedAt: null });
    runsAgain(room, "closing", 45_000);
    expect(grouping(room.pass(1))).toBe("merging");
  });

  test("the way back", () => {
    const room = split();
    room.must(HOST, RECALL);
    room.pass(MINUTE + 10_000);

    room.must(HOST, PAUSE);
    isFrozenFor(room, "merging", 20_000);
    room.must(HOST, RESUME);

    runsAgain(room, "merging", 20_000);
    expect(grouping(room.pass(1))).toBe("whole");
  });

  test("also when it is the host's loss that pauses, and his return that goes on", () => {
    const room = split({ durationMs: 10 * MINUTE });
    room.must(SYSTEM, { type: "connection.closed", connectionId: "c-t1" });
    room.pass(2 * MINUTE);
    expect(room.context.pauseReason).toBe("host-lost");

    room.pass(HOUR);
    expect([grouping(room), room.context.grouping?.pausedAt]).toEqual(["split", room.at - HOUR]);
    room.must(HOST, { type: "connection.opened", connectionId: "c-t1" });

    room.pass(8 * MINUTE - 1);
    expect(grouping(room)).toBe("split");
    expect(grouping(room.pass(1))).toBe("closing");
  });

  test("what begins in it begins frozen: an opening", () => {
    const room = liveClass();
    room.must(HOST, { type: "groups.plan", strategy: "random", count: 2 });
    room.must(HOST, PAUSE);

    room.must(HOST, { type: "groups.open", durationMs: MINUTE });
    const frozen = { type: "groups.opened", endsAt: null, remainingMs: MINUTE };
    expect(room.seen(P1)).toMatchObject([frozen]);
    room.pass(HOUR);
    room.must(HOST, RESUME);

    runsAgain(room, "split", MINUTE);
  });

  test("what begins in it begins frozen: a recall, which is a host's to say", () => {
    const room = split({ durationMs: 10 * MINUTE });
    room.must(HOST, PAUSE);

    room.must(HOST, RECALL);
    const frozen = { type: "groups.closing", endsAt: null, remainingMs: MINUTE };
    expect(room.seen(P3)).toMatchObject([frozen]);
    room.pass(HOUR);
    expect(grouping(room)).toBe("closing");
    room.must(HOST, RESUME);

    runsAgain(room, "closing", MINUTE);
  });
});

test("LS8: where groups have no time, a pause says nothing of one", () => {
  const room = split();

  room.must(HOST, PAUSE);
  expect(room.seen(P1)).toEqual([{ type: "session.paused", reason: "host", remainingMs: null }]);
  room.must(HOST, RESUME);

  expect(room.seen(P1)).toEqual([{ type: "session.resumed", deadlineAt: null }]);
  expect(room.view(P1)).toMatchObject({ grouping: { endsAt: null, remainingMs: null } });
});

test("LS20: the groups' timer acts once, waits for its time, and is kept over a restart", () => {
  const room = split({ durationMs: 10 * MINUTE });
  room.timers.delete("groups");
  room.send(SYSTEM, { type: "timer.groups" });
  expect([grouping(room), room.timers.get("groups")?.dueAt]).toEqual([
    "split",
    room.at + 10 * MINUTE,
  ]);
  room.must(HOST, PAUSE);
  room.living = revived(room.living);
  room.must(HOST, RESUME);
  room.pass(10 * MINUTE);

  room.send(SYSTEM, { type: "timer.groups" });

  expect([grouping(room), room.timers.get("groups")?.dueAt]).toEqual(["closing", room.at + MINUTE]);
});
