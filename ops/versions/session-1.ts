/**
 * The histories of version 1 of the session that are kept as bytes: one of each thing that a
 * snapshot can hold. Later versions live them too (`LIVES`).
 */
import {
  parseActorId,
  parseParticipantId,
  parseTenantId,
  parseUserId,
} from "../../machines/ids.ts";
import type { JsonObject } from "../../machines/json.ts";
import { sessionMachine1 } from "../../machines/learning-session/machine.ts";
import type { Machine } from "../../machines/living.ts";
import type { Principal } from "../../machines/principal.ts";
import { FixtureActor } from "./actor.ts";

export const TARA = {
  kind: "user",
  userId: parseUserId("tara"),
  role: "teacher",
  name: "Tara",
} as const;
const CARL = { kind: "user", userId: parseUserId("carl"), role: "teacher", name: "Carl" } as const;
export const ZOE = {
  kind: "user",
  userId: parseUserId("zoe"),
  role: "student",
  name: "Zoë",
} as const;
const guest = (id: string): Principal => ({ kind: "guest", participantId: parseParticipantId(id) });
export const [ANA, BEN] = [guest("p1"), guest("p2")];
const NAMES = { p1: "Ana Ödegård", p2: "Бен", p3: "Zoë" } as const;

type Lives = Readonly<Record<string, (machine: Machine) => FixtureActor>>;
type Scripts = Readonly<Record<string, () => FixtureActor>>;

const choices = [
  { id: "a", text: "½", correct: true, feedback: "Yes." },
  { id: "b", text: "⅓", correct: false },
];
const STEPS: readonly JsonObject[] = [
  { id: "intro", kind: "content", title: "Hello", body: "Welcome" },
  item("single", { kind: "single-choice", points: 2, limitMs: 20_000, choices }),
  item("text", { kind: "short-text", accepted: [{ text: "straße", weight: 1 }] }),
  item("order", {
    kind: "ordering",
    items: ["one", "two", "three"].map((id) => ({ id, text: id })),
  }),
  item("open", { kind: "open-text", rubric: "A reason." }),
];

/** By name; each is the whole life of one actor up to the stored snapshot. */
export const LIVES: Lives = {
  lobby: (machine) => {
    const actor = born(machine, "lobby", { admission: "approval", boardNames: true });
    actor.say(TARA, "session.open-lobby");
    join(actor, ANA, "p1");
    join(actor, BEN, "p2");
    join(actor, ZOE, "p3", "zoe");
    actor.say(TARA, "participant.admit", { participantId: "p1" });
    actor.say(TARA, "participant.deny", { participantId: "p2" });
    actor.say(TARA, "participant.promote", { userId: "carl", name: "Carl", role: "teacher" });
    actor.say(TARA, "code.rotate", { joinCode: "CODE42" });
    return actor;
  },
  scheduled: (machine) => {
    const actor = born(machine, "scheduled", {}, Date.UTC(2026, 0, 6, 9));
    actor.say(TARA, "session.schedule", { startsAt: "2026-01-07T09:30:00.25+01:00" });
    return actor;
  },
  open: (machine) => {
    const actor = live(machine, "open", { shuffleChoices: true, speedBonus: true });
    actor.say(TARA, "round.open", { stepId: "single" });
    answer(actor, ANA, "answer.submit", { choice: "a" });
    answer(actor, BEN, "draft.save", { choice: "b" });
    return actor;
  },
  paused: (machine) => {
    const actor = live(machine, "paused");
    actor.say(TARA, "round.open", { stepId: "single", limitMs: 60_000 });
    answer(actor, ANA, "draft.save", { choice: "a" });
    actor.say(TARA, "session.pause");
    return actor;
  },
  unattended: (machine) => {
    const actor = live(machine, "unattended");
    actor.say(TARA, "round.open", { stepId: "order", limitMs: null });
    actor.hear("connection.closed", { connectionId: "c-tara" });
    actor.wait(240_000);
    return actor;
  },
  answers: (machine) => {
    const actor = live(machine, "answers", { leaderboard: "full" });
    actor.say(TARA, "round.open", { stepId: "text" });
    answer(actor, ANA, "answer.submit", { text: " STRASSE " });
    answer(actor, BEN, "answer.submit", { text: "weg" });
    answer(actor, BEN, "answer.amend", { text: "Straße" });
    actor.say(TARA, "round.close", roundOf(actor));
    actor.wait(5_000);
    actor.say(TARA, "round.reveal", roundOf(actor));
    actor.say(TARA, "round.dismiss", roundOf(actor));
    actor.say(TARA, "round.open", { stepId: "open" });
    answer(actor, ANA, "answer.submit", { text: "Because it is – honestly – so." });
    actor.say(TARA, "round.close", roundOf(actor));
    actor.wait(5_000);
    const graded = { participantId: "p1", points: 0.5, comment: "Nearly." };
    actor.say(TARA, "answer.grade", { ...roundOf(actor), ...graded });
    return actor;
  },
  hands: (machine) => {
    const actor = live(machine, "hands");
    actor.say(ANA, "hand.raise");
    actor.say(BEN, "hand.raise");
    actor.say(ZOE, "hand.raise");
    actor.say(TARA, "hand.call", { participantId: "p2" });
    actor.say(ANA, "hand.lower");
    actor.say(TARA, "participant.remove", { participantId: "p1" });
    actor.say(TARA, "participant.ban", { participantId: "p2" });
    return actor;
  },
  accommodations: (machine) => {
    const actor = live(machine, "accommodations");
    actor.say(TARA, "accommodation.set", { participantId: "p1", multiplier: 1.5, extraMs: 2_000 });
    actor.say(TARA, "accommodation.set", { participantId: "p2", untimed: true });
    actor.say(TARA, "round.open", { stepId: "single", limitMs: 10_000 });
    answer(actor, ZOE, "draft.save", { choice: "a" });
    actor.wait(12_500);
    actor.say(TARA, "round.extend", { ...roundOf(actor), byMs: 5_000 });
    actor.say(TARA, "attendance.mark", { participantId: "p3", status: "excused" });
    return actor;
  },
  ended: (machine) => {
    const actor = live(machine, "ended", { anonymous: true });
    actor.say(TARA, "round.open", { stepId: "single" });
    answer(actor, ANA, "answer.submit", { choice: "b" });
    actor.say(TARA, "session.end");
    actor.settle();
    actor.wait(10 * 60_000);
    actor.settle();
    actor.wait(8 * 24 * 3_600_000);
    actor.settle();
    return actor;
  },
};

