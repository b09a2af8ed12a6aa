/**
 * The load on a quiz: so many answers in flight, each lane waiting for its reply, for a while.
 *
 * One client for everybody who is measured; it also finds out whether what it measures is the quiz.
 * Invariants: a lane is one student, whose questions only grow, so every answer must be counted; a
 * figure counts what was acknowledged within its time, after a warm-up.
 */
import { systemClock } from "../../../src/platform.ts";
import type { Answer, Plan, Quiz, Reply } from "./quiz.ts";

const WARM_UP_MS = 1_500;
const MEASURED_MS = 4_000;
/** Whoever takes longer for one answer is not measured but stuck. */
const STUCK_MS = 15_000;
const ANSWERS_MAX = 400_000;
/** The slowest of them makes thirty actors a second. */
const AWAKE_WITHIN_MS = 90_000;
/** Counted in the first actor by `wake` and `proveQuiz`. */
const PROVED_ANSWERS = 3;

export interface Measured {
  readonly perSecond: number;
  readonly samples: readonly number[];
}

export async function measure(quiz: Quiz, { actors, lanes }: Plan): Promise<Measured> {
  const run = systemClock.now().toString(36);
  const from = performance.now() + WARM_UP_MS;
  const until = from + MEASURED_MS;
  const samples: number[] = [];
  const sent = new Map<string, number>();
  let answers = 0;
  const lane = async (lane: number): Promise<void> => {
    for (let turn = 0; performance.now() < until && answers < ANSWERS_MAX; turn += 1) {
      const actor = actors[(lane + turn * lanes) % actors.length] ?? "";
      answers += 1;
      const sentAt = performance.now();
      const id = `${run}-${lane}-${turn}`;
      const answer = { id, student: `student${lane}`, question: turn, choice: turn % 4 };
      const reply = await quiz.answer(lane, actor, answer);
      const at = performance.now();
      if (!reply.counted) {
        throw new Error(`expected answer ${id} to ${actor} to count, found ${show(reply)}`);
      }
      sent.set(actor, (sent.get(actor) ?? 0) + 1);
      if (at >= from && at < until) {
        samples.push(at - sentAt);
      }
    }
  };
  const all = Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)));
  await within(WARM_UP_MS + MEASURED_MS + STUCK_MS, all);
  await proveCounts(quiz, actors[0] ?? "", sent);
  return { perSecond: (1_000 * samples.length) / MEASURED_MS, samples };
}

/** Asks of a fresh actor everything that makes it the quiz. */
export async function proveQuiz(quiz: Quiz, actor: string): Promise<void> {
  const answer: Answer = { id: "first", student: "prover", question: 0, choice: 2 };
  const first = await quiz.answer(0, actor, answer);
  const second = await quiz.answer(0, actor, { ...answer, id: "next", question: 1, choice: 3 });
  const again = await quiz.answer(0, actor, answer);
  const late = await quiz.answer(0, actor, { ...answer, id: "late" });
  const total = (reply: Reply): string => (reply.counts === undefined ? "" : String(reply.counts));
  const isQuiz = first.counted && second.counted && again.counted && total(again) === total(first);
  if (!isQuiz || (first.counts !== undefined && late.counted)) {
    throw new Error(`expected the quiz, found ${[first, second, again, late].map(show).join()}`);
  }
}

/** Makes every actor, so that no figure holds the making of one. */
export async function wake(quiz: Quiz, { actors, lanes }: Plan): Promise<void> {
  const lane = async (lane: number): Promise<void> => {
    for (let at = lane; at < actors.length; at += lanes) {
      const actor = actors[at] ?? "";
      const answer = { id: `waking-${actor}`, student: "waking", question: 0, choice: 0 };
      await quiz.answer(lane, actor, answer);
    }
  };
  const all = Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)));
  await within(AWAKE_WITHIN_MS, all);
}

/** What was acknowledged is in the counts, once: no more and no less. */
async function proveCounts(
  quiz: Quiz,
  actor: string,
  sent: ReadonlyMap<string, number>,
): Promise<void> {
  const last = { id: "last", student: "counter", question: 0, choice: 0 };
  const { counts } = await quiz.answer(0, actor, last);
  const found = counts?.reduce((sum, each) => sum + each, 0);
  const expected = (sent.get(actor) ?? 0) + PROVED_ANSWERS + 1;
  if (found !== undefined && found !== expected) {
    throw new Error(`expected ${expected} answers in ${actor}, found ${found}`);
  }
}

function show(reply: Reply): string {
  return JSON.stringify(reply);
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const disarm = systemClock.after(ms, () => reject(new Error(`no answer within ${ms} ms`)));
  return Promise.race([work, promise]).finally(disarm);
}
