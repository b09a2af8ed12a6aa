/** The contract's sentences on people and roles that are no rule of any history, one by one. */
import { describe, expect, test } from "bun:test";
import { can, may } from "../../machines/learning-session/can.ts";
import { COMMANDS } from "../../machines/learning-session/commands.ts";
import { DEFAULTS } from "../../machines/learning-session/settings.ts";
import type { Message } from "../../machines/living.ts";
import { SYSTEM } from "../../machines/principal.ts";
import { MINUTE, draft, finish, open, reveal, submit } from "./asking.ts";
import {
  BOARD,
  COHOST,
  Classroom,
  HOST,
  LEARNERS,
  P1,
  P2,
  P3,
  guest,
  join,
  liveClass,
  user,
} from "./classroom.ts";
import { leafIn } from "./state.ts";

const HOUR = 60 * MINUTE;
const TYPES = Object.keys(COMMANDS);
const FOURTH = { id: "p4", userId: "s4", by: user("s4", "student") };

function on(participantId: string, type: string): Message {
  return { type: `participant.${type}`, participantId };
}

function statusOf(room: Classroom, id: string): string | undefined {
  return room.context.participants.find((row) => row.participantId === id)?.status;
}

function attendance(room: Classroom): readonly unknown[] {
  const rows = room.view(HOST)?.["participants"];
  return Array.isArray(rows) ? rows.map((row: { attendance: unknown }) => row.attendance) : [];
}

function promote(room: Classroom, userId: string) {
  const name = `Name-${userId}`;
  return room.verdict(HOST, { type: "participant.promote", userId, name, role: "teacher" });
}

describe("roles", () => {
  test("co-hosts send all that a host may, except promote, demote and cancel", () => {
    const hosts = TYPES.filter((type) => may(type, "host"));

    expect(hosts.filter((type) => !may(type, "co-host")).sort()).toEqual([
      "participant.demote",
      "participant.promote",
      "session.cancel",
    ]);
    expect(TYPES.filter((type) => may(type, "co-host") && !may(type, "host"))).toEqual([]);
  });

  test("owners and admins end the session and give more time, and send nothing else", () => {
    const room = liveClass();

    expect(TYPES.filter((type) => may(type, "overseer")).sort()).toEqual([
      "accommodation.set",
      "session.end",
    ]);
    expect([...can(room.living.state, "overseer")].sort()).toEqual([
      "accommodation.set",
      "session.end",
    ]);
    expect(can(room.living.state, "board")).toEqual([]);
  });

  test("whoever waits may leave and be heard of, and nothing else", () => {
    const room = liveClass();

    expect(can(room.living.state, "waiting")).toEqual(["participant.leave", "presence.set"]);
  });

  test("a class has at most twenty hosts, each with at most twenty connections", () => {
    const room = liveClass();
    for (let index = 2; index <= 20; index += 1) {
      expect(promote(room, `h${index}`)).toBe("accepted");
    }

    expect(promote(room, "h21")).toBe("cannot-promote");
    for (let index = 0; index < 25; index += 1) {
      room.must(HOST, { type: "connection.opened", connectionId: `x${index}` });
    }
    expect(room.context.hosts[0]?.connections).toHaveLength(20);
    expect(room.context.hosts[0]?.connections.at(-1)).toBe("x24");
  });
});

describe("settings", () => {
  test("what is not said is as the contract has it", () => {
    expect(DEFAULTS).toEqual({
      admission: "open",
      seatsMax: 500,
      amend: true,
      shuffleChoices: false,
      leaderboard: "top",
      boardNames: false,
      names: "typed",
      anonymous: false,
      speedBonus: false,
      pauseWhenHostLost: true,
      guests: true,
      questions: "moderated",
      reactions: true,
      devices: 1,
      graceMs: 1_500,
      maxDurationMs: 4 * HOUR,
      lateAfterMs: 5 * MINUTE,
    });
    expect(new Classroom().context.settings).toEqual(DEFAULTS);
  });

  test("whoever hears of a setting hears of all of them", () => {
    const room = liveClass();

    room.must(HOST, { type: "settings.set", settings: { amend: false } });

    expect(room.seen(P1)).toEqual([
      { type: "settings.changed", settings: { ...DEFAULTS, amend: false } },
    ]);
  });

  test("a thousand seats, and no more", () => {
    const room = new Classroom();
    const seats = (seatsMax: number) =>
      room.verdict(HOST, { type: "settings.set", settings: { seatsMax } });

    expect([seats(1_000), seats(1_001), seats(0)]).toEqual(["accepted", "invalid", "invalid"]);
  });

  test("seats are those who are in or wait, and not those who are gone", () => {
    const room = liveClass({ settings: { seatsMax: 4 } });
    room.must(HOST, { type: "admission.set", admission: "approval" });
    join(room, FOURTH);
    expect(statusOf(room, "p4")).toBe("waiting");
    const fifth = { id: "p5", userId: null, by: guest("p5") };

    expect(codeOf(join(room, fifth))).toBe("session-full");
    room.must(HOST, on("p1", "remove"));
    expect(codeOf(join(room, fifth))).toBe("accepted");
  });
});

