/** What the node of the memory row is told, and what it answers. */

export interface AwakeTask {
  readonly redisUrl: string;
  readonly databaseUrl: string;
  readonly sessions: number;
  readonly students: number;
  /** Beside them: lessons that sleep. */
  readonly asleep: number;
}

export interface AwakeRun {
  /** What the sessions added to the heap, and to what the process holds. */
  readonly heapBytes: number;
  readonly grownBytes: number;
  /** All of it. */
  readonly residentBytes: number;
}

export function parseAwakeRun(result: unknown): AwakeRun {
  return result as AwakeRun;
}
