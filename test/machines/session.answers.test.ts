/** Answers by example: drafts, scores, grades and what each viewer is told of them. */
import { describe, expect, test } from "bun:test";
import type { Stepped } from "../../machines/living.ts";
import { answers, draft, finish, open, reveal, submit } from "./asking.ts";
import { HOST, P1, P2, P3, liveClass } from "./classroom.ts";

/** What a store takes as one envelope. */
const ENVELOPE_BYTES = 8_388_608;

describe("drafts", () => {
  test("one a second is taken, and the last one is handed in, marked, at the time it was saved", () => {
    const room = liveClass();
    open(room);
    room.pass(1_000);
    expect(draft(room, P1, { choice: "b" })).toBe("accepted");
    room.pass(999);
    expect(
      room.refusal(P1, { type: "draft.save", roundId: room.roundId, answer: {} }),
    ).toMatchObject({
      code: "rate-limited",
      more: { retryAfterMs: 1 },
    });
    room.pass(1);
    draft(room, P1, { choice: "a" });

    finish(room);

    expect(answers(room)).toEqual({
      p1: { answer: { choice: "a" }, auto: true, atMs: 2_000 },
    });
  });

  test("empty ones are not handed in, incomplete ones are", () => {
    const room = liveClass();
    open(room, { stepId: "order" });
    draft(room, P1, { order: [] });
    draft(room, P2, { order: ["one"] });
    draft(room, P3, {});

    finish(room);

    expect(Object.keys(answers(room))).toEqual(["p2"]);
  });

  test("each is handed in when the round locks for that participant", () => {
    const room = liveClass();
    room.must(HOST, { type: "accommodation.set", participantId: "p2", multiplier: 2 });
    open(room);
    draft(room, P1);
    draft(room, P2);

    room.pass(31_500);
    expect(Object.keys(answers(room))).toEqual(["p1"]);
    room.pass(30_000);
    expect(Object.keys(answers(room))).toEqual(["p1", "p2"]);
  });

  test("void hands in nothing, and a removed student's draft is not handed in", () => {
    const room = liveClass();
    const roundId = open(room);
    draft(room, P1);
    room.must(HOST, { type: "round.void", roundId });
    expect(room.context.pastRounds[0]?.answers).toEqual({});

    open(room);
    draft(room, P2);
    room.must(HOST, { type: "participant.remove", participantId: "p2" });
    finish(room);
    expect(answers(room)).toEqual({});
  });

  test("while paused drafts are saved and answers refused", () => {
    const room = liveClass();
    open(room);
    room.must(HOST, { type: "session.pause" });

    expect(draft(room, P1)).toBe("accepted");
    expect(submit(room, P1)).toBe("paused");
  });

  test("session.end locks, hands in and scores in one turn", () => {
    const room = liveClass();
    open(room);
    draft(room, P1);

    const facts = room.must(HOST, { type: "session.end" });

    expect(facts.map(({ type }) => type).sort()).toEqual([
      "answer.submitted",
      "round.closed",
      "round.locked",
      "round.scored",
      "session.ended",
    ]);
    expect(answers(room)).toMatchObject({ p1: { auto: true } });
  });
});

