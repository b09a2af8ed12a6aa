/** The floor of version 2: questions, votes, reactions, muting; and version 1, which has none. */
import { describe, expect, test } from "bun:test";
import { MACHINES } from "../../machines/catalog.ts";
import { sessionMachine, sessionMachine1 } from "../../machines/learning-session/machine.ts";
import type { JsonObject } from "../../machines/json.ts";
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
  seenOf,
} from "./classroom.ts";
import { accepted, rule, students } from "./rule.ts";

const ASK = { type: "question.ask", text: "Why?" };
const REACT = { type: "reaction.send", emoji: "clap" };

/** P1 has asked; the question's id. */
function asked(questions: string): { room: Classroom; questionId: string } {
  const room = liveClass({ settings: { questions } });
  room.must(P1, ASK);
  return { room, questionId: `q${room.seq}` };
}

function questionsOf(view: JsonObject | undefined): readonly JsonObject[] {
  return parseRows(view?.["questions"] ?? []);
}

function parseRows(rows: unknown): readonly JsonObject[] {
  return rows as readonly JsonObject[];
}

describe("questions", () => {
  test("moderated: hosts and the author see it, the class and the wall once it is pinned", () => {
    const { room, questionId } = asked("moderated");

    expect(room.seen(HOST)).toMatchObject([{ questionId, participantId: "p1", text: "Why?" }]);
    expect(room.seen(P1)).toMatchObject([{ type: "question.asked", questionId, text: "Why?" }]);
    expect([room.seen(P2), room.seen(BOARD)]).toEqual([[], []]);
    expect([P2, BOARD].map((by) => questionsOf(room.view(by)))).toEqual([[], []]);
    expect(room.verdict(P2, { type: "question.upvote", questionId })).toBe("invalid");

    room.must(HOST, { type: "question.pin", questionId });

    expect(room.seen(P2)).toMatchObject([{ type: "question.pinned", questionId, text: "Why?" }]);
    expect(questionsOf(room.view(BOARD))).toMatchObject([{ questionId, pinned: true }]);
    expect(questionsOf(room.view(P1))).toMatchObject([{ mine: true, upvoted: false }]);
    expect(questionsOf(room.view(HOST))).toMatchObject([{ name: "Name-p1", shown: true }]);
  });

  test("open: the class sees it at once, and what was asked before stays as it was", () => {
    const { room, questionId } = asked("moderated");
    room.must(HOST, { type: "settings.set", settings: { questions: "open" } });
    room.must(P2, ASK);

    expect(room.seen(P3)).toMatchObject([{ type: "question.asked", text: "Why?", upvotes: 0 }]);
    expect(questionsOf(room.view(P3)).map((each) => each["questionId"])).not.toContain(questionId);
  });

  test("off: none is taken, whatever was asked before", () => {
    const { room } = asked("open");
    room.must(HOST, { type: "settings.set", settings: { questions: "off" } });

    expect(room.verdict(P2, ASK)).toBe("not-accepted");
    expect(questionsOf(room.view(P2))).toHaveLength(1);
  });

  test("one vote a participant, counted for all who see it; none once it is resolved", () => {
    const { room, questionId } = asked("open");
    const vote = { type: "question.upvote", questionId };

    room.must(P2, vote);
    expect(room.seen(P3)).toEqual([{ type: "question.upvoted", questionId, upvotes: 1 }]);
    expect(room.seen(P2)).toMatchObject([{ upvotes: 1, upvoted: true }]);
    room.pass(500);
    expect(room.must(P2, vote)).toEqual([]);
    room.must(P3, vote);
    expect(questionsOf(room.view(HOST))).toMatchObject([{ upvotes: 2 }]);

    room.must(HOST, { type: "question.resolve", questionId });
    expect(room.seen(BOARD)).toEqual([{ type: "question.resolved", questionId }]);
    expect(room.verdict(P1, vote)).toBe("not-accepted");
  });

  test("unpinned it stays shown; removed it is gone for all who saw it, and its pace goes on", () => {
    const { room, questionId } = asked("moderated");
    room.must(HOST, { type: "question.pin", questionId });
    expect(room.must(HOST, { type: "question.unpin", questionId })).not.toEqual([]);
    expect(room.seen(P2)).toEqual([{ type: "question.unpinned", questionId }]);
    expect(questionsOf(room.view(BOARD))).toMatchObject([{ questionId, pinned: false }]);
    expect(room.must(HOST, { type: "question.unpin", questionId })).toEqual([]);

    room.must(HOST, { type: "question.remove", questionId });

    expect([P1, P2, BOARD, HOST].map((by) => room.seen(by))).toEqual(
      [1, 2, 3, 4].map(() => [{ type: "question.removed", questionId }]),
    );
    expect([P1, P2, BOARD, HOST].flatMap((by) => questionsOf(room.view(by)))).toEqual([]);
    expect(room.verdict(HOST, { type: "question.pin", questionId })).toBe("invalid");
    expect(room.verdict(P1, ASK)).toBe("rate-limited");
  });

  test("LS11: what nobody was shown is taken down between its author and the hosts", () => {
    const { room, questionId } = asked("moderated");

    room.must(HOST, { type: "question.remove", questionId });

    expect([room.seen(P2), room.seen(BOARD)]).toEqual([[], []]);
    expect(room.seen(P1)).toEqual([{ type: "question.removed", questionId }]);
  });

  test("one in ten seconds by the time of receipt, and the author keeps it over a reconnect", () => {
    const { room } = asked("open");
    room.pass(9_999);
    expect(room.refusal(P1, ASK)).toMatchObject({
      code: "rate-limited",
      more: { retryAfterMs: 1 },
    });
    expect(room.verdict(P2, ASK)).toBe("accepted");
    room.pass(1);
    expect(room.verdict(P1, ASK)).toBe("accepted");
    expect(room.verdict(P3, { type: "question.ask", text: " \n" })).toBe("invalid");
  });

  test("LS12: only hosts pin, resolve, take down and mute, also of one's own question", () => {
    const { room, questionId } = asked("open");
    const words = [
      { type: "question.pin", questionId },
      { type: "question.unpin", questionId },
      { type: "question.resolve", questionId },
      { type: "question.remove", questionId },
      { type: "floor.set", floor: "muted" },
    ];

    for (const by of [P1, P2, BOARD]) {
      expect(words.map((word) => room.verdict(by, word))).toEqual(words.map(() => "not-allowed"));
    }
    expect(words.map((word) => room.verdict(HOST, word))).toEqual(words.map(() => "accepted"));
  });

  test("two hundred are kept, and no more", () => {
    const room = liveClass({ settings: { maxDurationMs: 86_400_000 } });
    for (let count = 0; count < 200; count += 1) {
      room.must(P1, ASK);
      room.pass(10_000);
    }

    expect(room.verdict(P1, ASK)).toBe("not-accepted");
  });
});

