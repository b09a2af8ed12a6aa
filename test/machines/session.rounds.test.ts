/** Rounds by example: opening them, and their deadlines. */
import { describe, expect, test } from "bun:test";
import { MINUTE, activity, finish, iso, open, submit, words } from "./asking.ts";
import { BOARD, HOST, LEARNERS, P1, P2, P3, START, join, liveClass } from "./classroom.ts";

describe("opening", () => {
  test("the item's own limit holds where none is given, and null is none", () => {
    const room = liveClass();

    room.must(HOST, { type: "round.open", stepId: "multiple" });
    expect(room.context.round?.limitMs).toBe(20_000);
    finish(room);
    room.must(HOST, { type: "round.open", stepId: "multiple", limitMs: null });
    expect(room.context.round?.limitMs).toBeNull();
    finish(room);
    room.must(HOST, { type: "round.open", stepId: "single" });
    expect(room.context.round?.limitMs).toBeNull();
  });

  test("round.opened has exactly these fields, and no key", () => {
    const room = liveClass();

    const roundId = open(room);

    expect(room.seen(P1)).toEqual([
      {
        type: "round.opened",
        roundId,
        stepId: "single",
        item: {
          kind: "single-choice",
          prompt: "Prompt single",
          points: 2,
          choices: [
            { id: "a", text: "A" },
            { id: "b", text: "B" },
            { id: "c", text: "C" },
          ],
        },
        openedAt: iso(room.at),
        limitMs: 30_000,
        deadlineAt: iso(room.at + 30_000),
      },
    ]);
  });

  test("the next round may open over one that is scored, not over one that is open or closing", () => {
    const room = liveClass();
    const roundId = open(room);

    expect(room.verdict(HOST, { type: "round.open", stepId: "poll" })).toBe("round-already-open");
    room.must(HOST, { type: "round.close", roundId });
    const closing = room.refusal(HOST, { type: "round.reveal", roundId });
    expect(closing).toMatchObject({ code: "round-closing", more: { retryAfterMs: 1_500 } });
    room.pass(1_500);
    open(room, { stepId: "poll" });
    expect(room.context.pastRounds.map((round) => String(round.roundId))).toEqual([roundId]);
  });

  test("an item or a step, not both, and only one that can be asked", () => {
    const room = liveClass();
    const item = { kind: "true-false", prompt: "?", correct: true };
    const broken = { kind: "single-choice", prompt: "?", choices: [] };

    expect(room.verdict(HOST, { type: "round.open" })).toBe("invalid");
    expect(room.verdict(HOST, { type: "round.open", stepId: "single", item })).toBe("invalid");
    expect(room.verdict(HOST, { type: "round.open", stepId: "intro" })).toBe("invalid");
    expect(room.verdict(HOST, { type: "round.open", item: broken })).toBe("invalid");
    expect(room.verdict(HOST, { type: "round.open", item })).toBe("accepted");
    expect(room.context.round?.stepId).toBeNull();
  });

  test("shuffled choices are each student's own order, the same in fact and view", () => {
    const room = liveClass({ settings: { shuffleChoices: true } });

    open(room);

    for (const by of [P1, P2, P3]) {
      const [fact] = room.seen(by);
      expect(JSON.stringify(room.view(by))).toContain(JSON.stringify(fact?.["item"]));
    }
    expect(room.seen(HOST)[0]?.["item"]).toMatchObject({
      choices: [{ id: "a" }, { id: "b" }, { id: "c" }],
    });
  });
});

