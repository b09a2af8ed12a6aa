/** People by example: joining, waiting, being removed, connections and hands. */
import { describe, expect, test } from "bun:test";
import {
  Classroom,
  HOST,
  LEARNERS,
  P1,
  P2,
  P3,
  START,
  STRANGER,
  guest,
  join,
  liveClass,
  user,
} from "./classroom.ts";
import { finish, iso, open, submit } from "./asking.ts";
import { SYSTEM } from "../../machines/principal.ts";

const NEW = guest("p9");
const HOUR = 3_600_000;

function joining(fields: Record<string, string | null> = {}) {
  return { type: "participant.join", participantId: "p9", name: "Nina", userId: null, ...fields };
}

function on(participantId: string, type: string) {
  return { type: `participant.${type}`, participantId };
}

function row(room: Classroom, id: string) {
  return room.context.participants.find(({ participantId }) => participantId === id);
}

function drop(room: Classroom, connectionId: string) {
  return room.must(SYSTEM, { type: "connection.closed", connectionId });
}

describe("joining", () => {
  test("before the lobby it is not open yet, and says when", () => {
    const room = new Classroom({ startsAt: START + HOUR });

    expect(room.refusal(NEW, joining())).toMatchObject({
      code: "not-open-yet",
      more: { startsAt: iso(START + HOUR) },
    });
  });

  test("a taken name is refused with one that is free; case and width do not matter", () => {
    const room = liveClass();

    expect(room.refusal(NEW, joining({ name: "ＮAME-P1" }))).toMatchObject({
      code: "name-taken",
      more: { suggestion: "ＮAME-P1 2" },
    });
    expect(room.verdict(NEW, joining({ name: "a\u200Bb" }))).toBe("invalid");
    for (const unseen of ["\u3164", "\u115F", "\u2800", "Name-p1\u034F", "Name-p1\uFE0F"]) {
      expect(room.verdict(NEW, joining({ name: unseen }))).toBe("invalid");
    }
    expect(room.verdict(NEW, joining({ name: "x".repeat(41) }))).toBe("invalid");
    expect(room.verdict(NEW, joining({ name: ` ${"x".repeat(40)} ` }))).toBe("accepted");
  });

  test("an account's name is never refused: it gets a number", () => {
    const room = liveClass();
    const by = user("s9", "student");

    room.must(by, joining({ name: "Name-p1", userId: "s9" }));

    expect(row(room, "p9")?.name).toBe("Name-p1 2");
  });

  test("names may be generated", () => {
    const room = liveClass({ settings: { names: "generated" } });

    room.must(NEW, joining({ name: "" }));

    expect(row(room, "p9")?.name).toBe("Learner 4");
  });

  test("no guests, locked, or full: each with its code; a return is never refused", () => {
    const room = liveClass({ settings: { seatsMax: 3 } });
    expect(room.verdict(NEW, joining())).toBe("session-full");
    room.must(HOST, { type: "settings.set", settings: { seatsMax: 10, guests: false } });
    expect(room.verdict(NEW, joining())).toBe("not-allowed");
    room.must(HOST, { type: "settings.set", settings: { guests: true, admission: "locked" } });
    expect(room.verdict(NEW, joining())).toBe("admission-locked");
    expect(room.living.state).toMatchObject({ admission: "locked" });

    room.must(P1, { type: "participant.leave" });
    expect(room.verdict(P1, { type: "participant.rejoin", participantId: "p1" })).toBe("accepted");
    expect(row(room, "p1")?.status).toBe("admitted");
  });

  test("with approval one waits, sees oneself and the title, and is let in by a host", () => {
    const room = liveClass({ settings: { admission: "approval" } });

    expect(row(room, "p1")?.status).toBe("waiting");
    expect(Object.keys(room.view(P1) ?? {}).sort()).toEqual(["me", "role", "title"]);
    expect(room.verdict(P1, { type: "hand.raise" })).toBe("not-admitted");
    room.must(HOST, on("p1", "admit"));

    expect(room.standing(P1)).toEqual({
      role: "student",
      audience: "class",
      participantId: expect.anything(),
      since: room.seq,
    });
    expect(room.seen(P1)).toMatchObject([{ type: "participant.admitted", status: "admitted" }]);
  });

  test("whoever waits hears that it is over", () => {
    const room = liveClass({ settings: { admission: "approval" } });

    room.must(HOST, { type: "session.end" });

    expect(room.seen(P1)).toEqual([{ type: "session.ended", reason: "host" }]);
  });

  test("an owner or a board has no seat to take", () => {
    const room = liveClass();

    expect(room.verdict(user("o1", "owner"), joining({ userId: "o1" }))).toBe("not-allowed");
    expect(room.verdict({ kind: "board", boardId: "b1" }, joining())).toBe("not-allowed");
    expect(room.verdict(STRANGER, { type: "hand.raise" })).toBe("not-found");
  });

  test("LS12: nobody joins for somebody else, whatever the platform completes", () => {
    const room = liveClass();

    expect(room.verdict(NEW, joining({ participantId: "p8" }))).toBe("not-allowed");
    expect(room.verdict(P1, joining())).toBe("not-allowed");
    expect(room.verdict(user("s9", "student"), joining({ userId: "s3" }))).toBe("not-allowed");
    expect(room.verdict(user("s9", "student"), joining())).toBe("not-allowed");
    expect(room.context.participants).toHaveLength(3);
  });

  test("the ids of objects' own properties are ids like others", () => {
    const room = liveClass();
    const by = guest("__proto__");
    room.must(by, joining({ participantId: "__proto__" }));
    open(room);

    room.must(by, { type: "draft.save", roundId: room.roundId, answer: { choice: "b" } });
    expect(submit(room, by)).toBe("accepted");
    finish(room);

    expect(Object.keys(room.context.round?.answers ?? {})).toEqual(["__proto__"]);
    expect(JSON.stringify(room.view(HOST))).toContain('"__proto__":{"answer":{"choice":"a"}');
  });
});