describe("reactions and muting", () => {
  test("hosts see whose it is, the wall what it is, other students nothing; one a second", () => {
    const room = liveClass();
    room.must(P1, REACT);

    expect(room.seen(HOST)).toMatchObject([{ participantId: "p1", emoji: "clap" }]);
    expect(room.seen(BOARD)).toEqual([{ type: "reaction.sent", emoji: "clap" }]);
    expect(room.seen(P2)).toEqual([]);
    expect(room.verdict(P1, REACT)).toBe("rate-limited");
    room.pass(1_000);
    expect(room.verdict(P1, REACT)).toBe("accepted");
    expect(room.verdict(P2, { ...REACT, emoji: "tank" })).toBe("invalid");
    room.must(HOST, { type: "settings.set", settings: { reactions: false } });
    expect(room.verdict(P2, REACT)).toBe("not-accepted");
  });

  test("muted: the class adds nothing but hands; everyone hears of it, once", () => {
    const { room, questionId } = asked("open");
    const mute = { type: "floor.set", floor: "muted" };
    room.must(HOST, mute);

    expect(room.seen(P2)).toEqual([{ type: "floor.changed", floor: "muted" }]);
    expect(room.must(HOST, mute)).toEqual([]);
    expect(room.verdict(P2, { type: "question.upvote", questionId })).toBe("not-accepted");
    expect(room.verdict(P2, { type: "hand.raise" })).toBe("accepted");
    expect(room.view(BOARD)).toMatchObject({ floor: "muted" });
    room.must(HOST, { type: "floor.set", floor: "open" });
    expect(room.verdict(P2, ASK)).toBe("accepted");
  });
});