describe("seats", () => {
  test("a guest's ban closes the open door alone: what is locked stays locked", () => {
    const room = liveClass({ settings: {} });
    room.must(HOST, { type: "admission.set", admission: "locked" });

    room.must(HOST, on("p1", "ban"));

    expect(room.context.settings.admission).toBe("locked");
  });

  test("locked admission refuses new seats, never a return", () => {
    const room = liveClass();
    room.must(HOST, { type: "admission.set", admission: "locked" });
    room.must(P3, { type: "participant.leave" });

    expect(codeOf(join(room, FOURTH))).toBe("admission-locked");
    expect(codeOf(join(room, LEARNERS[2] ?? FOURTH))).toBe("accepted");
    expect(statusOf(room, "p3")).toBe("admitted");
  });

  test("who left while waiting waits again; once the door is open he is in", () => {
    const room = liveClass();
    room.must(HOST, { type: "admission.set", admission: "approval" });
    join(room, FOURTH);
    room.must(FOURTH.by, { type: "participant.leave" });
    join(room, FOURTH);
    expect(statusOf(room, "p4")).toBe("waiting");

    room.must(FOURTH.by, { type: "participant.leave" });
    room.must(HOST, { type: "admission.set", admission: "open" });
    join(room, FOURTH);

    expect(statusOf(room, "p4")).toBe("admitted");
  });

  test("a removed seat returns by the host's word, with its points and its answers", () => {
    const room = liveClass();
    open(room);
    submit(room, P1);
    reveal(room);
    room.must(HOST, on("p1", "remove"));
    expect(JSON.stringify(room.view(HOST)?.["leaderboard"])).not.toContain("p1");

    room.must(HOST, on("p1", "admit"));

    expect(statusOf(room, "p1")).toBe("admitted");
    expect(room.view(P1)).toMatchObject({ me: { points: 2, rank: 1 } });
  });

  test("a name stays taken while its seat is kept, and is one's own at a renaming", () => {
    const room = liveClass();
    room.must(P1, { type: "participant.leave" });
    const joining = { type: "participant.join", participantId: "p9", userId: null };

    expect(room.verdict(guest("p9"), { ...joining, name: "name-P1" })).toBe("name-taken");
    expect(room.verdict(HOST, { ...on("p2", "rename"), name: "NAME-p2" })).toBe("accepted");
  });

  test("names are generated for guests; an account keeps its own", () => {
    const room = liveClass({ settings: { names: "generated" } });

    join(room, FOURTH);

    expect(room.context.participants.map(({ name }) => name)).toEqual([
      "Learner 1",
      "Learner 2",
      "Name-p3",
      "Name-p4",
    ]);
  });

  test("whoever waits hears that it was cancelled, and why", () => {
    const room = new Classroom({ settings: { admission: "approval" } });
    room.must(HOST, { type: "session.open-lobby" });
    join(room, FOURTH);

    room.must(HOST, { type: "session.cancel", reason: "Snow" });

    expect(room.seen(FOURTH.by)).toEqual([{ type: "session.cancelled", reason: "Snow" }]);
  });

  test("removed and banned are told apart, and told so before anything is judged", () => {
    const room = liveClass();
    room.must(HOST, on("p1", "remove"));
    room.must(HOST, on("p3", "ban"));

    expect(codeOf(join(room, LEARNERS[0] ?? FOURTH))).toBe("removed");
    expect(codeOf(join(room, LEARNERS[2] ?? FOURTH))).toBe("banned");
    expect(room.verdict(P3, { type: "answer.submit", roundId: "r1", answer: {} })).toBe("banned");
  });
});