describe("being sent away", () => {
  test("removed: his watch ends, his tokens too, his hand is gone, his points stay", () => {
    const room = liveClass();
    open(room);
    submit(room, P1);
    room.must(P1, { type: "hand.raise" });

    const [fact] = room.must(HOST, on("p1", "remove"));

    expect(fact?.standings).toMatchObject([{ unwatch: "removed", standing: { role: "gone" } }]);
    expect(room.effects).toEqual([{ type: "revokeSeat", params: { participantId: "p1" } }]);
    expect(room.context.hands).toEqual([]);
    expect(Object.keys(room.context.round?.answers ?? {})).toEqual(["p1"]);
    expect(room.verdict(P1, { type: "hand.raise" })).toBe("removed");
    expect(room.verdict(P1, { type: "participant.rejoin", participantId: "p1" })).toBe("removed");
    expect(room.verdict(SYSTEM, { type: "participant.rejoin", participantId: "p1" })).toBe(
      "accepted",
    );
  });

  test("banned: not even a pin lets him in; a guest's ban closes the open door", () => {
    const room = liveClass();

    room.must(HOST, on("p3", "ban"));
    expect(room.context.settings.admission).toBe("open");
    const facts = room.must(HOST, on("p1", "ban"));

    expect(facts.map(({ type }) => type)).toEqual(["participant.banned", "admission.changed"]);
    expect(room.living.state).toMatchObject({ admission: "approval" });
    const rejoin = { type: "participant.rejoin", participantId: "p1" };
    expect(room.verdict(SYSTEM, rejoin)).toBe("banned");
    expect(room.verdict(SYSTEM, { ...rejoin, participantId: "p99" })).toBe("invalid");
  });

  test("denied: whoever waited is told so, and may be let in later after all", () => {
    const room = liveClass({ settings: { admission: "approval" } });

    const [fact] = room.must(HOST, on("p1", "deny"));

    expect(fact?.standings).toMatchObject([{ unwatch: "denied" }]);
    expect(room.verdict(P1, { type: "hand.raise" })).toBe("not-admitted");
    expect(room.verdict(P1, joining({ participantId: "p1" }))).toBe("not-admitted");
    room.must(HOST, on("p1", "admit"));
    expect(row(room, "p1")?.status).toBe("admitted");
    expect(room.verdict(HOST, on("p1", "deny"))).toBe("not-accepted");
  });

  test("renaming keeps names unique and tells the board only if it shows names", () => {
    const room = liveClass({ settings: { boardNames: true } });

    expect(room.verdict(HOST, { ...on("p1", "rename"), name: "name-p2" })).toBe("name-taken");
    room.must(HOST, { ...on("p1", "rename"), name: "Uno" });

    expect(room.seen({ kind: "board", boardId: "b1" })).toMatchObject([{ name: "Uno" }]);
    expect(room.must(HOST, { ...on("p1", "rename"), name: "Uno" })).toEqual([]);
    expect(room.verdict(HOST, { ...on("p9", "rename"), name: "Uno" })).toBe("invalid");
  });

  test("a nudge reaches that student alone", () => {
    const room = liveClass();

    room.must(HOST, { ...on("p1", "nudge"), text: "You can do it" });

    expect(room.seen(P1)).toEqual([{ type: "participant.nudged", text: "You can do it" }]);
    expect([...room.seen(P2), ...room.seen(HOST)]).toEqual([]);
  });
});

