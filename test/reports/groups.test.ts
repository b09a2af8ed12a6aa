/** Reports on a class that worked in groups: who was asked what, and how each group did. */
import { describe, expect, test } from "bun:test";
import { SessionLiving } from "../../machines/learning-session/machine.ts";
import { reportOf } from "../../machines/learning-session/report.ts";
import { groupResultsOf } from "../../src/reports/group-results.ts";
import { analysisOf, earnedBy } from "../../src/reports/item-analysis.ts";
import { ownOf } from "../../src/reports/own-report.ts";
import { type Classroom, HOST, LEARNERS, type Options, liveClass } from "../machines/classroom.ts";
import { groupIds } from "../machines/stage.ts";

type Choices = Readonly<Record<string, string>>;

/** Opens, answers and closes; without a group the class is asked. */
function ask(room: Classroom, choices: Choices, groupId?: string): string {
  const group = groupId === undefined ? {} : { groupId };
  room.must(HOST, { type: "round.open", stepId: "single", limitMs: 60_000, ...group });
  const opened = room.context.grouping?.groups.find((each) => each.groupId === groupId);
  const roundId = opened?.round?.roundId ?? room.roundId;
  for (const { id, by } of LEARNERS) {
    const choice = choices[id];
    if (choice !== undefined) {
      room.must(by, { type: "answer.submit", roundId, answer: { choice } });
    }
  }
  room.must(HOST, { type: "round.close", roundId });
  room.pass(1_000);
  return roundId;
}

/** All are asked once, p3 is wrong; then p1 and p2 are Reds, and p3, a Blue, is asked twice. */
function grouped(options: Options = {}) {
  const room = liveClass({ settings: { graceMs: 0, ...options.settings } });
  const whole = ask(room, { p1: "a", p2: "a", p3: "b" });
  const groups = [
    { name: "Reds", participantIds: ["p1", "p2"] },
    { name: "Blues", participantIds: ["p3"] },
  ];
  room.must(HOST, { type: "groups.plan", strategy: "by-hand", groups });
  room.must(HOST, { type: "groups.open" });
  const [reds = "", blues = ""] = groupIds(room);
  const red = ask(room, { p1: "a" }, reds);
  const blue = [ask(room, { p3: "a" }, blues), ask(room, { p3: "b" }, blues)];
  room.must(HOST, { type: "groups.recall" });
  room.pass(120_000);
  return { room, reds, blues, whole, red, blue };
}

describe("items that groups were asked", () => {
  test("are of those who were asked: others left nothing blank", () => {
    const { room, reds, whole, red, blue } = grouped();
    const { items, overall } = analysisOf(room.context);
    expect(items).toMatchObject([
      { roundId: whole, group: null, takers: 3, answered: 3, difficulty: 0.6667 },
      { roundId: red, group: { groupId: reds, name: "Reds" }, takers: 2, difficulty: 0.5 },
      { roundId: blue[0], group: { name: "Blues" }, takers: 1, answered: 1, difficulty: 1 },
      { roundId: blue[1], takers: 1, answered: 1, difficulty: 0 },
    ]);
    const points = items[0]?.pointsMax ?? 0;
    // Of 2, 2 and 3 rounds p1 has 2, p2 1 and p3 1: shares of 1, 1/2 and 1/3.
    expect(overall).toMatchObject({ takers: 3, pointsMax: 3 * points, reliability: null });
    expect(overall.distribution).toEqual([0, 0, 0, 1, 1, 0, 0, 0, 0, 1]);
  });

  test("are no part of what another group's student could earn", () => {
    const { room } = grouped();
    const [p1, , p3] = room.context.participants;
    const points = analysisOf(room.context).items[0]?.pointsMax ?? 0;
    expect(p1 && earnedBy(room.context, p1)).toEqual({ points: 2 * points, max: 2 * points });
    expect(p3 && earnedBy(room.context, p3)).toEqual({ points, max: 3 * points });
  });
});

describe("the report", () => {
  test("says whose each round was, and in which groups each was asked", () => {
    const { room, reds, blues, red } = grouped();
    const { rounds, participants } = reportOf(room.context);
    expect(rounds.map(({ group }) => group)).toEqual([
      null,
      { groupId: reds, name: "Reds" },
      { groupId: blues, name: "Blues" },
      { groupId: blues, name: "Blues" },
    ]);
    expect(participants.map(({ groups }) => groups.map(({ name }) => name))).toEqual([
      ...[["Reds"], ["Reds"], ["Blues"]],
    ]);
    expect(rounds[1]).toMatchObject({ roundId: red, counts: { a: 1, b: 0, c: 0 } });
  });

  test("says how each group did, and each in it", () => {
    const { room, reds, red } = grouped();
    const [first, second] = groupResultsOf(room.context);
    const points = analysisOf(room.context).items[0]?.pointsMax ?? 0;
    expect(first).toEqual({
      ...{ groupId: reds, name: "Reds", rounds: [red], takers: 1, pointsMean: points, share: 1 },
      members: [
        { participantId: "p1", name: "Name-p1", answered: 1, points, pointsMax: points },
        { participantId: "p2", name: "Name-p2", answered: 0, points: 0, pointsMax: points },
      ],
    });
    expect(second).toMatchObject({ name: "Blues", takers: 1, share: 0.5 });
  });

  test("RP6: of an anonymous session names nobody as of a group, nor a group of one", () => {
    const { room } = grouped({ settings: { anonymous: true } });
    expect(reportOf(room.context).participants.flatMap(({ groups }) => groups)).toEqual([]);
    const results = groupResultsOf(room.context);
    expect(results).toMatchObject([
      { name: "Reds", members: [], takers: 1, share: null, pointsMean: null },
      { name: "Blues", members: [], takers: 1, share: null, pointsMean: null },
    ]);
    const both = liveClass({ settings: { graceMs: 0, anonymous: true } });
    both.must(HOST, {
      type: "groups.plan",
      strategy: "by-hand",
      groups: [
        { name: "Reds", participantIds: ["p1", "p2"] },
        { name: "Blues", participantIds: ["p3"] },
      ],
    });
    both.must(HOST, { type: "groups.open" });
    ask(both, { p1: "a", p2: "b" }, groupIds(both)[0]);
    expect(groupResultsOf(both.context)).toMatchObject([{ share: 0.5, members: [] }]);
  });

  test("LS11: of a student has the class's rounds and his group's", () => {
    const { room, whole, red, blue } = grouped();
    room.must(HOST, { type: "session.end" });
    const living = room.living;
    expect(living).toBeInstanceOf(SessionLiving);
    const report = reportOf(room.context);
    const seen = room.context.participants.map(({ participantId }) =>
      ownOf(report, living, participantId).rounds.map(({ roundId }) => roundId),
    );
    expect(seen).toEqual([
      ...[
        [whole, red],
        [whole, red],
        [whole, ...blue],
      ],
    ]);
  });
});
