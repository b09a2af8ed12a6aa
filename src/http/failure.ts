/**
 * Failures and bugs at the HTTP door: what a thrown error becomes, and the line it leaves.
 *
 * Its words go to the log, beside the request's id; the client hears only whether to try again.
 */
import type { Log } from "../../actors/clock.ts";
import { problemOfFailure } from "../failure.ts";
import type { Problem } from "../problem.ts";

export interface FailedRequest {
  readonly requestId: string;
  readonly traceId: string | undefined;
  readonly method: string;
  readonly path: string;
}

export function problemOfThrown(error: unknown, request: FailedRequest, log: Log): Problem {
  const named: Log = {
    info: (event, fields) => log.info(event, { ...request, ...fields }),
    warn: (event, fields) => log.warn(event, { ...request, ...fields }),
    error: (event, fields) => log.error(event, { ...request, ...fields }),
  };
  return problemOfFailure(error, named);
}
