/** The contract's sentences on rounds, marks and times that are no rule of any history. */
import { describe, expect, test } from "bun:test";
import { MINUTE, activity, answers, draft, finish, iso, open, reveal, submit } from "./asking.ts";
import { BOARD, Classroom, HOST, P1, P2, P3, START, guest, join, liveClass } from "./classroom.ts";

const HOUR = 60 * MINUTE;

describe("times", () => {
  test("a limit is from five seconds to four hours, also when it is extended", () => {
    const room = liveClass();
    const opened = (limitMs: number) => {
      const verdict = room.verdict(HOST, { type: "round.open", stepId: "single", limitMs });
      room.send(HOST, { type: "round.void", roundId: room.roundId });
      return verdict;
    };

    expect([opened(4_999), opened(5_000)]).toEqual(["invalid", "accepted"]);
    expect([opened(4 * HOUR), opened(4 * HOUR + 1)]).toEqual(["accepted", "invalid"]);
  });

  test("time is multiplied by one to ten", () => {
    const room = liveClass();
    const multiplied = (multiplier: number) =>
      room.verdict(HOST, { type: "accommodation.set", participantId: "p1", multiplier });

    expect([0.9, 1, 10, 10.1].map(multiplied)).toEqual([
      "invalid",
      "accepted",
      "accepted",
      "invalid",
    ]);
  });

  test("grace is as long as the settings say, by the clock too", () => {
    const room = liveClass({ settings: { graceMs: 4_000 } });
    const roundId = open(room);
    room.must(HOST, { type: "round.close", roundId });

    room.pass(3_999);
    expect(submit(room, P1)).toBe("accepted");
    expect(activity(room)).toBe("grace");
    room.pass(1);

    expect(activity(room)).toBe("scored");
  });

  test("a lesson lasts as long as the settings say, an extension is added to its end", () => {
    const room = liveClass({ settings: { maxDurationMs: HOUR } });
    room.pass(50 * MINUTE);

    room.must(HOST, { type: "session.extend", byMs: 10 * MINUTE });

    expect(room.seen(P1)).toEqual([{ type: "session.extended", endsBy: iso(START + 70 * MINUTE) }]);
    const byMs = 23 * HOUR;
    expect(room.verdict(HOST, { type: "session.extend", byMs })).toBe("invalid");
  });

  test("a time that passed within half a day can still be given", () => {
    const room = new Classroom();
    room.pass(13 * HOUR);
    const at = (ms: number) =>
      room.verdict(HOST, { type: "session.schedule", startsAt: iso(room.at - ms) });

    expect([at(12 * HOUR), at(12 * HOUR - 1_000)]).toEqual(["invalid", "accepted"]);
  });

  test("a timer that is two seconds late was held up; later than that, nobody lived", () => {
    const [busy, asleep] = [liveClass(), liveClass()];
    for (const room of [busy, asleep]) {
      open(room);
    }

    busy.sleep(32_000);
    asleep.sleep(32_001);

    expect([activity(busy), activity(asleep)]).toEqual(["grace", "ticking"]);
  });

  test("a round says why it was closed", () => {
    const room = liveClass();
    const reasonOf = () => room.seen(P1).find(({ type }) => type === "round.closed")?.["reason"];
    const roundId = open(room);
    room.must(HOST, { type: "round.close", roundId });
    expect(reasonOf()).toBe("host");
    room.pass(1_500);
    open(room);
    room.pass(30_000);
    expect(reasonOf()).toBe("deadline");
    room.pass(1_500);
    open(room);
    room.must(HOST, { type: "session.end" });
    expect(reasonOf()).toBe("session-ended");
  });
});

