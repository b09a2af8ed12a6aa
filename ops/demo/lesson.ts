/**
 * The live lesson of the demo: a lobby, one round for each question of the log, a report.
 *
 * In every round everyone answers at once, or evenly over a time, except that one student, another
 * each time, loses the connection: in turn before answering and with the answer under way.
 */
import type { Acknowledged } from "../../src/client/wire.ts";
import { createClient } from "../../src/client/client.ts";
import { ProblemError } from "../../src/client/problems.ts";
import { BadInput } from "./bad-input.ts";
import {
  type Network,
  type Person,
  type Sent,
  type Student,
  accepted,
  answering,
  isLive,
  joinedStudent,
  watching,
} from "./classroom.ts";
import { factKey } from "./hearing.ts";
import { type Material, importLesson } from "./material.ts";
import type { Plan, PlannedRound } from "./plan.ts";
import { type Progress, barOf } from "./progress.ts";
import type { Report } from "./report.ts";

/** Drafts are not used, so nobody needs a second and a half after each round. */
const GRACE_MS = 200;
/** Joins at a time: a class that comes through the door, not a stampede. */
const JOINS_AT_ONCE = 10;

export interface School {
  readonly url: string;
  readonly tenant: string;
  readonly email: string;
  readonly password: string;
}

/** What was played, for the verdict. */
export interface Played {
  readonly round: PlannedRound;
  readonly roundId: string;
  /** By student. */
  readonly sent: ReadonlyMap<string, Sent>;
}

export interface Lesson {
  readonly teacher: Person;
  readonly students: readonly Student[];
  readonly played: readonly Played[];
  readonly report: Report;
}

export async function teach(
  school: School,
  files: readonly string[],
  {
    planned,
    progress,
    withinMs,
  }: {
    readonly planned: (material: Material) => Plan;
    readonly progress: Progress;
    /** The time over which the class answers; 0: at once. */
    readonly withinMs: number;
  },
): Promise<Lesson> {
  const client = createClient({ url: school.url });
  const clients = [client];
  try {
    await signedIn(client, school);
    const material = await importLesson(client, files);
    const plan = planned(material);
    const made = await client.http.post<{ id: string; joinCode: string }>("/sessions", {
      lessonId: material.id,
      title: "Demo class",
      settings: { graceMs: GRACE_MS },
    });
    const teacher = watching("the teacher", client, made.id);
    await isLive(teacher);
    await accepted(teacher, { type: "session.open-lobby" });
    const students = await joining(school.url, made.joinCode, plan.students, progress);
    clients.push(...students.map((student) => student.client));
    await accepted(teacher, { type: "session.start" });
    const played: Played[] = [];
    for (const [index, round] of plan.rounds.entries()) {
      progress.say(saidOf(plan, index, round));
      played.push(await play({ teacher, students, withinMs }, round, index));
    }
    await accepted(teacher, { type: "session.end" });
    const report = await client.http.get<Report>(`/sessions/${made.id}/report`);
    return { teacher, students, played, report };
  } finally {
    for (const each of clients) {
      each.close();
    }
  }
}

async function signedIn(client: ReturnType<typeof createClient>, school: School): Promise<void> {
  const { tenant, email, password } = school;
  try {
    await client.signIn({ tenant, email, password });
  } catch (error) {
    if (error instanceof ProblemError && error.problem.status === 401) {
      throw new BadInput(`${email} could not sign in to "${tenant}": is DEMO_PASSWORD right?`, {
        cause: error,
      });
    }
    throw error;
  }
}

async function joining(
  url: string,
  code: string,
  names: readonly string[],
  progress: Progress,
): Promise<readonly Student[]> {
  const students: Student[] = [];
  for (let from = 0; from < names.length; from += JOINS_AT_ONCE) {
    const some = names.slice(from, from + JOINS_AT_ONCE);
    students.push(...(await Promise.all(some.map((name) => joinedStudent(url, code, name)))));
    const bar = barOf(students.length, names.length);
    progress.say(`${bar} ${students.length} of ${names.length} students have joined`);
  }
  return students;
}

function saidOf(plan: Plan, index: number, round: PlannedRound): string {
  const of = `${barOf(index, plan.rounds.length)} round ${index + 1} of ${plan.rounds.length}`;
  return `${of}: ${round.question}, ${round.answers.size} of ${plan.students.length} answer`;
}

async function play(
  {
    teacher,
    students,
    withinMs,
  }: {
    readonly teacher: Person;
    readonly students: readonly Student[];
    readonly withinMs: number;
  },
  round: PlannedRound,
  index: number,
): Promise<Played> {
  const opened = await accepted(teacher, { type: "round.open", stepId: round.stepId });
  const roundId = roundIn(opened);
  const shaky = index % students.length;
  const sent = await Promise.all(
    students.map(async (student, seat): Promise<[string, Sent | undefined]> => {
      const network = seat === shaky ? fault(index) : "steady";
      const planned = round.answers.get(student.name);
      const afterMs = (withinMs * seat) / students.length;
      return [student.name, await answering(student, roundId, { planned, network, afterMs })];
    }),
  );
  await accepted(teacher, { type: "round.close", roundId });
  await teacher.hearing.until(factKey("round.scored", roundId));
  await accepted(teacher, { type: "round.reveal", roundId });
  const revealed = factKey("round.revealed", roundId);
  await Promise.all([teacher, ...students].map((person) => person.hearing.until(revealed)));
  const given = sent.filter((entry): entry is [string, Sent] => entry[1] !== undefined);
  return { round, roundId, sent: new Map(given) };
}

function fault(index: number): Network {
  return index % 2 === 0 ? "drops-before" : "drops-under-way";
}

function roundIn({ facts }: Acknowledged): string {
  const opened = facts.find((fact) => fact.type === "round.opened");
  const roundId = opened?.["roundId"];
  if (typeof roundId !== "string") {
    throw new TypeError("expected a round.opened with a roundId in the acknowledgement");
  }
  return roundId;
}