describe("attendance", () => {
  test("half of the live time is enough, and less is not", () => {
    const room = liveClass();
    room.pass(49 * MINUTE);
    room.must(SYSTEM, { type: "connection.closed", connectionId: "c-p1" });
    room.pass(MINUTE);
    room.must(SYSTEM, { type: "connection.closed", connectionId: "c-p2" });
    room.pass(50 * MINUTE);

    room.must(HOST, { type: "session.end" });

    expect(attendance(room)).toEqual(["absent", "present", "present"]);
  });

  test("late is who came later than the settings say, not at that very moment", () => {
    const room = liveClass({ settings: { lateAfterMs: MINUTE } });
    room.pass(MINUTE);
    join(room, FOURTH);
    room.must(FOURTH.by, { type: "connection.opened", connectionId: "c-p4" });
    room.pass(1);
    const fifth = { id: "p5", userId: null, by: guest("p5") };
    join(room, fifth);
    room.must(fifth.by, { type: "connection.opened", connectionId: "c-p5" });
    room.pass(10 * MINUTE);
    room.must(HOST, { type: "session.end" });

    expect(attendance(room).slice(3)).toEqual(["present", "late"]);
  });

  test("time after the end does not count, and counts again when the lesson goes on", () => {
    const room = liveClass();
    room.pass(10 * MINUTE);
    room.must(HOST, { type: "session.end" });
    room.pass(5 * MINUTE);
    room.must(HOST, { type: "session.resume" });
    room.pass(10 * MINUTE);
    room.must(HOST, { type: "session.end" });

    expect(room.view(HOST)).toMatchObject({ participants: [{ attendedMs: 20 * MINUTE }, {}, {}] });
  });

  test("who drives does not attend; back in the class his time goes on", () => {
    const room = liveClass();
    room.pass(MINUTE);
    promote(room, "s3");
    room.pass(MINUTE);
    room.must(HOST, on("p3", "demote"));
    room.pass(MINUTE);
    room.must(HOST, { type: "session.end" });

    expect(room.view(HOST)).toMatchObject({ participants: [{}, {}, { attendedMs: 2 * MINUTE }] });
  });
});

describe("the host", () => {
  test("a co-host who comes to a class without its host drives it", () => {
    const room = new Classroom();
    room.must(HOST, { type: "session.open-lobby" });
    promote(room, "t2");

    room.must(COHOST, { type: "connection.opened", connectionId: "c-t2" });

    expect(leafIn(room.living.state, "host")).toBe("present");
  });

  test("of two co-hosts who are there the first becomes host", () => {
    const room = liveClass();
    const third = user("t3", "teacher");
    promote(room, "t2");
    promote(room, "t3");
    room.must(SYSTEM, { type: "connection.closed", connectionId: "c-t1" });
    room.must(third, { type: "connection.opened", connectionId: "c-t3" });
    room.must(COHOST, { type: "connection.opened", connectionId: "c-t2" });

    room.pass(2 * MINUTE);

    expect(room.context.hosts.map(({ userId, role }) => `${userId} ${role}`)).toEqual([
      "t2 host",
      "t1 co-host",
      "t3 co-host",
    ]);
  });

  test("a co-host's command alone ends the pause of a lost host", () => {
    const room = liveClass();
    promote(room, "t2");
    room.must(SYSTEM, { type: "connection.closed", connectionId: "c-t1" });
    room.pass(2 * MINUTE);
    expect(leafIn(room.living.state, "phase")).toBe("paused");

    room.must(COHOST, { type: "hands.clear" });

    expect(leafIn(room.living.state, "phase")).toBe("running");
  });

  test("raised hands go down when the lesson is over", () => {
    const room = liveClass();
    room.must(P1, { type: "hand.raise" });

    room.must(HOST, { type: "session.end" });

    expect(room.view(HOST)).toMatchObject({ hands: [] });
  });
});

describe("who is expected to answer", () => {
  test("the admitted who were asked and are connected, and whoever has answered", () => {
    const room = liveClass();
    const roundId = open(room);
    submit(room, P1);
    draft(room, P2);
    room.must(SYSTEM, { type: "connection.closed", connectionId: "c-p1" });
    room.must(SYSTEM, { type: "connection.closed", connectionId: "c-p2" });
    room.pass(11_000);

    expect(room.view(BOARD)).toMatchObject({ round: { answered: 1, expected: 2 } });
    room.must(P2, { type: "connection.opened", connectionId: "c-p2" });
    expect(room.view(BOARD)).toMatchObject({ round: { answered: 1, expected: 3 } });
    finish(room);
    room.must(HOST, {
      type: "round.reopen",
      roundId,
      limitMs: null,
      participantIds: ["p1"],
    });
    expect(room.view(BOARD)).toMatchObject({ round: { answered: 2, expected: 2 } });
  });
});

function codeOf(stepped: ReturnType<typeof join>): string {
  return stepped.kind === "refused" ? stepped.refusal.code : stepped.kind;
}