export const SESSION_1: Scripts = scriptsOf(LIVES, sessionMachine1);

export function scriptsOf(lives: Lives, machine: Machine): Scripts {
  return Object.fromEntries(
    Object.entries(lives).map(([name, live]) => [name, () => live(machine)]),
  );
}

function item(id: string, fields: JsonObject): JsonObject {
  return { id, kind: "item", item: { prompt: `What is ${id}?`, explanation: "So.", ...fields } };
}

function born(
  machine: Machine,
  id: string,
  settings: JsonObject,
  startsAt: number | null = null,
): FixtureActor {
  const address = { tenantId: parseTenantId("t1"), kind: "session", id: parseActorId(id) } as const;
  const host = { userId: "tara", name: "Tara" };
  const words = { title: "Fractions", language: "en", lessonId: "l1", joinCode: "CODE23" };
  const message = { type: "session.create", ...words, steps: STEPS, host, startsAt, settings };
  return new FixtureActor(machine, address, { by: TARA, message });
}

/** Tara and three learners are there; Carl has been made co-host. */
export function live(machine: Machine, id: string, settings: JsonObject = {}): FixtureActor {
  const actor = born(machine, id, settings);
  actor.say(TARA, "connection.opened", { connectionId: "c-tara" });
  actor.say(TARA, "session.open-lobby");
  join(actor, ANA, "p1");
  join(actor, BEN, "p2");
  join(actor, ZOE, "p3", "zoe");
  actor.say(ANA, "connection.opened", { connectionId: "c-p1" });
  actor.say(TARA, "session.start");
  actor.say(TARA, "participant.promote", { userId: "carl", name: CARL.name, role: "teacher" });
  actor.say(CARL, "step.present", { stepId: "intro" });
  return actor;
}

function join(
  actor: FixtureActor,
  by: Principal,
  participantId: keyof typeof NAMES,
  userId: string | null = null,
): void {
  actor.say(by, "participant.join", { participantId, name: NAMES[participantId], userId });
}

function answer(actor: FixtureActor, by: Principal, type: string, fields: JsonObject): void {
  actor.say(by, type, { ...roundOf(actor), answer: fields });
}

/** A round is named after the record that opened it. */
function roundOf(actor: FixtureActor): { readonly roundId: string } {
  const opened = actor.lines.findLastIndex((line) => line.includes('"type":"round.open"'));
  return { roundId: `r${opened + 1}` };
}
