/** The benchmark's load client takes for the quiz only what is the quiz. */
import { describe, expect, test } from "bun:test";
import { LivingQuiz, quizMachine } from "../../ops/bench/peers/quiz-machine.ts";
import { proveQuiz } from "../../ops/bench/peers/load.ts";
import type { Quiz, Reply } from "../../ops/bench/peers/quiz.ts";

/** `forgets`: it knows no id again. `recounts`: a question may be answered again. */
function quizOf(fault?: "forgets" | "recounts"): Quiz {
  let quiz = quizMachine.revive({ last: {}, counts: [0, 0, 0, 0] });
  const first = new Map<string, Reply>();
  return {
    answer: async (_lane, _actor, { id, student, ...answer }) => {
      const known = fault === "forgets" ? undefined : first.get(id);
      if (known !== undefined) {
        return known;
      }
      const who = fault === "recounts" ? id : student;
      const stepped = quiz.step({ type: "answer", student: who, ...answer }, STAMP);
      quiz = stepped.kind === "accepted" ? stepped.next : quiz;
      const counts = quiz instanceof LivingQuiz ? [...quiz.quiz.counts] : [];
      const reply = { counted: stepped.kind === "accepted", counts };
      first.set(id, reply);
      return reply;
    },
  };
}

const STAMP = { at: 0, seq: 1, by: { kind: "system" } } as const;

describe("a peer is taken for the quiz", () => {
  test("when it counts once, and gives a repeated id its first result", async () => {
    await proveQuiz(quizOf(), "actor");
  });

  test.each(["forgets", "recounts"] as const)("but not when it %s", async (fault) => {
    expect(await proveQuiz(quizOf(fault), "actor").catch(String)).toContain("expected the quiz");
  });
});
