/** What the floor does not say, and does not take: names, too many votes, too much text. */
import { describe, expect, test } from "bun:test";
import { sessionMachine, sessionMachine1 } from "../../machines/learning-session/machine.ts";
import {
  BOARD,
  type Classroom,
  HOST,
  P1,
  P2,
  P3,
  START,
  floorless,
  liveClass,
  living,
} from "./classroom.ts";

const ASK = { type: "question.ask", text: "Why?" };

function asked(settings: Record<string, string | boolean>) {
  const room = liveClass({ settings });
  room.must(P1, ASK);
  return { room, questionId: `q${room.seq}` };
}

/** The same session with other rows, as a node reads it from the store. */
function reread(room: Classroom, rows: object): void {
  const { state, context } = room.living;
  const stored = { version: 2, state, context: { ...context, ...rows } };
  room.living = living(sessionMachine.revive(JSON.parse(JSON.stringify(stored))));
}

describe("an anonymous session", () => {
  test("LS11: hosts learn neither who asked nor who reacted", () => {
    const { room } = asked({ anonymous: true, questions: "open" });
    const heard = [room.seen(HOST)];

    room.must(P1, { type: "reaction.send", emoji: "clap" });

    heard.push(room.seen(HOST));
    const seen = JSON.stringify([heard, room.view(HOST)?.["questions"]]);
    expect(seen).toContain("Why?");
    expect(seen).toContain("clap");
    expect(seen).not.toMatch(/"p1"|Name-p1/);
  });

  test("LS11: what was asked without a name has none when the session has names later", () => {
    const { room, questionId } = asked({ anonymous: true });

    reread(room, { settings: { ...room.context.settings, anonymous: false } });

    expect(room.view(HOST)?.["questions"]).toMatchObject([
      { questionId, participantId: null, name: null },
    ]);
  });
});

describe("limits", () => {
  test("votes of one participant are half a second apart, also for other questions", () => {
    const { room, questionId } = asked({ questions: "open" });
    room.must(P2, ASK);
    const second = `q${room.seq}`;
    room.must(P3, { type: "question.upvote", questionId });
    room.pass(499);

    const early = room.refusal(P3, { type: "question.upvote", questionId: second });

    expect(early).toMatchObject({ code: "rate-limited", more: { retryAfterMs: 1 } });
    expect(room.pass(1).verdict(P3, { type: "question.upvote", questionId: second })).toBe(
      "accepted",
    );
  });

  test("more votes than a session holds beside its answers are too large, and the rest goes on", () => {
    const { room, questionId } = asked({ questions: "open" });
    const floor = room.context.floor;
    const [question] = floor?.questions ?? [];
    const votes = Array.from({ length: 1_000 }, (_, index) => `participant-${index}-of-the-class`);
    const many = Array.from({ length: 40 }, (_, n) => ({
      ...question,
      questionId: `x${n}`,
      votes,
    }));

    reread(room, { floor: { ...floor, questions: [question, ...many] } });

    expect(room.verdict(P2, ASK)).toBe("too-large");
    expect(room.verdict(P2, { type: "question.upvote", questionId })).toBe("too-large");
    expect(room.verdict(HOST, { type: "question.resolve", questionId })).toBe("accepted");
    expect(room.verdict(P2, { type: "reaction.send", emoji: "clap" })).toBe("accepted");
  });
});

describe("reactions", () => {
  test("everyone has their number, as a counter and in the view", () => {
    const room = liveClass();
    for (const by of [P1, P2]) {
      room.must(by, { type: "reaction.send", emoji: "clap" });
    }

    const counters = room.living.counters().filter(({ of }) => of === "reactions");

    const fields = { counts: { clap: 2 } };
    expect(counters).toEqual([{ of: "reactions", to: ["hosts", "class", "board"], fields }]);
    for (const by of [HOST, P3, BOARD]) {
      expect(room.view(by)).toMatchObject({ reactions: { clap: 2 } });
    }
  });
});

test("C8: a session of version 1 that is over stays what it was", () => {
  const room = liveClass();
  room.must(HOST, { type: "session.end" });
  room.pass(8 * 24 * 3_600_000);
  const { state, context } = room.living;
  const stored = { version: 1, state, context: floorless(context) };
  const old = sessionMachine1.revive(JSON.parse(JSON.stringify(stored)));

  const taken = sessionMachine.upgrade?.(old.persist(), { at: START, seq: 99, by: HOST });

  expect(old.over).toBe(true);
  expect(taken).toMatchObject({ kind: "refused", refusal: { code: "session-over" } });
  expect(old.counters().map(({ of }) => of)).not.toContain("reactions");
});
