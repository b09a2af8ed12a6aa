/**
 * The learning session as a workload: a lobby, rounds with deadlines, answers, people who come, go
 * and are removed, pauses, and in the end the end.
 */
import type { ActorRecord } from "../../actors/envelope.ts";
import { sessionMachine } from "../../machines/learning-session/machine.ts";
import type { Message } from "../../machines/living.ts";
import { ANSWERS, STEPS } from "../machines/lesson.ts";
import { HOST, guest } from "../support/nodes.ts";
import type { Chance } from "./chance.ts";
import type { Asked, Workload } from "./workload.ts";

const GUESTS = ["ana", "ben", "cleo", "dia"];
const LIMITS_MS = [null, 5_000, 8_000, 15_000];

export const lessonWorkload: Workload = {
  lineage: [sessionMachine],
  outcomes: {
    releaseCode: ({ joinCode }) => ({ type: "code.released", joinCode: joinCode ?? "" }),
    revokeSeat: ({ participantId }) => ({
      type: "seat.revoked",
      participantId: participantId ?? "",
    }),
  },
  host: HOST,
  clients: [HOST, ...GUESTS.map((name) => guest(name))],
  timeless: false,
  birth: () => ({
    type: "session.create",
    title: "Fractions",
    language: "en",
    lessonId: "l1",
    steps: STEPS.map((step) => parseStep(step)),
    joinCode: "CODE23",
    host: { userId: "teacher", name: "Tara" },
    startsAt: null,
    settings: {},
  }),
  wish: (asked) => (asked.by.kind === "user" ? hostsWish(asked) : guestsWish(asked)),
};

function parseStep(step: object): Message {
  return step as Message;
}

function hostsWish({ chance, name, heard, late }: Asked): Message {
  const types = heard.map(({ message }) => message.type);
  if (!types.includes("session.open-lobby")) {
    return { type: "session.open-lobby" };
  }
  if (!types.includes("session.start")) {
    return { type: "session.start" };
  }
  const roundId = roundOf(heard)?.roundId ?? "r1";
  const participantId = chance.pick(GUESTS);
  const wishes: readonly (() => Message)[] = [
    () => ({ type: "round.open", stepId: stepOf(chance), limitMs: chance.pick(LIMITS_MS) }),
    () => ({ type: "round.open", stepId: stepOf(chance), limitMs: chance.pick(LIMITS_MS) }),
    () => ({ type: "round.close", roundId }),
    () => ({ type: "round.extend", roundId, byMs: 2_000 }),
    () => ({ type: "round.reveal", roundId }),
    () => ({ type: "round.dismiss", roundId }),
    () => ({ type: "session.pause" }),
    () => ({ type: "session.resume" }),
    () => ({ type: "session.resume" }),
    () => ({ type: "participant.remove", participantId }),
    () => ({ type: "code.rotate", joinCode: name }),
    () => (late ? { type: "session.end" } : { type: "hands.clear" }),
  ];
  return chance.pick(wishes)();
}

function guestsWish({ chance, by, heard }: Asked): Message {
  const participantId = by.kind === "guest" ? by.participantId : "";
  const round = roundOf(heard);
  if (round === undefined || chance.happens(0.2)) {
    const joining = { participantId, name: participantId, userId: null };
    return chance.happens(0.7)
      ? { type: "participant.join", ...joining }
      : { type: chance.pick(["hand.raise", "hand.lower", "participant.leave"]) };
  }
  const answer = parseStep(chance.pick(ANSWERS[round.stepId] ?? [{}]));
  const type = chance.pick(["answer.submit", "answer.submit", "draft.save", "answer.amend"]);
  return { type, roundId: round.roundId, answer };
}

/** The round that was opened last, as far as somebody has heard. */
function roundOf(
  heard: readonly ActorRecord[],
): { readonly roundId: string; readonly stepId: string } | undefined {
  const opened = heard.findLast(({ message }) => message.type === "round.open");
  return opened === undefined
    ? undefined
    : { roundId: `r${opened.seq}`, stepId: String(opened.message["stepId"]) };
}

function stepOf(chance: Chance): string {
  return chance.pick(Object.keys(ANSWERS));
}