describe("connections", () => {
  test("LS5: one device: the newest wins, and only the older one's watch ends", () => {
    const room = liveClass();

    const [fact] = room.must(P1, { type: "connection.opened", connectionId: "c-new" });

    expect(fact?.standings).toMatchObject([{ unwatch: "superseded", connections: ["c-p1"] }]);
    expect(drop(room, "c-p1")).toEqual([]);
    expect(row(room, "p1")?.connection).toBe("connected");
  });

  test("LS5: of two devices one may go without a word", () => {
    const room = liveClass({ settings: { devices: 2 } });
    expect(room.must(P1, { type: "connection.opened", connectionId: "c-new" })).toEqual([]);

    expect(drop(room, "c-p1")).toEqual([]);

    expect(row(room, "p1")?.connections).toEqual(["c-new"]);
  });

  test("without a connection one is reconnecting, and offline after ten seconds", () => {
    const room = liveClass();

    drop(room, "c-p1");
    expect(room.seen(HOST)).toMatchObject([{ type: "participant.reconnecting" }]);
    room.pass(9_999);
    expect(row(room, "p1")?.connection).toBe("reconnecting");
    room.pass(1);
    expect(row(room, "p1")?.connection).toBe("offline");
    expect(open(room)).toBeString();
    expect(submit(room, P1)).toBe("accepted");
  });

  test("whoever is back in time is never offline", () => {
    const room = liveClass();
    drop(room, "c-p1");
    room.pass(5_000);

    room.must(P1, { type: "connection.opened", connectionId: "c-new" });
    room.pass(60_000);

    expect(row(room, "p1")?.connection).toBe("connected");
  });

  test("all connections are known by their principal", () => {
    const room = liveClass();

    expect(room.living.connections()).toMatchObject([
      { connectionId: "c-t1", principal: { kind: "user", userId: "t1" } },
      { connectionId: "c-p1", principal: { kind: "guest", participantId: "p1" } },
      { connectionId: "c-p2", principal: { kind: "guest", participantId: "p2" } },
      { connectionId: "c-p3", principal: { kind: "user", userId: "s3" } },
    ]);
  });

  test("LS19: present for half of the lesson, or with one answer; late after five minutes", () => {
    const room = liveClass();
    const [, , , fourth] = LEARNERS;
    drop(room, "c-p2");
    room.pass(6 * 60_000);
    if (fourth !== undefined) {
      join(room, fourth);
      room.must(fourth.by, { type: "connection.opened", connectionId: "c-p4" });
    }
    drop(room, "c-p3");
    open(room);
    submit(room, P3);
    room.pass(8 * 60_000);
    room.must(HOST, { type: "session.end" });
    room.pass(60_000);

    const found = room.view(HOST)?.["participants"];
    expect(found).toMatchObject([
      { participantId: "p1", attendance: "present", attendedMs: 14 * 60_000 },
      { participantId: "p2", attendance: "absent", attendedMs: 0 },
      { participantId: "p3", attendance: "present", attendedMs: 6 * 60_000 },
      { participantId: "p4", attendance: "late", attendedMs: 8 * 60_000 },
    ]);
    room.must(HOST, { type: "attendance.mark", participantId: "p2", status: "excused" });
    expect(room.view(HOST)).toMatchObject({
      participants: [
        { attendanceMarked: false },
        { attendance: "excused", attendanceMarked: true, attendanceMeasured: "absent" },
        {},
        {},
      ],
    });
    room.must(HOST, { type: "attendance.mark", participantId: "p2", status: null });
    expect(room.view(HOST)).toMatchObject({ participants: [{}, { attendance: "absent" }, {}, {}] });
  });
});

describe("hands", () => {
  test("first come first; raising again keeps one's place, also over a reconnect", () => {
    const room = liveClass();
    room.must(P2, { type: "hand.raise" });
    room.must(P1, { type: "hand.raise" });
    drop(room, "c-p2");
    room.pass(20_000);
    expect(room.must(P2, { type: "hand.raise" })).toEqual([]);

    expect(room.view(P1)).toMatchObject({ me: { handPosition: 2 } });
    room.must(HOST, { type: "hand.call", participantId: "p2" });
    expect(room.seen(P2)).toEqual([{ type: "hand.called", participantId: "p2" }]);
    expect(room.seen(P1)).toEqual([]);
    expect(room.view(P1)).toMatchObject({ me: { handPosition: 1 } });
    room.must(HOST, { type: "hands.clear" });
    expect(room.view(P1)).toMatchObject({ me: { handPosition: null } });
  });

  test("a student lowers his own hand only; a host says whose", () => {
    const room = liveClass({ settings: { boardNames: true } });
    room.must(P1, { type: "hand.raise" });

    expect(room.verdict(P2, { type: "hand.lower", participantId: "p1" })).toBe("not-allowed");
    expect(room.verdict(HOST, { type: "hand.lower" })).toBe("invalid");
    expect(room.verdict(HOST, { type: "hand.lower", participantId: "p9" })).toBe("invalid");
    room.must(HOST, { type: "hand.lower", participantId: "p1" });
    expect(room.context.hands).toEqual([]);
    room.must(P1, { type: "hand.raise" });
    room.must(HOST, { type: "hand.call", participantId: "p1" });
    expect(room.seen({ kind: "board", boardId: "b1" })).toHaveLength(1);
  });
});
