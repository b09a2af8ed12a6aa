/** What went wrong, in the reader's language: problems are translated by their code. */
import { ProblemError, Unanswered } from "../client/problems.ts";
import type { Problem } from "../problem.ts";
import { momentOf } from "./moment.ts";
import { placeNow, t, wordFor } from "./text.ts";

export function textOfProblem(problem: Problem): string {
  const { code } = problem;
  const suggestion = typeof problem["suggestion"] === "string" ? problem["suggestion"] : "";
  const startsAt = problem["startsAt"];
  if (code === "not-open-yet" && typeof startsAt === "string") {
    const when = momentOf(Date.parse(startsAt), placeNow().language);
    return t("p.not-open-yet-at", { when });
  }
  const key = PASSING.has(code) ? "p.unavailable" : `p.${code}`;
  return wordFor(key, { suggestion }) ?? t("p.other", { code });
}

export function textOfError(error: unknown): string {
  if (error instanceof ProblemError) {
    return textOfProblem(error.problem);
  }
  return error instanceof Unanswered ? t("p.unavailable") : t("p.other", { code: "internal" });
}

const PASSING: ReadonlySet<string> = new Set(["unavailable", "busy", "draining"]);
