/** A session by example: its course to the archive, refusals in order, views, report, bytes. */
import { describe, expect, test } from "bun:test";
import { MACHINES } from "../../machines/catalog.ts";
import { sessionMachine } from "../../machines/learning-session/machine.ts";
import { reportOf } from "../../machines/learning-session/report.ts";
import { UnreadableSnapshot } from "../../machines/living.ts";
import { SYSTEM } from "../../machines/principal.ts";
import { finish, iso, open, reveal, submit } from "./asking.ts";
import {
  BOARD,
  Classroom,
  HOST,
  OWNER,
  P1,
  P2,
  START,
  STRANGER,
  floorless,
  guest,
  liveClass,
  parseMessage,
} from "./classroom.ts";
import { leafIn } from "./state.ts";

const HOUR = 3_600_000;
const COMMON = [
  "floor",
  "grouping",
  "questions",
  "reactions",
  "counts",
  "endsBy",
  "host",
  "language",
  "leaderboard",
  "role",
  "round",
  "settings",
  "startedAt",
  "startsAt",
  "step",
  "title",
];

function phase(room: Classroom): string {
  return leafIn(room.living.state, "phase");
}

function keys(view: object | undefined): readonly string[] {
  return Object.keys(view ?? {}).sort();
}

describe("course", () => {
  test("scheduled with a time, expired half a day after it; scheduling again moves that", () => {
    const room = new Classroom({ startsAt: START + HOUR });
    expect(phase(room)).toBe("scheduled");
    room.must(HOST, { type: "session.schedule", startsAt: "2026-09-02T10:00:00+02:00" });
    expect(room.seen(HOST)).toEqual([
      { type: "session.scheduled", startsAt: "2026-09-02T08:00:00.000Z" },
    ]);

    room.pass(36 * HOUR - 1);
    expect(phase(room)).toBe("scheduled");
    room.pass(1);

    expect([phase(room), room.living.over]).toEqual(["expired", true]);
    expect(room.effects).toEqual([{ type: "releaseCode", params: { joinCode: "CODE23" } }]);
    expect(room.living.connections()).toEqual([]);
  });

  test("a time needs an offset, exists, and is not over", () => {
    const room = new Classroom();
    const at = (startsAt: string) => room.refusal(HOST, { type: "session.schedule", startsAt });

    expect(at("2026-09-02T10:00:00")).toMatchObject({ code: "invalid" });
    expect(at("2026-08-01T10:00:00Z")).toMatchObject({ errors: [{ path: "/startsAt" }] });
  });

  test("cancelled with a reason; nothing is accepted any more, not even a timer", () => {
    const room = new Classroom({ startsAt: START + HOUR });

    room.must(HOST, { type: "session.cancel", reason: "Snow" });

    expect(room.seen(HOST)).toEqual([{ type: "session.cancelled", reason: "Snow" }]);
    expect(room.verdict(HOST, { type: "session.start" })).toBe("session-over");
    expect(room.verdict(HOST, { type: "session.start", now: 1 })).toBe("invalid");
    expect(room.verdict(SYSTEM, { type: "timer.session" })).toBe("session-over");
    expect(room.verdict(STRANGER, { type: "session.start" })).toBe("not-found");
  });

  test("four hours end it, extension moves that; wrapup, ended, archived follow by themselves", () => {
    const room = liveClass();
    open(room, { limitMs: null });
    submit(room, P1);
    room.must(HOST, { type: "session.extend", byMs: HOUR });
    expect(room.seen(P1)).toEqual([{ type: "session.extended", endsBy: iso(START + 5 * HOUR) }]);
    expect(room.verdict(HOST, { type: "session.extend", byMs: 23 * HOUR })).toBe("invalid");

    room.pass(5 * HOUR);
    expect(room.seen(P1)).toMatchObject([
      { type: "session.ended", reason: "max-duration" },
      { type: "round.closed", reason: "session-ended" },
      { type: "round.locked" },
      { type: "round.scored" },
    ]);
    room.pass(600_000);
    expect(phase(room)).toBe("ended");
    room.pass(7 * 24 * HOUR);
    expect(phase(room)).toBe("archived");
  });

  test("LS17: ending again has no effect; in wrapup hosts correct, reveal, or go on", () => {
    const room = liveClass();
    const roundId = open(room);
    submit(room, P1);
    room.must(OWNER, { type: "session.end" });
    expect(room.seen(P1)).toContainEqual({ type: "session.ended", reason: "tenant" });

    expect(room.must(HOST, { type: "session.end" })).toEqual([]);
    expect(room.verdict(P1, { type: "hand.raise" })).toBe("session-over");
    room.must(HOST, { type: "round.reveal", roundId });
    room.must(HOST, { type: "session.resume" });
    expect(room.seen(P1)).toEqual([{ type: "session.resumed", deadlineAt: null }]);
    expect(phase(room)).toBe("running");
  });

  test("back from wrapup after its time was over, it has as long as a wrapup", () => {
    const room = liveClass();
    room.pass(4 * HOUR);

    room.must(HOST, { type: "session.resume" });

    expect(room.seen(P1)).toEqual([
      { type: "session.resumed", deadlineAt: null },
      { type: "session.extended", endsBy: iso(room.at + 600_000) },
    ]);
    room.pass(600_000);
    expect(phase(room)).toBe("wrapup");
  });

  test("anonymous is fixed by the start; other settings are not, and unknown ones are refused", () => {
    const room = liveClass();
    const set = (settings: Record<string, string | boolean>) =>
      room.refusal(HOST, { type: "settings.set", settings });

    expect(set({ anonymous: true })).toMatchObject({
      code: "not-accepted",
      errors: [{ path: "/settings/anonymous" }],
    });
    expect(set({ anonymous: false, amend: false })).toBeUndefined();
    expect(set({ colour: "red" })).toMatchObject({ errors: [{ path: "/settings/colour" }] });
    expect(set({ admission: "locked" })).toBeUndefined();
    expect(room.seen(P1).map(({ type }) => type)).toEqual([
      "settings.changed",
      "admission.changed",
    ]);
  });

  test("a presented step shows content, of an item nothing but that it is one", () => {
    const room = liveClass();

    room.must(HOST, { type: "step.present", stepId: "intro" });
    expect(room.seen(P1)).toEqual([
      {
        type: "step.presented",
        stepId: "intro",
        index: 0,
        kind: "content",
        title: "Hello",
        body: "Welcome",
      },
    ]);
    room.must(HOST, { type: "step.present", stepId: "single" });
    expect(room.view(P1)?.["step"]).toEqual({ stepId: "single", index: 1, kind: "item" });
    expect(room.refusal(HOST, { type: "step.present", stepId: "none" })).toMatchObject({
      errors: [{ path: "/stepId" }],
    });
  });

  test("a rotated code is shown to hosts and boards, the old one released", () => {
    const room = liveClass();

    room.must(HOST, { type: "code.rotate", joinCode: "NEW234" });

    expect(room.seen(BOARD)).toEqual([{ type: "code.rotated", joinCode: "NEW234" }]);
    expect(room.seen(P1)).toEqual([]);
    expect(room.effects).toEqual([{ type: "releaseCode", params: { joinCode: "CODE23" } }]);
  });
});

