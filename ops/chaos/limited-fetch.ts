/** Fetch with an end: no call of a chaos run waits for a server that never answers. */
import type { Fetch } from "../../src/client/http.ts";

/** Above what a busy node takes, below what a paused one stands still. */
const CALL_WITHIN_MS = 5_000;

/** Rejects also when the body is late. */
export const limitedFetch: Fetch = (url, init) => fetchWithin(url, init, CALL_WITHIN_MS);

export function fetchWithin(url: string, init: RequestInit, withinMs: number): Promise<Response> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(Math.min(withinMs, CALL_WITHIN_MS)) });
}
