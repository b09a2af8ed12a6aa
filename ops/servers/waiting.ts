/** Waiting for a process or a state that will come: a poll with an end, and a sentence at it. */

const POLL_EVERY_MS = 10;

export interface Wait {
  readonly withinMs: number;
  /** What is waited for, for the sentence when it does not come. */
  readonly what: string;
}

/** A check that throws is asked again; the last error is the cause of the one thrown in the end. */
export async function waitFor(
  check: () => boolean | Promise<boolean>,
  { withinMs, what }: Wait,
): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  let cause: unknown;
  for (;;) {
    try {
      if (await check()) {
        return;
      }
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= giveUpAt) {
      throw new Error(`${what} did not come within ${withinMs} ms`, { cause });
    }
    await Bun.sleep(POLL_EVERY_MS);
  }
}
