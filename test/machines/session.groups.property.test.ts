/** Groups over random histories of a class that is split, moved about, asked apart and recalled. */
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import type { JsonObject } from "../../machines/json.ts";
import type { Principal } from "../../machines/principal.ts";
import { BOARD, Classroom, HOST, guest, join, seenOf, type Told } from "./classroom.ts";
import { groupIds } from "./stage.ts";
import { leafIn } from "./state.ts";

const IDS = ["p1", "p2", "p3", "p4", "p5", "p6", "p7"];
const STRATEGIES = ["random", "balanced", "by-hand", "self-selected"];
const RUNS = 200;
const TEST_MS_MAX = 60_000;

interface Move {
  readonly kind: number;
  readonly who: number;
  readonly n: number;
  readonly dt: number;
}

const move = fc.record<Move>({
  kind: fc.nat(99),
  who: fc.nat(IDS.length - 1),
  n: fc.nat(11),
  dt: fc.constantFrom(0, 0, 400, 3_000, 20_000),
});

/** What is said, and by whom: `p` of a participant, `g` of a group, `r` of a current round. */
type Play = (say: (by: Principal, type: string, fields?: JsonObject) => void, the: Named) => void;

interface Named {
  readonly p: string;
  readonly by: Principal;
  readonly g: string;
  readonly r: string;
  readonly n: number;
}

/** The first number over the kind that was drawn decides. */
const PLAYS: readonly (readonly [below: number, play: Play])[] = [
  [8, (say, { p, by }) => say(by, "participant.join", { participantId: p, name: p, userId: null })],
  [12, (say, { by }) => say(by, "participant.leave")],
  [
    15,
    (say, { p, n }) => say(HOST, `participant.${n % 2 ? "remove" : "admit"}`, { participantId: p }),
  ],
  [
    18,
    (say, { p, n }) => say(HOST, `participant.${n % 2 ? "ban" : "unban"}`, { participantId: p }),
  ],
  [20, (say, { n }) => say(HOST, "admission.set", { admission: n % 3 ? "open" : "approval" })],
  [
    32,
    (say, { n }) =>
      say(HOST, "groups.plan", { strategy: STRATEGIES[n % 4] ?? "", count: 1 + (n % 3) }),
  ],
  [44, (say, { n }) => say(HOST, "groups.open", n % 2 ? { durationMs: 60_000 } : {})],
  [
    50,
    (say, { p, g, by, n }) =>
      say(n % 3 ? HOST : by, "groups.move", { participantId: p, groupId: g }),
  ],
  [52, (say) => say(HOST, "groups.recall")],
  [53, (say, { p }) => say(HOST, "accommodation.set", { participantId: p, multiplier: 2 })],
  [54, (say) => say(HOST, "groups.announce", { text: "Go on" })],
  [65, (say, { g }) => say(HOST, "round.open", { stepId: "single", groupId: g, limitMs: 20_000 })],
  [68, (say) => say(HOST, "round.open", { stepId: "poll" })],
  [
    78,
    (say, { r, by, n }) =>
      say(by, "answer.submit", { roundId: r, answer: { choice: n % 2 ? "a" : "b" } }),
  ],
  [82, (say, { r, by }) => say(by, "draft.save", { roundId: r, answer: { choice: "b" } })],
  [86, (say, { r }) => say(HOST, "round.close", { roundId: r })],
  [89, (say, { r }) => say(HOST, "round.reveal", { roundId: r })],
  [91, (say, { r }) => say(HOST, "round.void", { roundId: r })],
  [92, (say, { r }) => say(HOST, "round.dismiss", { roundId: r })],
  [94, (say, { r }) => say(HOST, "round.reopen", { roundId: r, limitMs: 10_000 })],
  [96, (say) => say(HOST, "session.pause")],
  [99, (say) => say(HOST, "session.resume")],
  [100, (say, { n }) => (n === 0 ? say(HOST, "session.end") : undefined)],
];

