/**
 * The quiz actor that is measured everywhere, as its caller sees it, and who can run it.
 *
 * One actor a class; `answer` counts a choice once for each student and question, gives a repeated
 * id its first result, and is acknowledged when it is on disk.
 */
import type { Scope } from "./scope.ts";

export interface Answer {
  readonly id: string;
  readonly student: string;
  /** Of one student they only grow. */
  readonly question: number;
  /** 0 to 3. */
  readonly choice: number;
}

export interface Reply {
  readonly counted: boolean;
  /** By choice, right after the answer. Undefined: this one keeps no such counts. */
  readonly counts: readonly number[] | undefined;
}

export interface Quiz {
  /** `lane`: which of those in flight this is; each waits for its reply before the next. */
  answer(lane: number, actor: string, answer: Answer): Promise<Reply>;
}

export interface Peer {
  readonly name: string;
  /** What its acknowledgement means, and the setting that makes it so. */
  readonly durability: string;
  /**
   * What it does not promise of what an actor here does: an acknowledgement that a crash of the
   * process cannot take back, ids once and one order over any number of processes, and rules in
   * ordinary code. Undefined: it does the same durable work, and a promise is judged by it.
   */
  readonly lacks: string | undefined;
  readonly door: "http" | "socket";
  readonly isOurs: boolean;
  /** Everything it starts is the scope's to end. */
  start(scope: Scope, plan: Plan): Promise<Quiz>;
}

export interface Plan {
  readonly actors: readonly string[];
  readonly lanes: number;
}

export function parseReply(value: unknown): Reply {
  const { counted, counts } = value as { counted?: unknown; counts?: unknown };
  if (typeof counted !== "boolean" || !Array.isArray(counts) || !counts.every(Number.isInteger)) {
    throw new Error(`expected a quiz's reply, found ${JSON.stringify(value)}`);
  }
  return { counted, counts: counts as readonly number[] };
}