describe("answering and scoring", () => {
  test("a second answer is refused with the first one; amending replaces it at its time", () => {
    const room = liveClass();
    const roundId = open(room);
    submit(room, P1, { choice: "b" });

    expect(
      room.refusal(P1, { type: "answer.submit", roundId, answer: { choice: "a" } }),
    ).toMatchObject({ code: "already-answered", more: { answer: { choice: "b" } } });
    expect(draft(room, P1)).toBe("already-answered");
    room.pass(2_000);
    room.must(P1, { type: "answer.amend", roundId, answer: { choice: "a" } });
    expect(answers(room)).toEqual({
      p1: { answer: { choice: "a" }, auto: false, atMs: 2_000 },
    });
    expect(room.verdict(P2, { type: "answer.amend", roundId, answer: { choice: "a" } })).toBe(
      "not-accepted",
    );
    room.must(HOST, { type: "settings.set", settings: { amend: false } });
    expect(room.verdict(P1, { type: "answer.amend", roundId, answer: { choice: "a" } })).toBe(
      "not-accepted",
    );
  });

  test("a bad answer names its path, and the draft stays", () => {
    const room = liveClass();
    const roundId = open(room);
    draft(room, P1);

    expect(
      room.refusal(P1, { type: "answer.submit", roundId, answer: { choice: 7 } }),
    ).toMatchObject({
      code: "bad-answer",
      errors: [{ path: "/answer/choice" }],
    });
    expect(room.view(P1)).toMatchObject({ round: { draft: { choice: "a" }, answer: null } });
  });

  test("a reveal tells each student his own, hosts the names, and everyone key and counts", () => {
    const room = liveClass();
    open(room);
    submit(room, P1, { choice: "a" });
    submit(room, P2, { choice: "b" });

    reveal(room);

    const [fact] = room.seen(P1);
    expect(fact).toEqual({
      type: "round.revealed",
      roundId: room.roundId,
      key: { choices: ["a"], weights: { a: 1, b: 0, c: -0.5 } },
      explanation: "KEY-single",
      counts: { a: 1, b: 1, c: 0 },
      leaderboard: [
        { rank: 1, participantId: "p1", name: null, points: 2 },
        { rank: 2, participantId: "p2", name: null, points: 0 },
        { rank: 2, participantId: "p3", name: null, points: 0 },
      ],
      result: {
        answer: { choice: "a" },
        auto: false,
        points: 2,
        correct: true,
        feedback: "KEY-single",
      },
    });
    expect(room.seen(P3)[0]?.["result"]).toEqual({
      answer: null,
      auto: false,
      points: 0,
      correct: null,
    });
    expect(room.seen(HOST)[0]?.["leaderboard"]).toMatchObject([{ name: "Name-p1" }, {}, {}]);
  });

  test("another key scores again, and what was revealed is revealed again", () => {
    const room = liveClass();
    const roundId = open(room);
    submit(room, P1, { choice: "b" });
    reveal(room);

    const key = { choices: ["b"], weights: { a: 0, b: 1, c: 0 } };
    const facts = room.must(HOST, { type: "round.score", roundId, key });

    expect(facts.map(({ type }) => type)).toEqual(["round.scored", "round.revealed"]);
    expect(room.view(P1)).toMatchObject({ me: { points: 2, rank: 1 }, round: { key } });
    expect(
      room.refusal(HOST, { type: "round.score", roundId, key: { choices: ["z"] } }),
    ).toMatchObject({ code: "invalid", errors: [{ path: expect.stringContaining("/key") }] });
  });

  test("a grade stands above the key, also of a past round and without an answer", () => {
    const room = liveClass();
    const roundId = open(room, { stepId: "open" });
    submit(room, P1, { text: "Because" });
    reveal(room);
    open(room);

    room.must(HOST, {
      type: "answer.grade",
      roundId,
      participantId: "p1",
      points: 1,
      comment: "!",
    });
    room.must(HOST, { type: "answer.grade", roundId, participantId: "p2", points: 0.5 });

    expect(room.view(P1)).toMatchObject({ me: { points: 1 }, results: [{ correct: null }] });
    expect(room.view(P2)).toMatchObject({ me: { points: 0.5 } });
    const grade = { type: "answer.grade", roundId, participantId: "p1", points: 2 };
    expect(room.verdict(HOST, grade)).toBe("invalid");
    expect(room.verdict(HOST, { ...grade, participantId: "p9", points: 1 })).toBe("invalid");
    expect(room.verdict(HOST, { ...grade, roundId: "r99", points: 1 })).toBe("wrong-round");
  });

  test("speed earns up to half as much again, never for the accommodated", () => {
    const room = liveClass({ settings: { speedBonus: true } });
    room.must(HOST, { type: "accommodation.set", participantId: "p2", multiplier: 2 });
    open(room);
    room.pass(15_000);
    submit(room, P1);
    submit(room, P2);

    reveal(room);

    expect(room.seen(P1)[0]?.["result"]).toMatchObject({ points: 2.5, correct: true });
    expect(room.seen(P2)[0]?.["result"]).toMatchObject({ points: 2 });
  });

  test("ranks are 1, 1, 3, equal rows in order of joining; top shows five, off none", () => {
    const room = liveClass({ settings: { leaderboard: "full" } });
    open(room);
    submit(room, P3);
    submit(room, P2);

    reveal(room);

    const rows = room.view(HOST)?.["leaderboard"];
    expect(rows).toMatchObject([
      { rank: 1, participantId: "p2" },
      { rank: 1, participantId: "p3" },
      { rank: 3, participantId: "p1" },
    ]);
    room.must(HOST, { type: "settings.set", settings: { leaderboard: "off" } });
    expect(room.view(P1)).toMatchObject({ leaderboard: null, me: { rank: null } });
  });

  test("counters are absolute, and counts are the hosts' until reveal", () => {
    const room = liveClass();
    open(room);
    submit(room, P1);

    expect(room.living.counters()).toEqual([
      {
        of: "presence",
        to: ["hosts", "class", "board"],
        fields: { connected: 3, admitted: 3 },
      },
      { of: "reactions", to: ["hosts", "class", "board"], fields: { counts: {} } },
      {
        of: "answers",
        to: ["hosts", "class", "board"],
        fields: { roundId: room.roundId, answered: 1, expected: 3 },
      },
      {
        of: "counts",
        to: ["hosts"],
        fields: { roundId: room.roundId, counts: { a: 1, b: 0, c: 0 } },
      },
    ]);
    reveal(room);
    expect(room.living.counters()[2]?.to).toEqual(["hosts", "class", "board"]);
  });

  test("a session that holds as much as it can refuses long texts and rounds, not the rest", () => {
    const room = liveClass();
    const text = "\u4e2d".repeat(10_000);
    for (let round = 0; round < 67; round += 1) {
      open(room, { stepId: "open", limitMs: null });
      for (const by of [P1, P2, P3]) {
        submit(room, by, { text });
      }
      finish(room);
    }
    const stored = JSON.stringify(room.living.persist());

    expect(new TextEncoder().encode(stored).length).toBeLessThan(ENVELOPE_BYTES);
    expect(room.told.some(({ stepped }) => codeOf(stepped) === "too-large")).toBe(true);
    expect(
      room.verdict(HOST, { type: "round.open", item: { kind: "open-text", prompt: text } }),
    ).toBe("too-large");
    expect(room.verdict(P1, { type: "hand.raise" })).toBe("accepted");
  });

  test("comments of grades are counted: a full session grades without them, and goes on", () => {
    const room = liveClass();
    const grade = { type: "answer.grade", participantId: "p1", points: 1 };
    const comment = "\u4e2d".repeat(10_000);
    let roundId = "";
    for (let round = 0; round < 80; round += 1) {
      const verdict = room.verdict(HOST, { type: "round.open", stepId: "open", limitMs: null });
      roundId = verdict === "accepted" ? room.roundId : roundId;
      if (verdict === "accepted") {
        finish(room);
      }
      for (const participantId of ["p1", "p2", "p3"]) {
        room.send(HOST, { ...grade, participantId, roundId, comment });
      }
    }
    const stored = JSON.stringify(room.living.persist());

    expect(new TextEncoder().encode(stored).length).toBeLessThan(ENVELOPE_BYTES);
    expect(room.verdict(HOST, { ...grade, roundId, comment })).toBe("too-large");
    expect(room.verdict(HOST, { ...grade, roundId })).toBe("accepted");
  });
});

function codeOf(stepped: Stepped): string | undefined {
  return stepped.kind === "refused" ? stepped.refusal.code : undefined;
}
