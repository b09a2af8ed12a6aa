/**
 * Every state at rest that a session can be in, and how to get there: the columns of the table.
 *
 * From the lobby on the stage is set with one learner of each status, so that every command has
 * somebody whom it fits: p1 and p2 admitted (p2 has answered where there is a round), p3 has left,
 * p4 waits, p5 is banned; t2 is co-host. When the lesson is live, one round is past.
 */
import type { JsonObject } from "../../machines/json.ts";
import type { Message } from "../../machines/living.ts";
import { SYSTEM, type Principal } from "../../machines/principal.ts";
import {
  COHOST,
  Classroom,
  HOST,
  LEARNERS,
  P1,
  P2,
  P3,
  START,
  guest,
  join,
  user,
} from "./classroom.ts";

export const STATES = [
  "draft",
  "scheduled",
  "lobby",
  "running/idle",
  "running/ticking",
  "running/grace",
  "running/scored",
  "running/revealed",
  "paused/idle",
  "paused/frozen",
  "paused/grace",
  "paused/scored",
  "paused/revealed",
  "wrapup/idle",
  "wrapup/scored",
  "wrapup/revealed",
  "ended/idle",
  "ended/scored",
  "archived",
  "cancelled",
  "expired",
  "running/idle/muted",
  "running/planned",
  "running/split",
  "running/closing",
  "running/merging",
] as const;
export type StateName = (typeof STATES)[number];

const HOUR = 3_600_000;
const END = { type: "session.end" };
const PAUSE = { type: "session.pause" };

/** Each state by the one before it and what leads on from there. */
const WAYS: Readonly<Record<StateName, (room: Classroom) => void>> = {
  draft: () => {},
  scheduled: () => {},
  lobby: setStage,
  "running/idle": (room) => {
    after(room, "lobby", { type: "session.start" });
    room.must(HOST, { type: "round.open", stepId: "poll" });
    room.must(HOST, { type: "round.close", roundId: room.roundId });
    room.pass(1_500);
    room.must(HOST, { type: "round.dismiss", roundId: room.roundId });
  },
  "running/ticking": (room) => {
    after(room, "running/idle", { type: "round.open", stepId: "single", limitMs: 30_000 });
    const { roundId } = room;
    room.must(P2, { type: "answer.submit", roundId, answer: { choice: "a" } });
  },
  "running/grace": (room) => onRound(room, "running/ticking", "round.close"),
  "running/scored": (room) => {
    WAYS["running/grace"](room);
    room.pass(1_500);
  },
  "running/revealed": (room) => onRound(room, "running/scored", "round.reveal"),
  "paused/idle": (room) => after(room, "running/idle", PAUSE),
  "paused/frozen": (room) => after(room, "running/ticking", PAUSE),
  "paused/grace": (room) => after(room, "running/grace", PAUSE),
  "paused/scored": (room) => after(room, "running/scored", PAUSE),
  "paused/revealed": (room) => after(room, "running/revealed", PAUSE),
  "wrapup/idle": (room) => after(room, "running/idle", END),
  "wrapup/scored": (room) => after(room, "running/ticking", END),
  "wrapup/revealed": (room) => after(room, "running/revealed", END),
  "ended/idle": (room) => {
    WAYS["wrapup/idle"](room);
    room.pass(600_000);
  },
  "ended/scored": (room) => {
    WAYS["wrapup/scored"](room);
    room.pass(600_000);
  },
  archived: (room) => {
    WAYS["ended/scored"](room);
    room.pass(7 * 24 * HOUR);
  },
  cancelled: (room) => after(room, "lobby", { type: "session.cancel" }),
  expired: (room) => room.pass(13 * HOUR),
  "running/idle/muted": (room) =>
    after(room, "running/idle", { type: "floor.set", floor: "muted" }),
  "running/planned": (room) =>
    after(room, "running/idle", {
      type: "groups.plan",
      strategy: "self-selected",
      groups: [{ name: "Reds" }, { name: "Blues" }, { name: "Greens" }],
    }),
  "running/split": splitStage,
  "running/closing": (room) => after(room, "running/split", { type: "groups.recall" }),
  "running/merging": (room) => {
    WAYS["running/closing"](room);
    room.pass(60_000);
  },
};

/** p1 and p2 are asked in the first group, and p2 has answered; the second has a scored round. */
function splitStage(room: Classroom): void {
  WAYS["running/planned"](room);
  const [reds = "", blues = ""] = groupIds(room);
  for (const participantId of ["p1", "p2"]) {
    room.must(HOST, { type: "groups.move", participantId, groupId: reds });
  }
  room.must(HOST, { type: "groups.open" });
  room.must(HOST, { type: "round.open", stepId: "poll", groupId: blues });
  room.must(HOST, { type: "round.close", roundId: room.roundId });
  room.pass(1_500);
  room.must(HOST, { type: "round.open", stepId: "single", limitMs: 240_000, groupId: reds });
  room.must(P2, { type: "answer.submit", roundId: room.roundId, answer: { choice: "a" } });
}

export function groupIds(room: Classroom): readonly string[] {
  return (room.context.grouping?.groups ?? []).map(({ groupId }) => groupId);
}

export function roomIn(state: StateName): Classroom {
  const isScheduled = state === "scheduled" || state === "expired";
  const room = new Classroom({ startsAt: isScheduled ? START + HOUR : null });
  room.must(HOST, { type: "connection.opened", connectionId: "c-t1" });
  room.must(HOST, { type: "participant.promote", userId: "t2", name: "T2", role: "teacher" });
  WAYS[state](room);
  return room;
}

function after(room: Classroom, state: StateName, message: Message): void {
  WAYS[state](room);
  room.must(HOST, message);
}