describe("refusals come in order", () => {
  const answer = { choice: "a" };

  test("of an answer, from not-found to bad-answer", () => {
    const room = liveClass({ settings: { admission: "approval" } });
    const submitted = (by: typeof P1, roundId = room.roundId, given: object = answer) =>
      room.verdict(by, { type: "answer.submit", roundId, answer: { ...given } });

    expect(submitted(STRANGER, "r 1")).toBe("not-found");
    expect(submitted(HOST, "r 1")).toBe("not-allowed");
    expect(submitted(P1, "r 1")).toBe("invalid");
    expect(submitted(P1)).toBe("not-admitted");
    room.must(HOST, { type: "participant.admit", participantId: "p1" });
    room.must(HOST, { type: "participant.admit", participantId: "p2" });
    room.must(HOST, { type: "session.pause" });
    expect(submitted(P1)).toBe("paused");
    room.must(HOST, { type: "session.resume" });
    expect(submitted(P1)).toBe("round-not-open");
    open(room);
    expect(submitted(P1, "r1")).toBe("wrong-round");
    expect(submitted(P1, room.roundId, { choice: "z" })).toBe("bad-answer");
    expect(submitted(P1)).toBe("accepted");
    expect(submitted(P1, room.roundId, { choice: "z" })).toBe("already-answered");
    finish(room);
    expect(submitted(P1)).toBe("too-late");
    room.must(HOST, { type: "session.end" });
    expect(submitted(P2)).toBe("session-over");
  });

  test("unknown fields and types are named", () => {
    const room = liveClass();

    expect(room.refusal(HOST, { type: "session.pause", now: true })).toMatchObject({
      code: "invalid",
      errors: [{ path: "/now" }],
    });
    expect(room.refusal(HOST, { type: "session.explode" })).toMatchObject({ code: "not-allowed" });
    expect(room.refusal(SYSTEM, { type: "session.end" })).toMatchObject({ code: "not-allowed" });
    expect(room.refusal(HOST, { type: "round.close" })?.errors).toEqual([
      { path: "/roundId", message: expect.any(String) },
    ]);
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`x${index}`, 1]));
    expect(room.refusal(HOST, { ...many, type: "session.pause" })?.errors).toHaveLength(20);
  });

  test("a refused message leaves nothing behind", () => {
    const room = liveClass();
    const before = JSON.stringify(room.living.persist());

    room.refusal(P1, { type: "answer.submit", roundId: "r1", answer });

    expect(JSON.stringify(room.living.persist())).toBe(before);
  });
});

