/** The "no" of a socket: the same problem document as over HTTP, in an acknowledgement. */
import { type Problem, problem } from "../problem.ts";

/** After a store failed, a client that asks again at once only makes it worse. */
const UNAVAILABLE_RETRY_MS = 500;

export type Acknowledge = (answer: object) => void;

export interface RefusalDocument {
  readonly ok: false;
  readonly problem: Problem;
}

export function refuse(no: Problem): RefusalDocument {
  return { ok: false, problem: no };
}

export function unknown(actor: string): Problem {
  return problem("not-found", `There is no ${actor} here.`);
}

export function unsettled(): Problem {
  const detail = "What was asked for kept changing under the question; ask again.";
  return problem("unavailable", detail, { retryAfterMs: UNAVAILABLE_RETRY_MS });
}
