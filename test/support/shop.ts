/** A shop for tests of effects: what is bought or wished is done only when the test says so. */
import { EFFECT_LEASE_MS } from "../../actors/commit-of.ts";
import type { Performer } from "../../actors/perform.ts";
import type { Runtime } from "../../actors/runtime.ts";
import { ADDRESS, saying } from "./nodes.ts";
import { heardBy } from "./tally.ts";

export const LEASE_MS = EFFECT_LEASE_MS;

export interface Call {
  readonly text: string;
  readonly signal: AbortSignal;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
}

/** Performs nothing until it is told to, and remembers who was called, in order. */
export function hand(calls: Call[]): Performer {
  return (_address, params, _key, signal) =>
    new Promise((resolve, reject) => {
      const text = String(params["text"]);
      const end = (): void => resolve({ type: "charged", text });
      calls.push({ text, signal, end, fail: reject });
    });
}

export const buy = (text: string, to?: string) =>
  saying({ type: "buy", text, ...(to === undefined ? {} : { to }) });
export const cancel = (text: string) => saying({ type: "cancel", text });

export async function heard(runtime: Runtime): Promise<readonly string[]> {
  return heardBy((await runtime.look(ADDRESS))?.living);
}
