/**
 * The quiz as a machine of our runtime: the same actor as `programs/quiz.mjs`.
 *
 * Too small for XState: one state, one command. A repeated id is the runtime's to know.
 */
import { Type } from "@sinclair/typebox";
import type { Json, JsonObject } from "../../../machines/json.ts";
import type { Living, Machine, Message, Stepped } from "../../../machines/living.ts";
import type { Standing } from "../../../machines/principal.ts";

interface QuizState extends JsonObject {
  /** By student. */
  readonly last: Readonly<Record<string, number>>;
  readonly counts: readonly number[];
}

export class LivingQuiz implements Living {
  readonly kind = "session";
  readonly machineVersion = 1;
  readonly state = "open";
  readonly over = false;
  readonly quiz: QuizState;

  constructor(quiz: QuizState) {
    this.quiz = quiz;
  }

  step(message: Message): Stepped {
    const { last, counts } = this.quiz;
    const { student, question, choice } = parseAnswer(message);
    if (question <= (last[student] ?? -1)) {
      const detail = "This question is answered already.";
      return { kind: "refused", refusal: { code: "already-answered", detail } };
    }
    return accepted({
      last: { ...last, [student]: question },
      counts: counts.with(choice, (counts[choice] ?? 0) + 1),
    });
  }

  standing(): Standing {
    return { role: "student", audience: "class", since: 0 };
  }

  view(): JsonObject {
    return { counts: this.quiz.counts };
  }

  counters(): readonly never[] {
    return [];
  }

  connections(): readonly never[] {
    return [];
  }

  persist(): Json {
    return this.quiz;
  }
}

export const quizMachine: Machine = {
  kind: "session",
  version: 1,
  commands: { answer: Type.Object({ type: Type.Literal("answer") }) },
  effects: {},
  birth: () => accepted({ last: {}, counts: [0, 0, 0, 0] }),
  revive: (stored) => new LivingQuiz(parseState(stored)),
  can: () => ["answer"],
  may: () => true,
};

function accepted(quiz: QuizState): Stepped {
  return {
    kind: "accepted",
    next: new LivingQuiz(quiz),
    facts: [
      { type: "answered", parts: [{ to: "everyone", fields: { counts: [...quiz.counts] } }] },
    ],
    timers: [],
    effects: [],
  };
}

function parseAnswer(message: Message): { student: string; question: number; choice: number } {
  return message as unknown as { student: string; question: number; choice: number };
}

function parseState(stored: unknown): QuizState {
  return stored as QuizState;
}
