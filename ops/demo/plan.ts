/**
 * What will happen in the lesson: which step each question of the log becomes, and who says what.
 */
import type { Answer } from "../../machines/learning-session/answer.ts";
import type { Step } from "../../machines/learning-session/item.ts";
import { BadInput } from "./bad-input.ts";
import type { ClassLog } from "./class-log.ts";
import { type Replies, repliesTo } from "./replies.ts";

export interface PlannedRound {
  /** The log's name of the question. */
  readonly question: string;
  readonly stepId: string;
  /** By student; those who gave no answer are not in it. */
  readonly answers: ReadonlyMap<string, PlannedAnswer>;
}

export interface PlannedAnswer {
  readonly answer: Answer;
  readonly correct: boolean;
}

export interface Plan {
  readonly students: readonly string[];
  readonly rounds: readonly PlannedRound[];
  /** Steps that can be answered rightly and wrongly; the log's questions take them in turn. */
  readonly askedSteps: number;
}

export function planOf(log: ClassLog, steps: readonly Step[]): Plan {
  const asked = steps.flatMap((step) => {
    const replies = step.kind === "item" ? repliesTo(step.item) : undefined;
    return replies === undefined ? [] : [{ stepId: step.id, replies }];
  });
  if (asked.length === 0) {
    throw new BadInput("the lesson has no question that can be answered rightly and wrongly");
  }
  const { students, items } = log;
  const rounds = items.map((question, index) => {
    const { stepId, replies } = taking(asked, index);
    return { question, stepId, answers: answersOf(log, { question, students }, replies) };
  });
  return { students, rounds, askedSteps: asked.length };
}

function taking<T>(list: readonly T[], turn: number): T {
  const taken = list[turn % list.length];
  if (taken === undefined) {
    throw new RangeError("expected something to take");
  }
  return taken;
}

function answersOf(
  log: ClassLog,
  of: { readonly question: string; readonly students: readonly string[] },
  { right, wrong }: Replies,
): ReadonlyMap<string, PlannedAnswer> {
  return new Map(
    of.students.flatMap((student): [string, PlannedAnswer][] => {
      const correct = log.correct(student, of.question);
      return correct === undefined ? [] : [[student, { correct, answer: correct ? right : wrong }]];
    }),
  );
}