describe("marks", () => {
  test("a corrected key leaves grades as they are, also in a round that is past", () => {
    const room = liveClass();
    const roundId = open(room);
    submit(room, P1, { choice: "b" });
    submit(room, P2, { choice: "b" });
    reveal(room);
    room.must(HOST, { type: "answer.grade", roundId, participantId: "p2", points: 0.5 });
    open(room);

    room.must(HOST, { type: "round.score", roundId, key: { choices: ["b"] } });

    expect(room.view(P1)).toMatchObject({ me: { points: 2 } });
    expect(room.view(P2)).toMatchObject({ me: { points: 0.5 }, results: [{ correct: false }] });
    room.must(HOST, { type: "answer.grade", roundId, participantId: "p2", points: 2 });
    expect(room.view(P2)).toMatchObject({ results: [{ correct: true, points: 2 }] });
  });

  test("corrections are taken in wrapup and for a week after it", () => {
    const room = liveClass();
    const roundId = open(room);
    submit(room, P1, { choice: "b" });
    room.must(HOST, { type: "session.end" });
    room.pass(11 * MINUTE);

    room.must(HOST, { type: "round.score", roundId, key: { choices: ["b"] } });
    room.must(HOST, { type: "answer.grade", roundId, participantId: "p2", points: 1 });
    room.must(HOST, { type: "attendance.mark", participantId: "p2", status: "excused" });

    expect(room.view(HOST)).toMatchObject({
      participants: [{ points: 2 }, { points: 1, attendance: "excused" }, {}],
    });
    expect(room.verdict(HOST, { type: "round.reveal", roundId })).toBe("session-over");
    room.pass(7 * 24 * HOUR);
    expect(room.verdict(HOST, { type: "round.score", roundId })).toBe("session-over");
  });

  test("reopening keeps the answers that there are; only who has none may still submit", () => {
    const room = liveClass();
    const roundId = open(room);
    submit(room, P1);
    finish(room);

    room.must(HOST, { type: "round.reopen", roundId, limitMs: null });

    expect(Object.keys(answers(room))).toEqual(["p1"]);
    expect(submit(room, P1)).toBe("already-answered");
    expect(submit(room, P2)).toBe("accepted");
  });

  test("who answered and left has his result; who was removed hears nothing", () => {
    const room = liveClass();
    open(room);
    for (const by of [P1, P2, P3]) {
      submit(room, by);
    }
    room.must(P3, { type: "participant.leave" });
    room.must(HOST, { type: "participant.remove", participantId: "p2" });

    reveal(room);

    expect(room.seen(P1)[0]).toMatchObject({ result: { points: 2 } });
    expect(room.seen(P3)).toMatchObject([{ type: "round.revealed", result: { points: 2 } }]);
    expect(room.seen(P2)).toEqual([]);
  });

  test("blank are those of the class who did not answer, not those who are gone", () => {
    const room = liveClass();
    open(room, { stepId: "text" });
    submit(room, P1, { text: "key-text" });
    room.must(P2, { type: "participant.leave" });

    reveal(room);

    expect(room.seen(P1)[0]).toMatchObject({ counts: { right: 1, wrong: 0, blank: 1 } });
  });

  test("who was quick keeps his bonus when the round is reopened for others", () => {
    const room = liveClass({ settings: { speedBonus: true } });
    const roundId = open(room);
    room.pass(15_000);
    submit(room, P1);
    finish(room);

    room.must(HOST, { type: "round.reopen", roundId, limitMs: null, participantIds: ["p2"] });
    submit(room, P2);
    reveal(room);

    expect(room.seen(P1)[0]).toMatchObject({ result: { points: 2.5 } });
    expect(room.seen(P2)[0]).toMatchObject({ result: { points: 2.45 } });
  });

  test("without a limit there is nothing to be faster than", () => {
    const room = liveClass({ settings: { speedBonus: true } });
    open(room, { limitMs: null });
    submit(room, P1);

    reveal(room);

    expect(room.seen(P1)[0]).toMatchObject({ result: { points: 2 } });
  });
});

describe("ranks", () => {
  function classOf(count: number): Classroom {
    const room = liveClass();
    for (let index = 4; index <= count; index += 1) {
      join(room, { id: `p${index}`, userId: null, by: guest(`p${index}`) });
    }
    return room;
  }

  test("the top is five rows, whoever has how many points", () => {
    const room = classOf(7);
    open(room);

    expect(room.view(BOARD)?.["leaderboard"]).toHaveLength(5);
    room.must(HOST, { type: "settings.set", settings: { leaderboard: "full" } });
    expect(room.view(BOARD)?.["leaderboard"]).toHaveLength(7);
  });

  test("there is none before the first round", () => {
    expect(liveClass().view(HOST)).toMatchObject({ leaderboard: null });
  });

  test("who left keeps his place if he has points; who was removed has none", () => {
    const room = classOf(4);
    open(room);
    submit(room, P1);
    submit(room, P2);
    reveal(room);

    room.must(P1, { type: "participant.leave" });
    room.must(P3, { type: "participant.leave" });
    room.must(HOST, { type: "participant.remove", participantId: "p2" });

    const rows = room.view(HOST)?.["leaderboard"];
    expect(rows).toMatchObject([
      { participantId: "p1", rank: 1 },
      { participantId: "p4", rank: 2 },
    ]);
    expect(rows).toHaveLength(2);
  });
});

describe("what hosts keep", () => {
  test("rounds that are past, each with its answers and key", () => {
    const room = liveClass();
    const roundId = open(room);
    submit(room, P1);
    reveal(room);
    room.must(HOST, { type: "round.dismiss", roundId });

    expect(room.view(HOST)).toMatchObject({
      round: null,
      rounds: [{ roundId, key: { choices: ["a"] }, answers: { p1: { points: 2 } } }],
    });
  });

  test("two hundred rounds, and no more", () => {
    const room = liveClass();
    for (let round = 0; round < 200; round += 1) {
      const roundId = open(room, { stepId: "poll" });
      room.must(HOST, { type: "round.void", roundId });
    }

    expect(room.verdict(HOST, { type: "round.open", stepId: "poll" })).toBe("not-accepted");
  });

  test("the last draft counts as the time at which it was saved, pauses left out", () => {
    const room = liveClass();
    open(room);
    room.must(HOST, { type: "session.pause" });
    room.pass(MINUTE);
    draft(room, P1);
    room.must(HOST, { type: "session.resume" });

    finish(room);

    expect(answers(room)).toMatchObject({ p1: { auto: true, atMs: 0 } });
  });
});
