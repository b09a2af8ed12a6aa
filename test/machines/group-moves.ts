/** What is said of groups in random histories: made, opened, moved about, asked apart, recalled. */
import { type Classroom, HOST, LEARNERS, type Learner } from "./classroom.ts";
import { roundFor } from "./current.ts";
import { ANSWERS, STEPS } from "./lesson.ts";
import { groupIds } from "./stage.ts";
import { leafIn } from "./state.ts";
import { LIMITS, MINUTE } from "./words.ts";

interface Draw {
  readonly who: number;
  readonly n: number;
}

const STRATEGIES = ["random", "balanced", "by-hand", "self-selected"] as const;
const DURATIONS = [MINUTE, 4_000, 20_000] as const;

/** How often, beside the rest of a history in which there are groups. */
export const GROUP_WEIGHTS = {
  plan: 4,
  split: 4,
  openGroups: 3,
  moveGroup: 8,
  chooseGroup: 3,
  askGroup: 10,
  quiz: 8,
  announce: 1,
  recall: 2,
  way: 2,
} as const;

export const GROUP_KINDS = {
  plan: (room: Classroom, { n, who }: Draw) =>
    room.send(HOST, {
      type: "groups.plan",
      strategy: STRATEGIES[n % STRATEGIES.length],
      ...(who === 0 ? { size: 2 } : { count: who }),
    }),
  split: (room: Classroom, draw: Draw) => splitAndAsk(room, draw),
  openGroups: (room: Classroom, { n }: Draw) =>
    room.send(HOST, {
      type: "groups.open",
      ...(n < DURATIONS.length ? { durationMs: DURATIONS[n] } : {}),
    }),
  moveGroup: (room: Classroom, { n, who }: Draw, { id }: Learner) =>
    room.send(HOST, { type: "groups.move", participantId: id, groupId: groupAt(room, n + who) }),
  chooseGroup: (room: Classroom, { n }: Draw, { by, id }: Learner) =>
    room.send(by, {
      type: "groups.move",
      participantId: n === 7 ? "p1" : id,
      groupId: groupAt(room, n),
    }),
  askGroup: (room: Classroom, { n, who }: Draw) => ask(room, { n, who }, groupAt(room, who)),
  /** One group's round from its opening to what was right. */
  quiz: (room: Classroom, { n, who }: Draw) => {
    const groupId = groupAt(room, who);
    ask(room, { n, who }, groupId);
    const group = room.context.grouping?.groups.find((each) => each.groupId === groupId);
    const roundId = group?.round?.roundId ?? "r999";
    const answers = ANSWERS[group?.round?.stepId ?? ""] ?? [];
    for (const [index, { id, by }] of LEARNERS.entries()) {
      if (group?.members.some((each) => each === id) === true) {
        const answer = { ...answers[(n + index) % 2] };
        const type = index === n ? "draft.save" : "answer.submit";
        room.send(by, { type, roundId, answer });
        room.send(by, { type: "answer.amend", roundId, answer: { ...answers[n % 2] } });
      }
    }
    room.send(HOST, { type: "round.close", roundId });
    room.pass(room.context.settings.graceMs);
    if (n < 6) {
      room.send(HOST, { type: "round.reveal", roundId });
    }
  },
  announce: (room: Classroom) => room.send(HOST, { type: "groups.announce", text: "Go on" }),
  /** Whoever is asked answers in the last minute. */
  recall: (room: Classroom, { n }: Draw, { by, id }: Learner) => {
    room.send(HOST, { type: "groups.recall" });
    const round = roundFor(room.context, id);
    const answer = { ...ANSWERS[round?.stepId ?? ""]?.[n % 2] };
    room.send(by, { type: "answer.submit", roundId: round?.roundId ?? "r999", answer });
  },
  /** All the way back, or a part of it, with a pause between. */
  way: (room: Classroom, { n, who }: Draw) => {
    room.send(HOST, { type: "groups.recall" });
    room.pass(n * 10_000);
    room.send(HOST, { type: "session.pause" });
    room.pass(who * MINUTE);
    room.send(HOST, { type: "session.resume" });
    room.pass(who * 20_000);
  },
} as const;

/** From here on the class is in groups, and each is asked. */
export function splitAndAsk(room: Classroom, { n, who }: Draw): void {
  room.send(HOST, {
    type: "groups.plan",
    strategy: STRATEGIES[who % STRATEGIES.length],
    count: 1 + (n % 3),
  });
  GROUP_KINDS.openGroups(room, { n, who });
  for (const [index, groupId] of groupIds(room).entries()) {
    ask(room, { n: n + index, who }, groupId);
  }
}

/** The group to which a question of this move is for; undefined: the class is one. */
export function groupAsked(room: Classroom, { n, who }: Draw): string | undefined {
  const isSplit = leafIn(room.living.state, "grouping") === "split";
  return isSplit && n < 6 ? groupAt(room, n + who) : undefined;
}

function ask(room: Classroom, { n }: Draw, groupId: string): void {
  const step = STEPS[1 + (n % (STEPS.length - 1))];
  const limitMs = LIMITS[n % LIMITS.length];
  room.send(HOST, { type: "round.open", stepId: step?.id, limitMs, groupId });
}

function groupAt(room: Classroom, n: number): string {
  const ids = groupIds(room);
  return ids[n % Math.max(1, ids.length)] ?? "g0";
}
