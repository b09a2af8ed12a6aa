/**
 * Requests that reach no route: a Host that makes no URL, or a bug on the way to the doors.
 *
 * Bun would answer both by itself, and in development with our source code.
 */
import type { Ids, Log } from "../../actors/clock.ts";
import { type Problem, problem } from "../problem.ts";
import { no, respond } from "./answer.ts";
import { problemOfThrown } from "./failure.ts";

export interface StrayParts {
  readonly ids: Ids;
  readonly log: Log;
}

/** An answer for a request whose URL cannot be read; undefined: it can. */
export function refuseUnaddressed(request: Request, { ids }: StrayParts): Response | undefined {
  return URL.canParse(request.url)
    ? undefined
    : respondBare(problem("malformed", "The Host header is not a host."), ids.next());
}

/** What `Bun.serve` answers where a door threw. */
export function answerBug(error: unknown, { ids, log }: StrayParts): Response {
  const requestId = ids.next();
  const request = { requestId, traceId: undefined, method: "unknown", path: "unknown" };
  return respondBare(problemOfThrown(error, request, log), requestId);
}

function respondBare(document: Problem, requestId: string): Response {
  return respond(no(document), { requestId, closes: true, cors: {}, limit: {} });
}
