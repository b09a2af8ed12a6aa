/**
 * A class on real sockets, as it is measured: how long an answer takes to its acknowledgement, how
 * long until the teacher's own connection has the record of it, and how far the teacher's count of
 * answers is behind. All on one clock, that of this process.
 */
import type { SeenFact } from "../../machines/fact.ts";
import type { Item } from "../../machines/learning-session/item.ts";
import { createClient } from "../../src/client/client.ts";
import type { Acknowledged, WireRecord } from "../../src/client/wire.ts";
import type { OwnServer } from "../demo/own-server.ts";
import { type Member, enter } from "./member.ts";

const SETTLED_WITHIN_MS = 15_000;
/** Students who come through the door at a time. */
const JOINING = 10;

const ITEM: Item = {
  kind: "single-choice",
  prompt: "Which of these is a prime number?",
  points: 1,
  choices: [
    { id: "a", text: "21", correct: false },
    { id: "b", text: "23", correct: true },
    { id: "c", text: "25", correct: false },
  ],
};

interface Student extends Member {
  readonly participantId: string;
}

export interface Lesson {
  readonly teacher: Member;
  readonly students: readonly Student[];
  leave(): void;
}

export interface Rhythm {
  readonly rounds: number;
  /** The class answers evenly over this time; 0: in one instant. */
  readonly spreadMs: number;
}

export interface Samples {
  readonly acknowledgement: number[];
  readonly record: number[];
  /** How far behind the teacher's count of answers was, each time before it changed. */
  readonly counts: number[];
}

export async function openClass({ url, password }: OwnServer, size: number): Promise<Lesson> {
  const client = createClient({ url });
  await client.signIn({ tenant: "demo", email: "teacher@demo.example", password });
  const { id: lessonId } = await client.http.post<{ readonly id: string }>("/lessons", {
    title: "Bench",
    language: "en",
    status: "published",
    steps: [{ id: "s1", kind: "content", title: "Welcome", body: "Ready?" }],
  });
  const made = { lessonId, settings: { graceMs: 0 } };
  const session = await client.http.post<Made>("/sessions", made);
  const teacher = await enter(client, session.id);
  await teacher.send({ type: "session.open-lobby" });
  const students: Student[] = [];
  let seat = 0;
  const door = async (): Promise<void> => {
    while (seat < size) {
      seat += 1;
      const guest = createClient({ url });
      const joined = await guest.join({ code: session.joinCode, name: `Student ${seat}` });
      students.push({ ...(await enter(guest, session.id)), participantId: joined.participantId });
    }
  };
  await Promise.all(Array.from({ length: JOINING }, door));
  await teacher.send({ type: "session.start" });
  return {
    teacher,
    students,
    leave: () => {
      for (const member of [teacher, ...students]) {
        member.leave();
      }
    },
  };
}

interface Made {
  readonly id: string;
  readonly joinCode: string;
}

export async function measure(
  lesson: Lesson,
  rhythm: Rhythm,
  progress?: (line: string) => void,
): Promise<Samples> {
  const samples: Samples = { acknowledgement: [], record: [], counts: [] };
  const seen = new Map<string, (at: number) => void>();
  const stop = lesson.teacher.onRecord((record) => {
    const at = performance.now();
    for (const who of answeredIn(record)) {
      seen.get(who)?.(at);
    }
  });
  for (let round = 1; round <= rhythm.rounds; round += 1) {
    const roundId = roundIn(await lesson.teacher.send({ type: "round.open", item: ITEM }));
    const behind = countsOf(lesson.teacher, roundId, samples.counts);
    const all = lesson.students.map((student, index) =>
      answer(student, {
        roundId,
        samples,
        afterMs: (rhythm.spreadMs * index) / lesson.students.length,
        acknowledged: behind.acknowledged,
        seen: (listener) => seen.set(`${roundId} ${student.participantId}`, listener),
      }),
    );
    await within(SETTLED_WITHIN_MS + rhythm.spreadMs, Promise.all(all));
    await within(SETTLED_WITHIN_MS, behind.caughtUp(lesson.students.length));
    const scored = recordOf(lesson.teacher, "round.scored", roundId);
    await lesson.teacher.send({ type: "round.close", roundId });
    await within(SETTLED_WITHIN_MS, scored);
    await lesson.teacher.send({ type: "round.reveal", roundId });
    if (round % 4 === 0) {
      progress?.(`round ${round} of ${rhythm.rounds}`);
    }
  }
  stop();
  return samples;
}

interface Turn {
  readonly roundId: string;
  readonly afterMs: number;
  readonly samples: Samples;
  readonly seen: (listener: (at: number) => void) => void;
  readonly acknowledged: () => void;
}

async function answer(student: Student, turn: Turn): Promise<void> {
  await Bun.sleep(turn.afterMs);
  const sentAt = performance.now();
  const recorded = new Promise<void>((resolve) => {
    turn.seen((at) => {
      turn.samples.record.push(at - sentAt);
      resolve();
    });
  });
  await student.send({ type: "answer.submit", roundId: turn.roundId, answer: { choice: "b" } });
  turn.samples.acknowledgement.push(performance.now() - sentAt);
  turn.acknowledged();
  await recorded;
}

/**
 * The teacher's count of answers beside the acknowledgements: whenever it changes, how long ago the
 * first answer was acknowledged that it did not have until then.
 */
function countsOf(teacher: Member, roundId: string, samples: number[]) {
  const acknowledgedAt: number[] = [];
  let counted = 0;
  const caught = Promise.withResolvers<void>();
  let wanted = Infinity;
  const stop = teacher.onCount((round, answered) => {
    if (round !== roundId || answered <= counted) {
      return;
    }
    const missing = acknowledgedAt[counted];
    samples.push(missing === undefined ? 0 : performance.now() - missing);
    counted = answered;
    if (counted >= wanted) {
      stop();
      caught.resolve();
    }
  });
  return {
    acknowledged: () => void acknowledgedAt.push(performance.now()),
    caughtUp: (count: number): Promise<void> => {
      wanted = count;
      if (counted >= wanted) {
        stop();
        caught.resolve();
      }
      return caught.promise;
    },
  };
}

function recordOf(member: Member, type: string, roundId: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = member.onRecord((record) => {
      if (record.facts.some((fact) => fact.type === type && fact["roundId"] === roundId)) {
        stop();
        resolve();
      }
    });
  });
}

function answeredIn(record: WireRecord): readonly string[] {
  return record.facts
    .filter((fact) => fact.type === "answer.submitted")
    .map((fact) => `${wordIn(fact, "roundId")} ${wordIn(fact, "participantId")}`);
}

function roundIn(accepted: Acknowledged): string {
  const opened = accepted.facts.find((fact) => fact.type === "round.opened");
  if (opened === undefined) {
    throw new Error(`expected round.opened, found ${JSON.stringify(accepted.facts)}`);
  }
  return wordIn(opened, "roundId");
}

function wordIn(fact: SeenFact, field: string): string {
  const word = fact[field];
  if (typeof word !== "string") {
    throw new Error(`expected ${field} in ${fact.type}, found ${JSON.stringify(fact)}`);
  }
  return word;
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: Timer | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`expected answers within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