describe("views", () => {
  test("each audience has exactly its members", () => {
    const room = liveClass();
    open(room);

    expect(keys(room.view(P1))).toEqual([...COMMON, "me", "results"].sort());
    expect(keys(room.view(BOARD))).toEqual([...COMMON, "admission", "joinCode"].sort());
    expect(keys(room.view(HOST))).toEqual(
      [
        ...COMMON,
        "admission",
        "hands",
        "hosts",
        "joinCode",
        "lesson",
        "participants",
        "rounds",
      ].sort(),
    );
    expect(room.view(OWNER)).toMatchObject({ role: "overseer", joinCode: "CODE23" });
    expect(room.view(STRANGER)).toBeUndefined();
    expect(room.standing(guest("p77"))).toBeUndefined();
    expect(room.standing(SYSTEM)).toBeUndefined();
  });

  test("a round: the class's members, the host's and the student's own", () => {
    const room = liveClass();
    open(room);
    submit(room, P1);

    const round = room.view(BOARD)?.["round"];
    expect(round).toEqual({
      roundId: room.roundId,
      stepId: "single",
      item: expect.anything(),
      phase: "open",
      openedAt: iso(START),
      limitMs: 30_000,
      deadlineAt: iso(START + 30_000),
      remainingMs: null,
      answered: 1,
      expected: 3,
      key: null,
      explanation: null,
      counts: null,
    });
    expect(room.view(HOST)).toMatchObject({
      round: {
        key: { choices: ["a"] },
        counts: { a: 1 },
        lastDeadlineAt: iso(START + 30_000),
        answers: {
          p1: { answer: { choice: "a" }, auto: false, atMs: 0, correct: true, points: 2 },
        },
      },
    });
    expect(room.view(P1)).toMatchObject({
      round: { answer: { choice: "a" }, draft: null, result: null },
    });
  });

  test("a role without a seat sees no more than its name", () => {
    const room = liveClass();
    const nobody = { role: "student", audience: "class", since: 0 } as const;

    expect(room.living.view(nobody)).toEqual({ role: "student" });
    expect(room.living.view({ ...nobody, audience: "own" })).toEqual({ role: "student" });
  });
});

describe("the report", () => {
  test("rounds that were scored, and each student's answers, points and attendance", () => {
    const room = liveClass();
    const first = open(room);
    submit(room, P1);
    reveal(room);
    const second = open(room, { stepId: "text" });
    room.must(HOST, { type: "round.void", roundId: second });

    const report = reportOf(room.context);

    expect(report.session).toMatchObject({ title: "Fractions", startedAt: iso(START) });
    expect(report.rounds).toMatchObject([
      { roundId: first, stepId: "single", opened: iso(START), closed: iso(START) },
    ]);
    expect(report.participants).toMatchObject([
      {
        participantId: "p1",
        name: "Name-p1",
        answers: [{ roundId: first, answer: { choice: "a" }, correct: true, points: 2, atMs: 0 }],
        points: 2,
        attendance: "present",
      },
      { participantId: "p2", answers: [], points: 0 },
      { participantId: "p3" },
    ]);
  });

  test("anonymous: no answer and no points beside a name", () => {
    const room = liveClass({ settings: { anonymous: true } });
    open(room);
    submit(room, P1);
    reveal(room);

    expect(reportOf(room.context)).toMatchObject({
      rounds: [{ counts: { a: 1 } }],
      participants: [{ answers: [], points: null }, {}, {}],
    });
  });

  test("a grade without an answer is in it", () => {
    const room = liveClass();
    const roundId = open(room, { stepId: "open" });
    finish(room);
    room.must(HOST, { type: "answer.grade", roundId, participantId: "p2", points: 1 });

    expect(reportOf(room.context).participants[1]?.answers).toEqual([
      {
        ...{ roundId, answer: null, correct: null, points: 1, atMs: null },
        ...{ graded: true, comment: null },
      },
    ]);
  });
});

describe("stored bytes", () => {
  test("the catalog has the session, and its first message is judged", () => {
    const stamp = { at: START, seq: 1, by: HOST };
    const refused = MACHINES.session[0].birth(parseMessage({ type: "session.create" }), stamp);

    expect(refused).toMatchObject({ refusal: { code: "invalid" } });
  });

  test("what this machine did not write is not revived", () => {
    const { living } = liveClass();
    const { context, state } = living;
    const stored = { version: 2, context, state };
    const junk = [
      null,
      7,
      {},
      { ...stored, version: 1 },
      { ...stored, version: 3 },
      { ...stored, context: floorless(context) },
      { ...stored, context: {} },
      { ...stored, context: { participants: [] } },
      { ...stored, state: { phase: "nowhere" } },
      { ...stored, state: { phase: "draft", activity: "idle", host: "asleep" } },
    ];

    expect(sessionMachine.revive(stored).persist()).toEqual(living.persist());
    for (const each of junk) {
      expect(() => sessionMachine.revive(each)).toThrow(UnreadableSnapshot);
    }
  });

  test("time never goes back within a session", () => {
    const room = liveClass();
    room.pass(5_000);
    room.must(HOST, { type: "hands.clear" });

    const stamp = { at: START, seq: room.seq + 1, by: HOST };
    const stepped = room.living.step({ type: "session.pause" }, stamp);

    expect(stepped).toMatchObject({ kind: "accepted" });
    expect(stepped.kind === "accepted" && stepped.next.persist()).toMatchObject({
      context: { at: START + 5_000 },
    });
  });
});
