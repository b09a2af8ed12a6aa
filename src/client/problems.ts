/** What goes wrong for a client: a problem document as an error, and an answer that never came. */
import type { Problem } from "../problem.ts";

/** The server said no. Refused commands are values, not errors; everything else throws this. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.problem = problem;
  }
}

/**
 * No answer before the deadline: the command may or may not have been accepted. Sending the same
 * `id` again, now or after a restart of the program, gives its one result.
 */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
  readonly id: string;

  constructor(id: string, deadlineMs: number) {
    super(`no answer within ${deadlineMs} ms; send the same id again`);
    this.id = id;
  }
}

/** The server cannot do it now, and says so: the same word is worth saying again. */
export function isPassing(problem: Problem): boolean {
  return problem.status === 429 || problem.status === 503;
}

export function parseProblem(status: number, body: unknown): Problem {
  const isProblem = typeof body === "object" && body !== null && "code" in body;
  return isProblem
    ? (body as Problem)
    : ({
        type: "about:blank",
        title: "The answer could not be read",
        status,
        code: status >= 500 ? "unavailable" : "malformed",
        detail: `Expected a JSON document, found HTTP ${status}.`,
      } satisfies Problem);
}
