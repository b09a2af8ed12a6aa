/**
 * A lesson under chaos: a teacher who asks one round after the other, and students who answer each
 * and wave their hands in between, all through a balancer, until they are told to stop.
 */
import type { SeenFact } from "../../machines/fact.ts";
import type { SessionCommand } from "../../machines/learning-session/commands.ts";
import type { Item } from "../../machines/learning-session/item.ts";
import { type Client, createClient } from "../../src/client/client.ts";
import type { Operation } from "./history.ts";
import { limitedFetch } from "./limited-fetch.ts";
import { type Member, enter } from "./member.ts";
import type { Onlooker } from "./onlooker.ts";
import { poll } from "./poller.ts";
import type { ChaosSchool } from "./school.ts";
import { readStream } from "./stream-reader.ts";

/** A student does something this often; a room of five is busy enough to see a gap of 50 ms. */
const STUDENT_PAUSE_MS = 80;
const TEACHER_PAUSE_MS = 700;

const ITEM: Item = {
  kind: "single-choice",
  prompt: "Which of these is a prime number?",
  points: 1,
  choices: [
    { id: "a", text: "21", correct: false },
    { id: "b", text: "23", correct: true },
  ],
};

export interface Lesson {
  readonly actor: string;
  readonly sessionId: string;
  readonly joinCode: string;
  readonly teacher: Member;
  readonly students: readonly Member[];
  /** All who follow it, each in a way of its own, and are judged by what they heard. */
  readonly onlookers: readonly Onlooker[];
  /** Begins to work; resolves when everybody has stopped and every command is answered. */
  work(isOver: () => boolean): Promise<void>;
  /** What the host hears; returns what ends it. */
  readonly onFacts: (listener: FactsListener) => () => void;
  leave(): void;
}

export type FactsListener = (facts: readonly SeenFact[]) => void;

export interface LessonParts {
  readonly url: string;
  readonly school: ChaosSchool;
  readonly students: number;
  readonly operations: Operation[];
}

interface Made {
  readonly id: string;
  readonly joinCode: string;
}

export async function openLesson(parts: LessonParts): Promise<Lesson> {
  const { url, school, operations } = parts;
  const client = newClient(url);
  await client.signIn(school.teacher);
  const settings = { graceMs: 0, pauseWhenHostLost: false };
  const { lessonId } = school;
  const made = await client.http.post<Made>("/sessions", { lessonId, settings });
  const actor = `session/${made.id}`;
  const listeners = new Set<FactsListener>();
  const onFacts: FactsListener = (facts) => listeners.forEach((listener) => listener(facts));
  const teacher = enter({ client, url, actor, name: "the teacher", operations, onFacts });
  await teacher.session.until(({ status }) => status === "live");
  const end = new AbortController();
  const watched = { actor, url, http: client.http, signal: end.signal };
  const accessToken = (): string | undefined => client.accessToken;
  const others = [poll, readStream].map((follow) => follow({ ...watched, accessToken }));
  await teacher.send({ type: "session.open-lobby" });
  const students = await Promise.all(
    Array.from({ length: parts.students }, async (_, seat) => {
      const guest = newClient(url);
      const name = `student ${seat + 1}`;
      await guest.join({ code: made.joinCode, name });
      return student({ client: guest, url, actor, name, operations });
    }),
  );
  await teacher.send({ type: "session.start" });
  const members = [teacher, ...students.map(({ member }) => member)];
  return {
    ...{ actor, sessionId: made.id, joinCode: made.joinCode, teacher },
    onFacts: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    students: students.map(({ member }) => member),
    work: async (isOver) => {
      await Promise.all([teach(teacher, isOver), ...students.map(({ learn }) => learn(isOver))]);
    },
    onlookers: [...members, ...others],
    leave: () => {
      end.abort();
      members.forEach((member) => member.client.close());
    },
  };
}

/** WebSocket only: a poll that finds another node behind the balancer is nobody's. */
function newClient(url: string): Client {
  return createClient({ url, transports: ["websocket"], fetch: limitedFetch });
}

/** Whatever may be done now, the round's next step first. */
async function teach(teacher: Member, isOver: () => boolean): Promise<void> {
  let roundId = "";
  const { session } = teacher;
  while (!isOver()) {
    if (session.can.includes("round.open")) {
      const opened = await teacher.send({ type: "round.open", item: ITEM });
      roundId = roundIn(opened?.facts ?? []) ?? roundId;
    } else if (session.can.includes("round.close")) {
      await teacher.send({ type: "round.close", roundId });
    } else if (session.can.includes("round.reveal")) {
      await teacher.send({ type: "round.reveal", roundId });
    }
    await Bun.sleep(TEACHER_PAUSE_MS);
  }
}

function student(parts: Parameters<typeof enter>[0]) {
  let open: string | undefined;
  const member = enter({
    ...parts,
    onFacts: (facts) => {
      open = roundIn(facts) ?? open;
    },
  });
  const learn = async (isOver: () => boolean): Promise<void> => {
    let isRaised = false;
    while (!isOver()) {
      const roundId = open;
      open = undefined;
      if (roundId === undefined) {
        const type = isRaised ? "hand.lower" : "hand.raise";
        await member.send({ type });
        isRaised = !isRaised;
      } else {
        await member.send(answerTo(roundId));
      }
      await Bun.sleep(STUDENT_PAUSE_MS);
    }
  };
  return { member, learn };
}

function roundIn(facts: readonly SeenFact[]): string | undefined {
  const roundId = facts.find(({ type }) => type === "round.opened")?.["roundId"];
  return typeof roundId === "string" ? roundId : undefined;
}

function answerTo(roundId: string): SessionCommand {
  return { type: "answer.submit", roundId, answer: { choice: "b" } };
}
