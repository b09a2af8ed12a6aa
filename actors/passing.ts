/**
 * Failures that pass: the world was away for a moment, and what was asked is not to blame.
 */
export function isPassing(error: unknown): boolean {
  return error instanceof Error && "retry" in error && error.retry === "later";
}