function played(moves: readonly Move[], crashing = false): Classroom {
  const room = new Classroom({ crashing, settings: { shuffleChoices: true } });
  room.must(HOST, { type: "session.open-lobby" });
  for (const id of IDS.slice(0, 5)) {
    join(room, { id, userId: null, by: guest(id) });
  }
  room.must(HOST, { type: "session.start" });
  for (const { kind, who, n, dt } of moves) {
    room.pass(dt);
    const p = IDS[who] ?? "";
    const groups = room.context.grouping?.groups ?? [];
    const rounds = [room.context.round, ...groups.map(({ round }) => round)].flatMap(
      (round) => round?.roundId ?? [],
    );
    const g = groupIds(room)[n % Math.max(1, groups.length)] ?? "g0";
    const r = rounds[n % Math.max(1, rounds.length)] ?? "r999";
    const [, play] = PLAYS.find(([below]) => kind < below) ?? [];
    play?.((by, type, fields = {}) => void room.send(by, { ...fields, type }), {
      ...{ p, by: guest(p), g, r, n },
    });
  }
  return room;
}

function rule(name: string, check: (room: Classroom, moves: readonly Move[]) => void): void {
  const histories = fc.array(move, { minLength: 20, maxLength: 70 });
  const proven = fc.property(histories, (moves) => check(played(moves), moves));
  test(name, () => fc.assert(proven, { numRuns: RUNS }), TEST_MS_MAX);
}

function accepted(room: Classroom): readonly Told[] {
  return room.told.filter(({ stepped }) => stepped.kind === "accepted");
}

rule("LS15: while split, groups partition the admitted; recall brings all back", (room) => {
  for (const { after } of accepted(room)) {
    const { grouping, participants } = after.context;
    const where = leafIn(after.state, "grouping");
    const placed = (grouping?.groups ?? []).flatMap(({ members }) => members);
    const admitted = participants.filter(({ status }) => status === "admitted");

    expect(new Set(placed).size).toBe(placed.length);
    expect(grouping === null || grouping === undefined).toBe(where === "whole");
    if (where !== "whole" && where !== "planned") {
      expect(admitted.filter((row) => !placed.includes(row.participantId))).toEqual([]);
    }
  }
  room.send(HOST, { type: "session.resume" });
  room.send(HOST, { type: "groups.recall" });
  room.pass(180_000);
  expect(leafIn(room.living.state, "grouping")).toBe("whole");
});

rule("LS11: what a group is asked reaches that group and hosts", (room) => {
  for (const told of accepted(room)) {
    const { after } = told;
    for (const by of [BOARD, ...IDS.map(guest)]) {
      const id = by.kind === "guest" ? by.participantId : "";
      for (const fact of seenOf(told, by)) {
        const round = rounds(after).find(({ roundId }) => roundId === fact["roundId"]);
        const isOwn = fact.type.startsWith("answer.") || fact.type === "draft.saved";
        const reaches = round?.group?.members.some((each) => each === id) ?? true;

        expect([fact.type, reaches || isOwn]).toEqual([fact.type, true]);
      }
    }
  }
});

rule("LS3: nobody is asked twice at once, nor has two answers in a round", (room) => {
  for (const { after } of accepted(room)) {
    const { round, grouping } = after.context;
    const open = [round, ...(grouping?.groups ?? []).map((group) => group.round)].filter(
      (each) => each !== null && each.scoredAt === null,
    );
    const ofClass = open.filter((each) => each?.group === undefined);

    expect(ofClass.length === 0 || open.length === 1).toBe(true);
  }
});

rule("LS20: a crash after any step gives the same room", (room, moves) => {
  const again = played(moves, true);

  expect(again.living.persist()).toEqual(room.living.persist());
  expect([...again.timers]).toEqual([...room.timers]);
});

function rounds({ context }: Told["after"]) {
  const current = (context.grouping?.groups ?? []).flatMap(({ round }) => round ?? []);
  return [...context.pastRounds, ...current, ...(context.round === null ? [] : [context.round])];
}

test("these histories do what they are about", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(move, { minLength: 40, maxLength: 70 }), (moves) => {
      for (const { message, after, stepped } of played(moves).told) {
        if (stepped.kind === "accepted") {
          seen.add(`${leafIn(after.state, "grouping")} ${message.type}`);
          stepped.facts.forEach(({ type }) => seen.add(type));
        }
      }
    }),
    { numRuns: RUNS },
  );

  const expected = [
    "split groups.move",
    "split participant.join",
    "split answer.submit",
    "split timer.grace",
    "closing timer.groups",
    "round.revealed",
    "groups.recalled",
  ];
  expect(expected.filter((each) => !seen.has(each))).toEqual([]);
});