describe("deadlines", () => {
  test("an answer counts until deadline and grace, to the millisecond", () => {
    const room = liveClass();
    open(room);

    room.pass(31_499);
    expect(submit(room, P1)).toBe("accepted");
    room.at += 1;
    expect(submit(room, P2)).toBe("too-late");
    expect(room.context.round?.answers).toMatchObject({ p1: { atMs: 31_499 } });
  });

  test("the last deadline closes the round, grace locks and scores it in one turn", () => {
    const room = liveClass();
    open(room);

    room.pass(30_000);
    expect(activity(room)).toBe("grace");
    room.pass(1_500);

    expect(activity(room)).toBe("scored");
    expect(words(room).slice(-3)).toEqual(["round.closed", "round.locked", "round.scored"]);
  });

  test("LS8: a pause gives everyone as much time as it took", () => {
    const room = liveClass();
    open(room);
    room.pass(10_000);

    room.must(HOST, { type: "session.pause" });
    expect(room.seen(P1)).toEqual([
      { type: "session.paused", reason: "host", remainingMs: 20_000 },
    ]);
    expect(room.view(P1)).toMatchObject({ round: { deadlineAt: null, remainingMs: 20_000 } });
    room.pass(10 * MINUTE);
    room.must(HOST, { type: "session.resume" });

    expect(room.seen(P1)).toEqual([{ type: "session.resumed", deadlineAt: iso(room.at + 20_000) }]);
    expect(submit(room, P1)).toBe("accepted");
    expect(room.context.round?.answers).toMatchObject({ p1: { atMs: 10_000 } });
  });

  test("extension moves the class and, by their multiplier, the accommodated", () => {
    const room = liveClass();
    room.must(HOST, { type: "accommodation.set", participantId: "p1", multiplier: 2 });
    const roundId = open(room);

    room.must(HOST, { type: "round.extend", roundId, byMs: 10_000 });

    expect(room.seen(P1)).toEqual([
      { type: "round.extended", roundId, deadlineAt: iso(room.at + 80_000) },
    ]);
    expect(room.seen(P2)).toEqual([
      { type: "round.extended", roundId, deadlineAt: iso(room.at + 40_000) },
    ]);
    expect(room.verdict(HOST, { type: "round.extend", roundId, byMs: 4 * 60 * MINUTE })).toBe(
      "invalid",
    );
  });

  test("a round without a limit cannot be extended", () => {
    const room = liveClass();
    const roundId = open(room, { limitMs: null });

    expect(room.verdict(HOST, { type: "round.extend", roundId, byMs: 1_000 })).toBe("not-accepted");
  });

  test("extra time is seen by hosts and that student only; the board sees the class's", () => {
    const room = liveClass();
    open(room);

    room.must(HOST, { type: "accommodation.set", participantId: "p1", extraMs: 15_000 });

    expect(room.seen(P1)).toMatchObject([{ deadlineAt: iso(START + 45_000) }]);
    expect(room.seen(P2)).toEqual([]);
    expect(room.view(HOST)).toMatchObject({ round: { lastDeadlineAt: iso(START + 45_000) } });
    expect(room.view(BOARD)).toMatchObject({ round: { deadlineAt: iso(START + 30_000) } });
    room.pass(31_500);
    expect(submit(room, P2)).toBe("too-late");
    expect(submit(room, P1)).toBe("accepted");
    room.pass(13_500);
    expect(activity(room)).toBe("grace");
  });

  test("LS9: less time holds from the next round on", () => {
    const room = liveClass();
    room.must(HOST, { type: "accommodation.set", participantId: "p1", multiplier: 3 });
    open(room);

    room.must(HOST, { type: "accommodation.set", participantId: "p1", multiplier: 1 });

    expect(room.view(P1)).toMatchObject({ round: { deadlineAt: iso(START + 90_000) } });
    finish(room);
    open(room);
    expect(room.view(P1)).toMatchObject({ round: { deadlineAt: iso(room.at + 30_000) } });
  });

  test("an untimed student keeps the round open until it is closed", () => {
    const room = liveClass();
    room.must(HOST, { type: "accommodation.set", participantId: "p1", untimed: true });
    const roundId = open(room);

    room.pass(60 * MINUTE);
    expect(activity(room)).toBe("ticking");
    expect(submit(room, P2)).toBe("too-late");
    expect(room.view(P1)).toMatchObject({ round: { deadlineAt: null, remainingMs: null } });
    expect(submit(room, P1)).toBe("accepted");
    expect(room.verdict(HOST, { type: "round.close", roundId })).toBe("accepted");
  });

  test("when the one with more time leaves, the round closes with the class", () => {
    const room = liveClass();
    room.must(HOST, { type: "accommodation.set", participantId: "p1", untimed: true });
    open(room);
    room.pass(40_000);

    room.must(P1, { type: "participant.leave" });
    room.pass(0);

    expect(activity(room)).toBe("grace");
  });

  test("a late joiner has the class's deadline", () => {
    const room = liveClass();
    open(room);
    room.pass(20_000);
    const [, , , fourth] = LEARNERS;

    if (fourth !== undefined) {
      join(room, fourth);
      expect(room.view(fourth.by)).toMatchObject({ round: { deadlineAt: iso(START + 30_000) } });
    }
  });

  test("a deadline that passed while no node lived leaves 15 s from the first turn, then grace", () => {
    const room = liveClass();
    open(room);

    room.sleep(5 * MINUTE);
    expect(room.seen(P1)).toMatchObject([
      { type: "round.extended", deadlineAt: iso(room.at + 15_000) },
    ]);
    expect(submit(room, P1)).toBe("accepted");
    room.pass(15_000);
    expect(activity(room)).toBe("grace");
  });

  test("an answer that comes before the late timer has that time too", () => {
    const room = liveClass();
    open(room);
    room.at += 5 * MINUTE;

    expect(submit(room, P1)).toBe("accepted");

    expect(words(room).slice(-2)).toEqual(["round.extended", "answer.submitted"]);
  });

  test("reopening gives a new limit to all, or to some", () => {
    const room = liveClass();
    const roundId = open(room);
    finish(room);

    room.must(HOST, {
      type: "round.reopen",
      roundId,
      limitMs: 10_000,
      participantIds: ["p2"],
    });

    expect(room.seen(P2)).toEqual([
      { type: "round.reopened", roundId, deadlineAt: iso(room.at + 10_000) },
    ]);
    expect(submit(room, P1)).toBe("too-late");
    expect(submit(room, P2)).toBe("accepted");
    room.pass(11_500);
    expect(activity(room)).toBe("scored");
    const unknown = { type: "round.reopen", roundId, limitMs: null, participantIds: ["p9"] };
    expect(room.verdict(HOST, unknown)).toBe("invalid");
  });
});
