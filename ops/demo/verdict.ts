/**
 * The verdict: the server's report against the class's log, answer by answer, and what every
 * client heard against what it should have heard.
 */
import { factKey } from "./hearing.ts";
import type { Person } from "./classroom.ts";
import type { Played } from "./lesson.ts";
import type { Report } from "./report.ts";

/** What is shown of a long list of differences. */
const SHOWN_MAX = 10;

type Listener = Pick<Person, "name" | "hearing" | "resets">;

/** What has to be known of a lesson. */
export interface Heard {
  readonly teacher: Listener;
  readonly students: readonly (Listener & { readonly participantId: string })[];
  readonly played: readonly Played[];
  readonly report: Report;
}

export interface Verdict {
  readonly right: number;
  readonly wrong: number;
  readonly blank: number;
  /** Given, but not in the report. */
  readonly lost: readonly string[];
  /** In the report, or in the teacher's records, more than once. */
  readonly doubled: readonly string[];
  /** Judged otherwise than in the log, or never given. */
  readonly different: readonly string[];
  /** Facts that a client did not hear exactly once, and records out of order. */
  readonly misheard: readonly string[];
  /** Students who heard a fact of somebody else. */
  readonly leaked: readonly string[];
  /** Milliseconds from sending an answer; of students whose connection held. */
  readonly toAcknowledgement: readonly number[];
  readonly toTeacher: readonly number[];
}

export function verdictOf(lesson: Heard): Verdict {
  const cells = lesson.played.flatMap((played) =>
    lesson.students.map((student) => cellOf(lesson, played, student)),
  );
  const steady = cells.filter((cell) => !cell.isShaky);
  return {
    right: cells.filter((cell) => cell.found === true).length,
    wrong: cells.filter((cell) => cell.found === false).length,
    blank: cells.filter((cell) => cell.found === undefined).length,
    lost: cells.filter((cell) => cell.wanted !== undefined && cell.times === 0).map(named),
    doubled: cells.filter((cell) => cell.times > 1 || cell.heard > 1).map(named),
    different: cells.filter((cell) => cell.times > 0 && cell.found !== cell.wanted).map(named),
    misheard: misheardIn(lesson),
    leaked: lesson.students
      .filter(({ participantId, hearing }) =>
        [...hearing.seats].some((seat) => seat !== participantId),
      )
      .map(named),
    toAcknowledgement: steady.flatMap(({ sent }) =>
      sent === undefined ? [] : [sent.acknowledgedAt - sent.sentAt],
    ),
    toTeacher: steady.flatMap(({ sent, heardAt }) =>
      sent === undefined || heardAt === undefined ? [] : [heardAt - sent.sentAt],
    ),
  };
}

export function isClean(verdict: Verdict): boolean {
  const { lost, doubled, different, misheard, leaked } = verdict;
  return [lost, doubled, different, misheard, leaked].every((list) => list.length === 0);
}

/** What is printed at the end. */
export function linesOf(verdict: Verdict): readonly string[] {
  const { right, wrong, blank, lost, doubled, different, misheard, leaked } = verdict;
  return [
    `${right + wrong} answers in the report: ${right} right, ${wrong} wrong; ${blank} not given`,
    `lost: ${lost.length}, doubled: ${doubled.length}, different: ${different.length}, ` +
      `misheard by a client: ${misheard.length}, heard of others: ${leaked.length}`,
    `answer to acknowledgement: ${latency(verdict.toAcknowledgement)}`,
    `answer to teacher's record: ${latency(verdict.toTeacher)}`,
    ...shown("lost", lost),
    ...shown("doubled", doubled),
    ...shown("different", different),
    ...shown("misheard", misheard),
    ...shown("students who heard of others", leaked),
  ];
}

function cellOf(
  lesson: Heard,
  { round, roundId, sent }: Played,
  student: Heard["students"][number],
) {
  const row = lesson.report.participants.find(
    (each) => each.participantId === student.participantId,
  );
  const answers = row?.answers.filter((answer) => answer.roundId === roundId) ?? [];
  const submitted = factKey("answer.submitted", roundId, student.participantId);
  return {
    name: `${student.name} in ${round.question}`,
    wanted: round.answers.get(student.name)?.correct,
    found: answers[0]?.correct ?? undefined,
    times: answers.length,
    heard: lesson.teacher.hearing.times(submitted),
    heardAt: lesson.teacher.hearing.firstAt(submitted),
    sent: sent.get(student.name),
    isShaky: sent.get(student.name)?.isShaky === true,
  };
}

function named(cell: { readonly name: string }): string {
  return cell.name;
}

/** Everyone hears each round open and each reveal once; the teacher each answer once. */
function misheardIn({ teacher, students, played }: Heard): readonly string[] {
  const everyone = [teacher, ...students].flatMap((person) => [
    ...played
      .flatMap(({ roundId }) => [
        factKey("round.opened", roundId),
        factKey("round.revealed", roundId),
      ])
      .filter((key) => person.hearing.times(key) !== 1)
      .map((key) => `${person.name}: ${key} ${person.hearing.times(key)} times`),
    ...(person.hearing.disorder > 0 ? [`${person.name}: records out of order`] : []),
    ...(person.resets.count > 1 ? [`${person.name}: a gap that was not filled`] : []),
  ]);
  const unheard = played.flatMap(({ roundId, sent, round }) =>
    students
      .filter((student) => sent.has(student.name))
      .map((student) => ({
        student,
        times: teacher.hearing.times(factKey("answer.submitted", roundId, student.participantId)),
      }))
      .filter(({ times }) => times !== 1)
      .map(
        ({ student, times }) => `the teacher: ${student.name} in ${round.question} ${times} times`,
      ),
  );
  return [...everyone, ...unheard];
}

function latency(samples: readonly number[]): string {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number): string => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    return value === undefined ? "–" : `${value.toFixed(1)} ms`;
  };
  return `p50 ${at(0.5)}, p99 ${at(0.99)}`;
}

function shown(what: string, list: readonly string[]): readonly string[] {
  const more = list.length > SHOWN_MAX ? [`  … and ${list.length - SHOWN_MAX} more`] : [];
  return list.length === 0
    ? []
    : [`${what}:`, ...list.slice(0, SHOWN_MAX).map((each) => `  ${each}`), ...more];
}
