/**
 * Time, chance and identity as inputs; `src/platform.ts` has the real ones, tests have their own.
 */

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `then` once, `delayMs` from now at the earliest; the returned function calls it off. */
  after(delayMs: number, then: () => void): () => void;
}

export interface Ids {
  /** A new id of 128 random bits or more, of the characters of `machines/ids.ts`. */
  next(): string;
}

export interface Log {
  /** `event` is past tense and dotted, `fields` never hold payloads or a learner's words. */
  info(event: string, fields: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields: Readonly<Record<string, unknown>>): void;
  error(event: string, fields: Readonly<Record<string, unknown>>): void;
}

export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
