/** What the raw load is told: whose bytes to commit, to how many actors, and how. */

export interface RawTask {
  readonly port: number;
  readonly connections: number;
  /** Made for it: their first commit is their birth. */
  readonly actors: number;
  /** Records and ids in one commit. */
  readonly records: number;
  /** Under way at a time. */
  readonly commits: number;
  readonly warmMs: number;
  readonly ms: number;
}

export interface RawRun {
  /** Records, not commits. */
  readonly perSecond: number;
}

export function parseRawRun(result: unknown): RawRun {
  return result as RawRun;
}
