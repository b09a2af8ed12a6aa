/**
 * Problem documents (RFC 9457): one shape of "no" for both doors.
 *
 * Owns the table from code to status and title. It is total over `Code`, so a new code does not
 * compile until it has both. Nothing internal is ever put into a problem.
 */
import type { Json } from "../machines/json.ts";
import type { Code, FieldError, Refusal } from "../machines/refusal.ts";

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: Code;
  readonly detail: string;
  readonly accepts?: readonly string[];
  readonly errors?: readonly FieldError[];
  readonly retryAfterMs?: number;
  readonly requestId?: string;
  readonly [more: string]: Json | readonly FieldError[] | undefined;
}

const KINDS: Readonly<Record<Code, readonly [status: number, title: string]>> = {
  malformed: [400, "The request could not be read"],
  unauthenticated: [401, "A valid token is needed"],
  "not-allowed": [403, "You may not do this"],
  banned: [403, "You were banned from this session"],
  removed: [403, "You were removed from this session"],
  "tenant-suspended": [403, "The school is suspended"],
  "consent-required": [403, "Consent is required first"],
  "not-found": [404, "There is no such thing here"],
  "unknown-code": [404, "No session has this code"],
  "method-not-allowed": [405, "The path does not take this method"],
  "not-accepted": [409, "This is not accepted now"],
  "not-open-yet": [409, "The session is not open yet"],
  "admission-locked": [409, "Admission is locked"],
  "session-full": [409, "The session is full"],
  "session-over": [409, "The session is over"],
  "name-taken": [409, "The name is taken"],
  "not-admitted": [409, "You are not admitted"],
  paused: [409, "The session is paused"],
  "round-not-open": [409, "The round is not open"],
  "wrong-round": [409, "Another round is current"],
  "too-late": [409, "The answer came too late"],
  "already-answered": [409, "There is an answer already"],
  "round-already-open": [409, "A round is open already"],
  "round-closing": [409, "The round is closing"],
  "already-revealed": [409, "The round is revealed already"],
  "cannot-promote": [409, "This user cannot be a co-host"],
  "moved-on": [409, "The actor has moved on"],
  "version-conflict": [409, "There is a newer version"],
  "too-large": [413, "The request is too large"],
  "unsupported-media-type": [415, "The media type is not supported"],
  "unsupported-version": [400, "The protocol version is not supported"],
  invalid: [422, "The request is not valid"],
  "bad-answer": [422, "The answer does not fit the question"],
  "key-reused": [422, "The key was used for something else"],
  "rate-limited": [429, "Too many requests"],
  internal: [500, "Something went wrong on our side"],
  busy: [503, "Too much is waiting"],
  draining: [503, "The server is shutting down"],
  unavailable: [503, "The service is not available now"],
};

export function problem(
  code: Code,
  detail: string,
  more: Omit<Partial<Problem>, "code" | "detail"> = {},
): Problem {
  const [status, title] = KINDS[code];
  return { ...more, type: `/problems/${code}`, title, status, code, detail };
}

export function statusOf(code: Code): number {
  return KINDS[code][0];
}

/** A refusal of a machine, with what it accepts now from this caller. */
export function problemOfRefusal(refusal: Refusal, accepts: readonly string[]): Problem {
  return problem(refusal.code, refusal.detail, {
    ...refusal.more,
    accepts,
    ...(refusal.errors === undefined ? {} : { errors: refusal.errors }),
  });
}
