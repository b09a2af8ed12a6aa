/** What is said, how much and how late, in random histories of a class. */
import type { JsonObject } from "../../machines/json.ts";
import { COMMANDS } from "../../machines/learning-session/commands.ts";
import type { Message } from "../../machines/living.ts";
import { START, user } from "./classroom.ts";

export const MINUTE = 60_000;

export const HOUR = 60 * MINUTE;

/** The host's account, by somebody who teaches at this school no more. */
export const FORMER = user("t1", "student");

export const ADMISSIONS = ["open", "approval", "locked", "open"] as const;

export const HOSTS_WORDS = [
  { type: "session.pause" },
  { type: "session.resume" },
  { type: "session.resume" },
  { type: "hands.clear" },
  { type: "step.present", stepId: "intro" },
  { type: "step.present", stepId: "single" },
  { type: "session.start" },
] as const;

export const LIMITS = [null, 5_000, 8_000, 8_000, 20_000, null, 5_000, 60_000] as const;

export const SEAT_WORDS = [
  "admit",
  "deny",
  "remove",
  "ban",
  "unban",
  "admit",
  "unban",
  "admit",
] as const;

export const ACCOMMODATIONS: readonly JsonObject[] = [
  { multiplier: 2 },
  { multiplier: 1, extraMs: 0 },
  { extraMs: 5_000 },
  { untimed: true },
  { untimed: false, multiplier: 1.25 },
  { multiplier: 1.5 },
  { extraMs: 1_000 },
  { multiplier: 3 },
];

export const END = [{ type: "session.end" }, { type: "session.end" }, { type: "session.pause" }];

export const EXTEND = { type: "session.extend", byMs: 1_000 };

/** Where a session before its lesson goes; most of it is refused once that is live. */
export const COURSE: readonly Message[] = [
  { type: "session.open-lobby" },
  { type: "session.start" },
  { type: "session.open-lobby" },
  { type: "session.start" },
  { type: "session.schedule", startsAt: new Date(START + 2 * HOUR).toISOString() },
  { type: "session.cancel" },
  { type: "session.extend", byMs: 60_000 },
  { type: "session.start" },
];

export const LATER = [
  MINUTE,
  4 * MINUTE,
  11 * MINUTE,
  11 * MINUTE,
  HOUR,
  5 * HOUR,
  14 * HOUR,
  170 * HOUR,
];

/** An answer that comes while the round's timer is late, by so much. */
export const BEHIND = [-1, 0, 1, 1_000] as const;

export const PAUSES = [0, 1_000, 5_000, 30_000, 90_000, 20 * MINUTE, 2_000, 9_000];

export const ROUND_WORDS: readonly Message[] = [
  { type: "round.void" },
  { type: "round.dismiss" },
  { type: "round.score" },
  { type: "round.score", key: { choices: ["b"], weights: { a: 0, b: 1, c: -1 } } },
  { type: "round.score", key: { choices: ["a"] } },
];

export const SETTINGS: readonly JsonObject[] = [
  { amend: true, devices: 2 },
  { amend: false, devices: 1 },
  { devices: 3 },
  { pauseWhenHostLost: true, leaderboard: "full" },
  { pauseWhenHostLost: false, boardNames: true },
  { boardNames: false, admission: "approval" },
  { anonymous: true, speedBonus: true },
  { anonymous: false, graceMs: 3_000 },
];

export const RECORDS: readonly Message[] = [
  { type: "participant.rename" },
  { type: "participant.rename" },
  { type: "participant.nudge", text: "Go on" },
  { type: "attendance.mark", status: "excused" },
  { type: "attendance.mark", status: null },
  { type: "attendance.mark", status: "late" },
  { type: "participant.nudge" },
  { type: "attendance.mark", status: "present" },
];

/** All that a client could try, and what only the platform says. */
export const IMPOSTORS_WORDS: readonly string[] = [
  ...Object.keys(COMMANDS),
  "timer.round",
  "timer.session",
  "connection.closed",
  "seat.revoked",
  "code.released",
];

/** What is said to the floor; every question says `SECRET`, to be found where it must not be. */
export const FLOOR_WORDS: readonly Message[] = [
  { type: "question.ask", text: "SECRET?" },
  { type: "question.upvote" },
  { type: "question.ask", text: "SECRET!" },
  { type: "reaction.send", emoji: "heart" },
  { type: "question.upvote" },
  { type: "question.pin" },
  { type: "question.resolve" },
  { type: "floor.set", floor: "muted" },
];

export const HOSTS_FLOOR: ReadonlySet<string> = new Set([
  "question.pin",
  "question.unpin",
  "question.resolve",
  "question.remove",
  "floor.set",
]);

export const UNMUTE = { type: "floor.set", floor: "open" } as const;

/** Mostly the pace of a class; now and then long enough for every timer. */
export const DELAYS = [
  0, 0, 1, 40, 40, 300, 300, 700, 700, 1_000, 1_000, 1_500, 1_500, 2_000, 3_000, 6_000, 11_000,
  130_000,
];
