/**
 * The real world's time, chance and identity: the one file that may ask for them.
 *
 * Everything else takes a `Clock` or `Ids`, so that a whole node runs in a test under one seed.
 */
import type { Clock, Ids } from "../actors/clock.ts";

/** Node timers hold 31 bits of milliseconds; a longer wait is made of several. */
const TIMER_MS_MAX = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, then) => startTimer(systemClock.now() + delayMs, then),
};

/** 128 random bits in hexadecimal; browsers have `randomUUID` only on secure origins. */
export const systemIds: Ids = {
  next: () => hexOf(crypto.getRandomValues(new Uint8Array(16))),
};

/** This process, as those who run it watch it. */
export const systemProcess = {
  startedAtMs: performance.timeOrigin,
  residentBytes: () => process.memoryUsage.rss(),
} as const;

/** `bytes` random bytes, base64url: secrets such as refresh tokens. */
export function randomSecret(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("base64url");
}

/** A whole number from 0 up to, not including, `below` (at most 256), without bias. */
export function randomBelow(below: number): number {
  const limit = 256 - (256 % below);
  for (;;) {
    const [byte = limit] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < limit) {
      return byte % below;
    }
  }
}

/** Browsers of before 2025 have no `toHex`. */
function hexOf(bytes: Uint8Array): string {
  return "toHex" in bytes
    ? bytes.toHex()
    : Array.from(bytes, (byte: number) => byte.toString(16).padStart(2, "0")).join("");
}

function startTimer(dueAt: number, then: () => void): () => void {
  const wait = Math.max(0, dueAt - systemClock.now());
  let stop = (): void => clearTimeout(timer);
  const timer = setTimeout(
    () => {
      if (systemClock.now() >= dueAt) {
        then();
      } else {
        stop = startTimer(dueAt, then);
      }
    },
    Math.min(wait, TIMER_MS_MAX),
  );
  return () => stop();
}
