/** Reading state values in tests, without the code under test. */
import type { StateValue } from "xstate";

/** The innermost state of a region. */
export function leafIn(state: StateValue, region: string): string {
  const inner = typeof state === "string" ? undefined : state[region];
  return typeof inner === "object"
    ? (Object.entries(inner).map(([outer, deeper]) =>
        typeof deeper === "string" ? deeper : outer,
      )[0] ?? "")
    : (inner ?? "");
}
