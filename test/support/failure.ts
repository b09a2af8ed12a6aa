/**
 * What a promise was rejected with, to be looked at by expectations; a promise that holds fails.
 */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const [outcome] = await Promise.allSettled([promise]);
  if (outcome.status === "fulfilled") {
    throw new Error("expected a failure, found a promise that holds");
  }
  return outcome.reason;
}

/**
 * A function that throws what the promise was rejected with. Bun's own `rejects` turns the event
 * loop inside of `expect` until the promise is settled, and sleeps there while sockets are open:
 * a simulated world stands still then.
 */
export async function thrownBy(promise: Promise<unknown>): Promise<() => never> {
  const reason = await failureOf(promise);
  return () => {
    throw reason;
  };
}
