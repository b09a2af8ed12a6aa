/** Chance as an input: secrets and small numbers; `src/platform.ts` has the real ones. */

export interface Chance {
  /** `bytes` random bytes, base64url. */
  secret(bytes: number): string;
  /** From 0 up to, not including, `below` (at most 256), without bias. */
  below(below: number): number;
}
