/** Groups: planned, split, asked apart, recalled; and who is told what of it. */
import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../machines/json.ts";
import type { Principal } from "../../machines/principal.ts";
import {
  BOARD,
  Classroom,
  HOST,
  LEARNERS,
  P1,
  P2,
  P3,
  guest,
  join,
  liveClass,
  revived,
} from "./classroom.ts";
import { ask, grouping, split } from "./split-class.ts";
import { groupIds } from "./stage.ts";

const MINUTE = 60_000;
const P4 = LEARNERS[3]?.by ?? guest("p4");

function members(room: Classroom): readonly (readonly string[])[] {
  return (room.context.grouping?.groups ?? []).map((group) => group.members);
}

function seats(count: number): readonly { id: string; by: Principal }[] {
  return Array.from({ length: count }, (_, n) => ({ id: `s${n}`, by: guest(`s${n}`) }));
}

function classOf(count: number): Classroom {
  const room = new Classroom();
  room.must(HOST, { type: "session.open-lobby" });
  for (const { id, by } of seats(count)) {
    join(room, { id, userId: null, by });
  }
  room.must(HOST, { type: "session.start" });
  return room;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function roundIn(room: Classroom, by: Principal): unknown {
  const round = room.view(by)?.["round"];
  return round === null ? null : parseRow(round)["roundId"];
}

function parseRow(row: unknown): JsonObject {
  return row as JsonObject;
}

function typesSeen(room: Classroom, by: Principal): readonly string[] {
  return room.seen(by).map(({ type }) => type);
}

describe("a plan", () => {
  test.each(["random", "balanced"])("%s: all in groups that differ by at most one", (strategy) => {
    const room = classOf(11);

    room.must(HOST, { type: "groups.plan", strategy, size: 3 });

    expect(
      members(room)
        .map((each) => each.length)
        .toSorted((a, b) => a - b),
    ).toEqual([2, 3, 3, 3]);
    expect(members(room).flat().toSorted(byText)).toEqual(
      seats(11)
        .map(({ id }) => id)
        .toSorted(byText),
    );
  });

  test("random: another record deals otherwise, a replay the same", () => {
    const room = classOf(12);
    const plan = { type: "groups.plan", strategy: "random", count: 3 };
    room.must(HOST, plan);
    const first = members(room);
    const again = classOf(12);
    again.must(HOST, plan);

    room.must(HOST, plan);

    expect(members(again)).toEqual(first);
    expect(members(room)).not.toEqual(first);
  });

  test("balanced: a snake draft by points so far", () => {
    const room = classOf(4);
    room.must(HOST, { type: "round.open", stepId: "single" });
    const { roundId } = room;
    room.must(HOST, { type: "round.close", roundId });
    room.pass(1_500);
    for (const [n, points] of [0, 2, 1, 0.5].entries()) {
      room.must(HOST, { type: "answer.grade", roundId, participantId: `s${n}`, points });
    }

    room.must(HOST, { type: "groups.plan", strategy: "balanced", count: 2 });

    expect(members(room)).toEqual([
      ["s1", "s0"],
      ["s2", "s3"],
    ]);
  });

  test("by hand: whoever was forgotten has a place when it opens", () => {
    const room = liveClass();
    room.must(HOST, { type: "groups.plan", strategy: "by-hand", count: 2 });
    const [, second = ""] = groupIds(room);
    room.must(HOST, { type: "groups.move", participantId: "p3", groupId: second });

    expect(room.view(P3)).toMatchObject({ me: { groupId: null }, group: null });
    room.must(HOST, { type: "groups.open" });

    expect(members(room)).toEqual([["p1", "p2"], ["p3"]]);
    expect(room.view(P3)).toMatchObject({ group: { groupId: second, name: "2", members: 1 } });
  });

  test("self-selected: each chooses for himself, and for nobody else", () => {
    const room = liveClass();
    room.must(HOST, { type: "groups.plan", strategy: "self-selected", groups: [{ name: "Reds" }] });
    const [groupId = ""] = groupIds(room);
    const move = { type: "groups.move", participantId: "p1", groupId };

    expect(room.verdict(P2, move)).toBe("not-allowed");
    expect(room.verdict(P1, { ...move, groupId: "g9" })).toBe("invalid");
    expect(room.verdict(P1, move)).toBe("accepted");

    expect(room.view(P2)).toMatchObject({ grouping: { groups: [{ name: "Reds", members: 1 }] } });
    expect(JSON.stringify(room.seen(P2))).not.toContain("p1");
    const dealt = split();
    const own = { ...move, groupId: groupIds(dealt)[1] ?? "" };
    expect(dealt.verdict(P1, own)).toBe("not-allowed");
  });

  test.each([
    [{ count: 2, size: 2 }, "/count"],
    [{}, "/count"],
    [{ groups: [{ name: "A", participantIds: ["p1", "p1"] }] }, "/groups/0/participantIds/1"],
    [{ groups: [{ name: "A", participantIds: ["p9"] }] }, "/groups/0/participantIds/0"],
  ])("%j is refused", (fields, path) => {
    const room = liveClass();

    const refusal = room.refusal(HOST, { type: "groups.plan", strategy: "by-hand", ...fields });

    expect(refusal).toMatchObject({ code: "invalid", errors: [{ path }] });
  });

  test("names of people come with plans by hand alone", () => {
    const room = liveClass();
    const groups = [{ name: "A", participantIds: ["p1"] }];

    const refusal = room.refusal(HOST, { type: "groups.plan", strategy: "random", groups });

    expect(refusal).toMatchObject({ errors: [{ path: "/groups/0/participantIds/0" }] });
  });
});

describe("while split", () => {
  test("LS15: who comes late goes to the smallest group, who comes back to his own", () => {
    const room = split();
    join(room, { id: "p4", userId: "s4", by: P4 });
    expect(members(room)).toEqual([
      ["p1", "p2"],
      ["p3", "p4"],
    ]);

    room.must(P1, { type: "participant.leave" });
    room.must(P2, { type: "participant.leave" });
    join(room, { id: "p2", userId: null, by: P2 });

    expect(members(room)[0]).toContain("p2");
    expect(room.view(P2)).toMatchObject({ group: { name: "Reds", members: 1 } });
  });

  test("a student knows his group and how many are in it; hosts know all", () => {
    const room = split();

    expect(room.seen(P1)).toMatchObject([{ type: "groups.opened", name: "Reds", members: 2 }]);
    expect(JSON.stringify([room.seen(P1), room.view(P1)?.["grouping"]])).not.toContain("p3");
    expect(room.seen(HOST)).toMatchObject([{ groups: [{ members: ["p1", "p2"] }, {}] }]);
    expect(room.view(HOST)).toMatchObject({
      grouping: { phase: "split", groups: [{ name: "Reds", round: null }, { name: "Blues" }] },
    });
    expect(JSON.stringify(room.view(BOARD)?.["grouping"])).not.toContain("Reds");
  });

  test("a move changes where somebody stands, so that he is shown all anew", () => {
    const room = split();
    const before = room.standing(P1);
    const [, blues = ""] = groupIds(room);

    const facts = room.must(HOST, { type: "groups.move", participantId: "p1", groupId: blues });

    expect(facts[0]?.standings).toMatchObject([{ standing: { since: room.seq } }]);
    expect(room.standing(P1)).not.toEqual(before);
    expect(room.seen(P3)).toMatchObject([{ type: "groups.moved", name: "Blues", members: 2 }]);
    expect(JSON.stringify(room.seen(P3))).not.toContain("p1");
  });

  test("an announcement reaches all, and stays in the view", () => {
    const room = split();

    room.must(HOST, { type: "groups.announce", text: "Five minutes" });

    expect(room.seen(P1)).toMatchObject([{ type: "groups.announced", text: "Five minutes" }]);
    expect(room.view(P3)).toMatchObject({ grouping: { announcement: { text: "Five minutes" } } });
  });

  test("LS15: recall warns for a minute, leaves half a minute to come back, and all are back", () => {
    const room = split();
    room.must(HOST, { type: "groups.recall" });
    expect([grouping(room), typesSeen(room, P1)]).toEqual(["closing", ["groups.closing"]]);

    room.pass(MINUTE);
    expect([grouping(room), typesSeen(room, P1)]).toEqual(["merging", ["groups.merging"]]);
    room.pass(MINUTE / 2);

    expect([grouping(room), typesSeen(room, P1)]).toEqual(["whole", ["groups.recalled"]]);
    expect(room.context.grouping).toBeNull();
    expect(room.view(P1)).toMatchObject({ grouping: null, me: { groupId: null } });
    expect(room.timers.size).toBe(1);
  });

  test("LS20: time that is over does the same, also when no node lived meanwhile", () => {
    const room = split({ durationMs: 10 * MINUTE });
    room.pass(10 * MINUTE - 1);
    expect(grouping(room)).toBe("split");

    room.living = revived(room.living);
    room.sleep(1 + 2 * MINUTE);

    expect(grouping(room)).toBe("closing");
    room.pass(2 * MINUTE);
    expect(grouping(room)).toBe("whole");
  });

  test("a recall calls off the time, and the end of the session the groups", () => {
    const room = split({ durationMs: 10 * MINUTE });
    ask(room, 0);
    room.must(HOST, { type: "groups.recall" });
    expect(room.timers.get("groups")?.dueAt).toBe(room.at + MINUTE);

    room.must(HOST, { type: "session.end" });

    expect([grouping(room), room.context.grouping]).toEqual(["whole", null]);
    expect(room.context.pastRounds).toMatchObject([{ scoredAt: room.at, group: { name: "Reds" } }]);
    expect([...room.timers.values()].map(({ event }) => event.type)).not.toContain("timer.groups");
  });
});

describe("a round of a group", () => {
  test("LS11: is asked, answered and shown in that group, and to hosts", () => {
    const room = split();
    const roundId = ask(room, 0);
    expect([typesSeen(room, P1), typesSeen(room, P3)]).toEqual([["round.opened"], []]);
    expect([P1, P3, BOARD].map((by) => roundIn(room, by))).toEqual([roundId, null, null]);
    expect(typesSeen(room, BOARD)).toEqual([]);

    const answer = { choice: "a" };
    expect(room.verdict(P3, { type: "answer.submit", roundId, answer })).toBe("round-not-open");
    room.must(P1, { type: "answer.submit", roundId, answer });
    room.must(P2, { type: "draft.save", roundId, answer: { choice: "b" } });
    expect(room.view(HOST)).toMatchObject({
      grouping: { groups: [{ round: { answered: 1, expected: 2 } }, { round: null }] },
    });
    room.must(HOST, { type: "round.close", roundId });
    room.pass(1_500);
    room.must(HOST, { type: "round.reveal", roundId });

    expect(room.seen(P1)).toMatchObject([{ type: "round.revealed", counts: { a: 1, b: 1 } }]);
    expect([room.seen(P3), room.seen(BOARD)]).toEqual([[], []]);
    expect(room.view(P1)).toMatchObject({ me: { points: 2 }, results: [{ roundId, points: 2 }] });
    expect(room.seen(HOST)).toMatchObject([{ groupId: groupIds(room)[0], leaderboard: {} }]);
  });

  test("one is open for each audience, and never one of the class beside it", () => {
    const room = split();
    const first = ask(room, 0);
    const [reds = "", blues = ""] = groupIds(room);
    const open = { type: "round.open", stepId: "poll" };

    expect(room.verdict(HOST, { ...open, groupId: reds })).toBe("round-already-open");
    expect(room.verdict(HOST, { ...open, groupId: "g0" })).toBe("invalid");
    expect(room.verdict(HOST, open)).toBe("round-already-open");
    expect(room.verdict(HOST, { ...open, groupId: blues })).toBe("accepted");
    const wrong = { type: "answer.submit", roundId: first, answer: { choice: "a" } };
    expect(room.verdict(P3, wrong)).toBe("wrong-round");
    expect(liveClass().verdict(HOST, { ...open, groupId: reds })).toBe("not-accepted");
  });

  test("what the class was asked is put away for it, and the reverse", () => {
    const room = split();
    room.must(HOST, { type: "round.open", stepId: "poll" });
    const ofClass = room.roundId;
    const groupId = groupIds(room)[0] ?? "";
    const open = { type: "round.open", stepId: "single", groupId };
    expect(room.verdict(HOST, open)).toBe("round-already-open");
    room.must(HOST, { type: "round.close", roundId: ofClass });
    room.pass(1_500);

    room.must(HOST, open);
    expect(typesSeen(room, P3)).toEqual(["round.dismissed"]);
    expect(roundIn(room, P3)).toBeNull();
    const { roundId } = room;
    room.must(HOST, { type: "round.close", roundId });
    room.pass(1_500);
    room.must(HOST, { type: "round.open", stepId: "poll" });

    expect(room.context.grouping?.groups.map(({ round }) => round)).toEqual([null, null]);
    expect(room.context.pastRounds).toMatchObject([{ roundId: ofClass }, { roundId }]);
    expect(roundIn(room, P1)).toBe(room.roundId);
  });

  test("LS8: a pause freezes it, and each group hears of its own time", () => {
    const room = split();
    const roundId = ask(room, 0, { limitMs: MINUTE });
    room.pass(20_000);
    room.must(HOST, { type: "session.pause" });
    expect(room.seen(P1)).toMatchObject([{ remainingMs: 40_000 }]);
    expect(room.seen(P3)).toMatchObject([{ remainingMs: null }]);

    room.pass(10 * MINUTE);
    room.must(HOST, { type: "session.resume" });
    room.pass(39_999);
    expect(room.verdict(P1, { type: "answer.submit", roundId, answer: { choice: "a" } })).toBe(
      "accepted",
    );
    room.pass(1 + 1_500);

    expect(room.context.grouping?.groups[0]?.round?.scoredAt).toBe(room.at);
  });

  test("time of one's own holds in a group too", () => {
    const room = split();
    const roundId = ask(room, 0, { limitMs: MINUTE });
    const own = { type: "accommodation.set", participantId: "p2", multiplier: 2 };
    room.must(HOST, own);
    room.pass(MINUTE + 1_500);

    const answer = { type: "answer.submit", roundId, answer: { choice: "a" } };
    expect([room.verdict(P1, answer), room.verdict(P2, answer)]).toEqual(["too-late", "accepted"]);
  });

  test("LS11: who has answered and was moved away hears no more of it", () => {
    const room = split();
    room.must(HOST, { type: "accommodation.set", participantId: "p1", multiplier: 2 });
    const roundId = ask(room, 0, { limitMs: MINUTE });
    room.must(P1, { type: "answer.submit", roundId, answer: { choice: "a" } });
    const groupId = groupIds(room)[1] ?? "";
    room.must(HOST, { type: "groups.move", participantId: "p1", groupId });

    room.must(HOST, { type: "round.extend", roundId, byMs: MINUTE });

    expect([typesSeen(room, P1), typesSeen(room, P2)]).toEqual([[], ["round.extended"]]);
  });

  test("who is moved there keeps his own time", () => {
    const room = split();
    room.must(HOST, { type: "accommodation.set", participantId: "p3", multiplier: 2 });
    const roundId = ask(room, 0, { limitMs: MINUTE });
    const groupId = groupIds(room)[0] ?? "";
    room.must(HOST, { type: "groups.move", participantId: "p3", groupId });
    room.pass(MINUTE + 1_500);

    const answer = { type: "answer.submit", roundId, answer: { choice: "a" } };
    expect([room.verdict(P1, answer), room.verdict(P3, answer)]).toEqual(["too-late", "accepted"]);
  });

  test("a round whose timer comes long after gets its reprieve", () => {
    const room = split();
    const roundId = ask(room, 0, { limitMs: MINUTE });

    room.sleep(10 * MINUTE);

    const answer = { type: "answer.submit", roundId, answer: { choice: "a" } };
    expect(room.verdict(P1, answer)).toBe("accepted");
  });

  test("a draft of whoever is moved is handed in where it was written", () => {
    const room = split();
    const roundId = ask(room, 0);
    room.must(P1, { type: "draft.save", roundId, answer: { choice: "a" } });
    const groupId = groupIds(room)[1] ?? "";
    room.must(HOST, { type: "groups.move", participantId: "p1", groupId });
    expect(roundIn(room, P1)).toBeNull();

    room.must(HOST, { type: "groups.recall" });
    room.pass(MINUTE + 1_500);

    expect(room.context.grouping?.groups[0]?.round?.answers).toMatchObject({ p1: { auto: true } });
    expect(typesSeen(room, P1)).toEqual(["answer.submitted"]);
  });

  test("LS11: its results are theirs who were asked, or who answered before they were moved", () => {
    const room = split();
    const roundId = ask(room, 0);
    room.must(P2, { type: "answer.submit", roundId, answer: { choice: "a" } });
    const groupId = groupIds(room)[1] ?? "";
    room.must(HOST, { type: "groups.move", participantId: "p2", groupId });
    room.must(HOST, { type: "round.close", roundId });
    room.pass(1_500);
    room.must(HOST, { type: "round.reveal", roundId });

    const results = [P1, P2, P3].map((by) => room.view(by)?.["results"]);

    expect(results).toEqual([
      [{ roundId, points: 0, correct: null }],
      [{ roundId, points: 2, correct: true }],
      [],
    ]);
  });

  test("corrected later, it still concerns that group alone, and counts are of it", () => {
    const room = split();
    const roundId = ask(room, 0);
    room.must(P1, { type: "answer.submit", roundId, answer: { choice: "b" } });
    room.must(HOST, { type: "groups.recall" });
    room.pass(2 * MINUTE);
    const key = { choices: ["b"], weights: { b: 1 } };

    room.must(HOST, { type: "round.score", roundId, key });

    expect(room.seen(HOST)).toMatchObject([{ type: "round.scored", counts: { b: 1 } }]);
    expect([typesSeen(room, P1), typesSeen(room, P3)]).toEqual([["round.scored"], []]);
    expect(room.context.pastRounds).toMatchObject([{ group: { members: ["p1", "p2"] } }]);
  });
});
