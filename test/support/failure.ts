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
