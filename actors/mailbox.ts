/**
 * A mailbox: what waits for one actor on one node, and in which order it is taken.
 *
 * Owns the queue of one actor; taking turns is the cell's. Invariants:
 * 1. The platform's words (outcomes, connections) go first, then hosts', then the class's; within
 *    each, in order of arrival. A flood of students never delays a host (C23). The class has its
 *    share of every batch, so that no flood of hosts starves it, nor a timer that waits in it.
 * 2. Only people are bounded; an outcome or a timer is never turned away.
 * 3. A timer waits behind what the class sent before it fired: the time of receipt alone judges
 *    whether an answer was in time (C17).
 */
import type { Letter } from "./letter.ts";

/** Above this a student's answer would wait longer than a second behind others. */
const CLASS_WAITING_MAX = 1_024;
/** Hosts are few; more than this is a program gone wrong. */
const HOSTS_WAITING_MAX = 256;
/** One turn takes at most this many, so that one commit stays small. */
export const BATCH_MAX = 64;
/** Of a batch, when the class waits: its full mailbox is taken in 64 turns, whoever else talks. */
const CLASS_SHARE = 16;

interface Lanes {
  readonly system: Letter[];
  readonly host: Letter[];
  readonly class: Letter[];
}

export class Mailbox {
  readonly #lanes: Lanes = { system: [], host: [], class: [] };

  get size(): number {
    return this.#lanes.system.length + this.#lanes.host.length + this.#lanes.class.length;
  }

  /** False: the mailbox is full, and the letter was not taken in. */
  put(letter: Letter): boolean {
    const { rank } = letter.incoming;
    const timer = letter.settles?.key.startsWith("timer:") === true;
    if (rank === "class" && this.#lanes.class.length >= CLASS_WAITING_MAX) {
      return false;
    }
    if (rank === "host" && this.#lanes.host.length >= HOSTS_WAITING_MAX) {
      return false;
    }
    this.#lanes[timer ? "class" : rank].push(letter);
    return true;
  }

  take(most = BATCH_MAX): readonly Letter[] {
    const lanes = this.#lanes;
    const batch: Letter[] = [];
    const room = Math.min(most, BATCH_MAX);
    const share = Math.min(CLASS_SHARE, lanes.class.length, room);
    for (const lane of [lanes.system, lanes.host]) {
      batch.push(...lane.splice(0, room - share - batch.length));
    }
    batch.push(...lanes.class.splice(0, room - batch.length));
    return batch;
  }
}