function onRound(room: Classroom, state: StateName, type: string): void {
  WAYS[state](room);
  room.must(HOST, { type, roundId: room.roundId });
}

function setStage(room: Classroom): void {
  room.must(HOST, { type: "session.open-lobby" });
  for (const learner of [...LEARNERS.slice(0, 3), FIFTH]) {
    join(room, learner);
  }
  room.must(P1, { type: "connection.opened", connectionId: "c-p1" });
  room.must(P2, { type: "question.ask", text: "Why?" });
  room.must(HOST, { type: "question.pin", questionId: questionIn(room) });
  room.must(P3, { type: "participant.leave" });
  room.must(HOST, { type: "participant.ban", participantId: "p5" });
  for (const learner of LEARNERS.slice(3)) {
    join(room, learner);
  }
  room.must(HOST, { type: "admission.set", admission: "open" });
}

/** The only question of this class. */
function questionIn(room: Classroom): string {
  return room.context.floor?.questions[0]?.questionId ?? "q0";
}

const FIFTH = { id: "p5", userId: null, by: guest("p5") };

/** Somebody whom each command fits, and a payload that is as right as it can be. */
export function attempt(type: string, room: Classroom): { by: Principal; message: Message } {
  const { by = HOST, fields = {} } = ATTEMPTS[type] ?? {};
  const ofRound = ROUND_TYPES.has(type) ? { roundId: room.roundId } : {};
  const ofGroup = type === "groups.move" ? { groupId: groupIds(room)[1] ?? "g0" } : {};
  const ofQuestion = QUESTION_TYPES.has(type) ? { questionId: questionIn(room) } : {};
  return { by, message: { ...ofRound, ...ofQuestion, ...ofGroup, ...fields, type } };
}

const ROUND_TYPES: ReadonlySet<string> = new Set([
  "round.close",
  "round.extend",
  "round.reopen",
  "round.score",
  "round.reveal",
  "round.void",
  "round.dismiss",
  "answer.submit",
  "answer.amend",
  "draft.save",
  "answer.grade",
]);

const QUESTION_TYPES: ReadonlySet<string> = new Set([
  "question.upvote",
  "question.pin",
  "question.unpin",
  "question.resolve",
  "question.remove",
]);

const TENTH = guest("p10");
const ANSWER = { choice: "b" };

interface Attempt {
  readonly by?: Principal;
  readonly fields?: JsonObject;
}

const ATTEMPTS: Readonly<Record<string, Attempt>> = {
  "session.schedule": { fields: { startsAt: new Date(START + 24 * HOUR).toISOString() } },
  "session.extend": { fields: { byMs: 60_000 } },
  "settings.set": { fields: { settings: { amend: true } } },
  "admission.set": { fields: { admission: "locked" } },
  "step.present": { fields: { stepId: "intro" } },
  "participant.join": { by: TENTH, fields: { participantId: "p10", name: "Ten", userId: null } },
  "participant.rejoin": { by: P3, fields: { participantId: "p3" } },
  "participant.leave": { by: P1 },
  "participant.admit": { fields: { participantId: "p4" } },
  "participant.deny": { fields: { participantId: "p4" } },
  "participant.remove": { fields: { participantId: "p1" } },
  "participant.ban": { fields: { participantId: "p1" } },
  "participant.unban": { fields: { participantId: "p5" } },
  "participant.promote": { fields: { userId: "t3", name: "T3", role: "teacher" } },
  "participant.demote": { fields: { participantId: "t2" } },
  "participant.rename": { fields: { participantId: "p1", name: "Uno" } },
  "participant.nudge": { fields: { participantId: "p1", text: "Hello" } },
  "code.rotate": { fields: { joinCode: "CODE24" } },
  "round.open": { fields: { stepId: "multiple" } },
  "round.extend": { fields: { byMs: 5_000 } },
  "round.reopen": { fields: { limitMs: 30_000 } },
  "answer.submit": { by: P1, fields: { answer: ANSWER } },
  "answer.amend": { by: P2, fields: { answer: ANSWER } },
  "draft.save": { by: P1, fields: { answer: ANSWER } },
  "answer.grade": { fields: { participantId: "p2", points: 1 } },
  "hand.raise": { by: P1 },
  "hand.lower": { by: P1, fields: { participantId: "p1" } },
  "hand.call": { fields: { participantId: "p1" } },
  "question.ask": { by: P1, fields: { text: "How?" } },
  "question.upvote": { by: P1 },
  "reaction.send": { by: P1, fields: { emoji: "clap" } },
  "presence.set": { by: P1, fields: { away: true } },
  "floor.set": { fields: { floor: "muted" } },
  "groups.plan": { fields: { strategy: "random", count: 2 } },
  "groups.move": { by: P1, fields: { participantId: "p1" } },
  "groups.open": { fields: { durationMs: 600_000 } },
  "groups.announce": { fields: { text: "Five minutes" } },
  "accommodation.set": { fields: { participantId: "p1", multiplier: 2 } },
  "attendance.mark": { fields: { participantId: "p1", status: "late" } },
  "connection.opened": { by: HOST, fields: { connectionId: "c-new" } },
  "connection.closed": { by: SYSTEM, fields: { connectionId: "c-t1" } },
  "code.released": { by: SYSTEM, fields: { joinCode: "CODE23" } },
  "seat.revoked": { by: SYSTEM, fields: { participantId: "p1" } },
};

export const CAST: Readonly<Record<string, Principal>> = {
  host: HOST,
  "co-host": COHOST,
  overseer: user("o1", "owner"),
  student: P1,
  waiting: user("s4", "student"),
  gone: P3,
  board: { kind: "board", boardId: "b1" },
};
