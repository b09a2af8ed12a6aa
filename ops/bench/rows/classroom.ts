/**
 * A class of thirty on real sockets: how long an answer takes to its acknowledgement, and how long
 * until the teacher's own connection has the record of it.
 *
 * Both are taken on one clock, that of this process. Two rhythms: within two seconds, as a class
 * answers, and all in the same instant, which no class does and every server must survive.
 */
import { availableParallelism } from "node:os";
import type { SeenFact } from "../../../machines/fact.ts";
import type { Item } from "../../../machines/learning-session/item.ts";
import { createClient } from "../../../src/client/client.ts";
import type { Acknowledged, WireRecord } from "../../../src/client/wire.ts";
import { type OwnServer, startOwnServer } from "../../demo/own-server.ts";
import { type Member, enter } from "../member.ts";
import { type Figure, type Row, quantile } from "../row.ts";

const STUDENTS = 30;
/** 480 answers a rhythm: the slowest hundredth of them is more than one accident. */
const ROUNDS = 16;
const SPREAD_MS = 2_000;
/** The first rounds of a fresh process are compiled while they run; they are not counted. */
const WARM_UP_ROUNDS = 4;
const PROMISED_MS = { acknowledgement: 50, record: 100 } as const;
const SETTLED_WITHIN_MS = 15_000;

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

export const classroom: Row = {
  name: "classroom",
  about: `${STUDENTS} students and a teacher on sockets, one server on the embedded default`,
  run: async (progress) => {
    const isPinned = Bun.which("taskset") !== null && availableParallelism() > 1;
    const server = await startOwnServer(isPinned ? ["taskset", "-c", "0"] : []);
    try {
      progress(`the server has ${isPinned ? "one core of its own" : "no core of its own"}`);
      const lesson = await openClass(server);
      progress(`${STUDENTS} students are in`);
      await measure(lesson, { rounds: WARM_UP_ROUNDS, spreadMs: 0 });
      const spread = await measure(lesson, { rounds: ROUNDS, spreadMs: SPREAD_MS }, progress);
      const burst = await measure(lesson, { rounds: ROUNDS, spreadMs: 0 }, progress);
      lesson.leave();
      return [
        ...figures(`${STUDENTS} answers in ${SPREAD_MS / 1_000} s`, spread),
        ...figures(`${STUDENTS} answers at once`, burst),
      ];
    } finally {
      await server.stop();
    }
  },
};

interface Student extends Member {
  readonly participantId: string;
}

interface Lesson {
  readonly teacher: Member;
  readonly students: readonly Student[];
  leave(): void;
}

interface Rhythm {
  readonly rounds: number;
  /** The class answers evenly over this time; 0: in one instant. */
  readonly spreadMs: number;
}

interface Samples {
  readonly acknowledgement: number[];
  readonly record: number[];
}

async function openClass({ url, password }: OwnServer): Promise<Lesson> {
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
  for (let seat = 1; seat <= STUDENTS; seat += 1) {
    const guest = createClient({ url });
    const joined = await guest.join({ code: session.joinCode, name: `Student ${seat}` });
    students.push({ ...(await enter(guest, session.id)), participantId: joined.participantId });
  }
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

async function measure(
  lesson: Lesson,
  rhythm: Rhythm,
  progress?: (line: string) => void,
): Promise<Samples> {
  const samples: Samples = { acknowledgement: [], record: [] };
  const seen = new Map<string, (at: number) => void>();
  const stop = lesson.teacher.onRecord((record) => {
    const at = performance.now();
    for (const who of answeredIn(record)) {
      seen.get(who)?.(at);
    }
  });
  for (let round = 1; round <= rhythm.rounds; round += 1) {
    const roundId = roundIn(await lesson.teacher.send({ type: "round.open", item: ITEM }));
    const all = lesson.students.map((student, index) =>
      answer(student, {
        roundId,
        samples,
        afterMs: (rhythm.spreadMs * index) / STUDENTS,
        seen: (listener) => seen.set(`${roundId} ${student.participantId}`, listener),
      }),
    );
    await within(SETTLED_WITHIN_MS + rhythm.spreadMs, Promise.all(all));
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
  await recorded;
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

function figures(rhythm: string, samples: Samples): readonly Figure[] {
  const figure = (what: keyof Samples): Figure => {
    const p99Ms = tenths(quantile(samples[what], 0.99));
    return {
      name: `${rhythm}: answer → ${what === "record" ? "teacher's record" : what}`,
      value: p99Ms,
      unit: "ms",
      of: `promised ${PROMISED_MS[what]} ms`,
      ratio: p99Ms / PROMISED_MS[what],
      p50Ms: tenths(quantile(samples[what], 0.5)),
      p99Ms,
    };
  };
  return [figure("acknowledgement"), figure("record")];
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