describe("versions", () => {
  test("version 1 knows nothing of it, and becomes one of version 2 with an empty floor", () => {
    const { context: rows, state } = liveClass().living;
    const context = floorless(rows);
    const stored = { version: 1, state, context };
    const old = living(sessionMachine1.revive(JSON.parse(JSON.stringify(stored))));
    const stamp = { at: START + 1, seq: 99, by: P1 };

    expect(old.step(ASK, stamp)).toMatchObject({ refusal: { code: "not-allowed" } });
    expect(sessionMachine1.can(state, "student")).not.toContain("question.ask");
    expect(sessionMachine1.may("question.ask", "student")).toBe(false);
    expect(Object.keys(sessionMachine1.commands)).not.toContain("floor.set");
    expect(Object.keys(old.view(old.standing(P1) ?? NOBODY))).not.toContain("questions");

    const taken = sessionMachine.upgrade?.(old.persist(), stamp);
    const next = taken?.kind === "accepted" ? living(taken.next) : old;
    expect(JSON.parse(JSON.stringify(next.persist()))).toEqual({
      version: 2,
      state,
      context: { ...context, at: START + 1, floor: EMPTY },
    });
    expect(next.step(ASK, { ...stamp, seq: 100 }).kind).toBe("accepted");
    expect(MACHINES.session.map(({ version }) => version)).toEqual([1, 2]);
  });
});

describe("over any history", () => {
  rule(
    "LS11: who asked or reacted reaches hosts alone; what is not shown, its author too",
    (room) => {
      for (const step of accepted(room)) {
        const { questions = [] } = step.after.context.floor ?? {};
        const removed = step.before.context.floor?.questions.filter(
          (was) => !questions.some(({ questionId }) => questionId === was.questionId),
        );
        for (const { id, by } of students(step)) {
          const hidden = [...questions, ...(removed ?? [])].filter(
            (each) => !each.shown && each.participantId !== id,
          );
          const standing = step.after.standing(by) ?? NOBODY;
          const seen = JSON.stringify([seenOf(step, by), step.after.view(standing)]);
          for (const { questionId } of hidden) {
            expect(seen).not.toContain(`"${questionId}"`);
          }
        }
      }
    },
  );

  rule(
    "LS3: each participant counts once in a question's votes, and votes never get fewer",
    (room) => {
      for (const { before, after } of accepted(room)) {
        for (const { questionId, votes } of after.context.floor?.questions ?? []) {
          const was = before.context.floor?.questions.find(
            (each) => each.questionId === questionId,
          );
          expect(new Set(votes).size).toBe(votes.length);
          expect(votes.slice(0, was?.votes.length ?? 0)).toEqual([...(was?.votes ?? [])]);
        }
      }
    },
  );

  rule("the pace of each is kept by the time of receipt", (room) => {
    const last = new Map<string, number>();
    for (const { message, stamp } of accepted(room)) {
      const everyMs = PACE.get(message.type);
      const key = `${message.type} ${JSON.stringify(stamp.by)}`;
      if (everyMs !== undefined) {
        expect(stamp.at - (last.get(key) ?? -everyMs)).toBeGreaterThanOrEqual(everyMs);
        last.set(key, stamp.at);
      }
    }
  });
});

const PACE: ReadonlyMap<string, number> = new Map([
  ["question.ask", 10_000],
  ["question.upvote", 500],
  ["reaction.send", 1_000],
  ["presence.set", 1_000],
]);
const EMPTY = {
  ...{ questions: [], reactions: {}, askedAt: {}, votedAt: {}, reactedAt: {}, attendedAt: {} },
  ...{ nudges: {}, calledAt: {} },
};
const NOBODY = { role: "nobody", audience: "own", since: 0 } as const;
