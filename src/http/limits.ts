/**
 * Rate limits of the HTTP door: how many of what, in which time, by whom.
 *
 * Counted in this process's memory; each node of a deployment admits its own share.
 */
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { Config } from "../config.ts";
import { type Problem, problem } from "../problem.ts";

/** A person mistypes a password a few times; a guesser needs thousands. */
export const SIGN_IN_FAILURES = 10;
export const SIGN_IN_WINDOW_S = 10 * 60;
/** Thirty students behind one address may all mistype ten times; right codes never count. */
export const WRONG_CODES = 300;
export const WRONG_CODES_WINDOW_S = 10 * 60;

export interface LimitRule {
  readonly name: string;
  readonly points: number;
  readonly windowS: number;
}

export interface LimitState {
  readonly problem: Problem | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Limit {
  /** Counts one, and says whether that was too many. */
  take(key: string): Promise<LimitState>;
  /** Says whether there were too many already, and counts nothing. */
  ask(key: string): Promise<LimitState>;
  forget(key: string): Promise<void>;
}

export interface Limits {
  readonly requests: Limit;
  readonly signInFailures: Limit;
  readonly wrongCodes: Limit;
}

export function createLimits({ requestsPerMinute }: Pick<Config, "requestsPerMinute">): Limits {
  return {
    requests: createLimit({ name: "requests", points: requestsPerMinute, windowS: 60 }),
    signInFailures: createLimit({
      name: "sign-in-failures",
      points: SIGN_IN_FAILURES,
      windowS: SIGN_IN_WINDOW_S,
    }),
    wrongCodes: createLimit({
      name: "wrong-codes",
      points: WRONG_CODES,
      windowS: WRONG_CODES_WINDOW_S,
    }),
  };
}

export function createLimit(rule: LimitRule): Limit {
  const limiter = new RateLimiterMemory({
    keyPrefix: rule.name,
    points: rule.points,
    duration: rule.windowS,
  });
  return {
    async take(key) {
      return stateOf(rule, await consume(limiter, key));
    },
    async ask(key) {
      const found = await limiter.get(key);
      const full = found !== null && found.consumedPoints >= rule.points;
      return stateOf(rule, found ?? undefined, full);
    },
    async forget(key) {
      await limiter.delete(key);
    },
  };
}

/** The library rejects with the same kind of object that it resolves with. */
async function consume(limiter: RateLimiterMemory, key: string): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key);
  } catch (error) {
    if (error instanceof RateLimiterRes) {
      return error;
    }
    throw error;
  }
}

function stateOf(rule: LimitRule, found: RateLimiterRes | undefined, full?: boolean): LimitState {
  const consumed = found?.consumedPoints ?? 0;
  const remaining = Math.max(0, rule.points - consumed);
  const waitMs = Math.max(0, found?.msBeforeNext ?? 0);
  const waitS = Math.ceil(waitMs / 1_000);
  const headers = {
    "ratelimit-limit": String(rule.points),
    "ratelimit-remaining": String(remaining),
    "ratelimit-reset": String(waitS),
    "ratelimit-policy": `"${rule.name}";q=${rule.points};w=${rule.windowS}`,
    ratelimit: `"${rule.name}";r=${remaining};t=${waitS}`,
  };
  if (!(full ?? consumed > rule.points)) {
    return { problem: undefined, headers };
  }
  const detail = `At most ${rule.points} in ${rule.windowS} seconds; wait ${waitS} seconds.`;
  return { problem: problem("rate-limited", detail, { retryAfterMs: waitMs }), headers };
}
