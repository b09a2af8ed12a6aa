/**
 * The measured actor: a live quiz with one round open without a time limit, a class that has
 * answered it, and answers that are amended for as long as one likes. Each is a command of its own
 * id, accepted in any order, and small: what is measured is the runtime, not a rule.
 */
import type { Address } from "../../actors/address.ts";
import type { Incoming, Reply } from "../../actors/reply.ts";
import type { Runtime } from "../../actors/runtime.ts";
import {
  parseActorId,
  parseParticipantId,
  parseTenantId,
  parseUserId,
} from "../../machines/ids.ts";
import type { Message } from "../../machines/living.ts";
import type { Principal } from "../../machines/principal.ts";
import { systemIds } from "../../src/platform.ts";

const TENANT = parseTenantId("bench");
export const HOST: Principal = {
  kind: "user",
  userId: parseUserId("teacher"),
  role: "teacher",
  name: "Teacher",
};
const ITEM = {
  kind: "single-choice",
  prompt: "Which of these is a prime number?",
  points: 1,
  choices: [
    { id: "a", text: "21", correct: false },
    { id: "b", text: "23", correct: true },
    { id: "c", text: "25", correct: false },
  ],
};
const STEPS = ["s1", "s2"] as const;
const CHOICES = ["a", "b", "c"] as const;

export interface Quiz {
  readonly address: Address;
  readonly roundId: string;
  readonly students: number;
}

export function quizAddress(index: number): Address {
  return { tenantId: TENANT, kind: "session", id: parseActorId(`quiz${index}`) };
}

/** Born, joined and started: a class that waits for a question. */
export async function openClass(
  runtime: Runtime,
  address: Address,
  students: number,
): Promise<void> {
  const birth: Message = {
    type: "session.create",
    title: "Bench",
    language: "en",
    lessonId: "bench",
    lessonVersion: 1,
    steps: STEPS.map((id) => ({ id, kind: "content", title: "Welcome", body: "Ready?" })),
    joinCode: address.id.toUpperCase(),
    host: { userId: "teacher", name: "Teacher" },
    startsAt: null,
    settings: { graceMs: 0 },
  };
  accepted(await runtime.birth(address, birth, HOST), birth);
  await say(runtime, address, HOST, { type: "session.open-lobby" });
  await Promise.all(
    Array.from({ length: students }, (_, seat) =>
      say(runtime, address, guest(seat), {
        ...{ type: "participant.join", userId: null },
        ...{ participantId: `p${seat}`, name: `Student ${seat}` },
      }),
    ),
  );
  await say(runtime, address, HOST, { type: "session.start" });
}

/** A class that was asked, and has answered. */
export async function openQuiz(
  runtime: Runtime,
  address: Address,
  students: number,
): Promise<Quiz> {
  await openClass(runtime, address, students);
  const opened = await say(runtime, address, HOST, {
    type: "round.open",
    item: ITEM,
    limitMs: null,
  });
  const roundId = `r${opened.record.seq}`;
  await Promise.all(
    Array.from({ length: students }, (_, seat) =>
      say(runtime, address, guest(seat), answerOf("answer.submit", roundId, seat)),
    ),
  );
  return { address, roundId, students };
}

/** The next word of somebody in this class; `turn` counts up. */
export function amending(quiz: Quiz, turn: number): Incoming {
  const message = answerOf("answer.amend", quiz.roundId, turn);
  return { by: guest(turn % quiz.students), message, rank: "class", id: systemIds.next() };
}

/** A word of the host that the whole class hears; `turn` counts up. */
export function presenting(turn: number): Incoming {
  const message = { type: "step.present", stepId: STEPS[turn % STEPS.length] ?? "s1" };
  return { by: HOST, message, rank: "host", id: systemIds.next() };
}

/** A round that a timer ends. */
export function timedRound(limitMs: number): Incoming {
  const message = { type: "round.open", item: ITEM, limitMs };
  return { by: HOST, message, rank: "host", id: systemIds.next() };
}

export function guest(seat: number): Principal {
  return { kind: "guest", participantId: parseParticipantId(`p${seat}`) };
}

function answerOf(type: string, roundId: string, turn: number): Message {
  return { type, roundId, answer: { choice: CHOICES[turn % CHOICES.length] ?? "a" } };
}

async function say(runtime: Runtime, address: Address, by: Principal, message: Message) {
  const rank = by === HOST ? "host" : "class";
  return accepted(
    await runtime.send(address, { by, message, rank, id: systemIds.next() }),
    message,
  );
}

export function accepted(reply: Reply, message: Message): Extract<Reply, { kind: "accepted" }> {
  if (reply.kind !== "accepted") {
    throw new Error(`expected ${message.type} to be accepted, found ${JSON.stringify(reply)}`);
  }
  return reply;
}
