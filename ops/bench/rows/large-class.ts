/**
 * A class of five hundred that answers within five seconds, one server on the embedded default: how
 * long answers take to their acknowledgement, and how far the teacher's counts are behind.
 */
import { startOwnServer } from "../../demo/own-server.ts";
import { measure, openClass } from "../lesson.ts";
import { type Figure, type Row, quantile, tenths } from "../row.ts";

const STUDENTS = 500;
const SPREAD_MS = 5_000;
const ROUNDS = 4;
const PROMISED_ACKNOWLEDGEMENT_MS = 150;
const PROMISED_COUNTS_MS = 300;
/** A class is in within a minute. */
const PROMISED_JOINING_MS = 60_000;

export const largeClass: Row = {
  name: "large-class",
  about: `${STUDENTS} students in one session, all answering within ${SPREAD_MS / 1_000} s`,
  run: async (progress) => {
    const server = await startOwnServer();
    try {
      const began = performance.now();
      const lesson = await openClass(server, STUDENTS);
      const joinedMs = performance.now() - began;
      progress(`${STUDENTS} students are in after ${Math.round(joinedMs)} ms`);
      await measure(lesson, { rounds: 1, spreadMs: SPREAD_MS });
      const samples = await measure(lesson, { rounds: ROUNDS, spreadMs: SPREAD_MS }, progress);
      lesson.leave();
      const acknowledgement = tenths(quantile(samples.acknowledgement, 0.99));
      const counts = tenths(Math.max(...samples.counts));
      return [
        against(`${STUDENTS} students join`, tenths(joinedMs), PROMISED_JOINING_MS),
        {
          ...against(
            `${STUDENTS} answers in ${SPREAD_MS / 1_000} s: answer → acknowledgement`,
            acknowledgement,
            PROMISED_ACKNOWLEDGEMENT_MS,
          ),
          p50Ms: tenths(quantile(samples.acknowledgement, 0.5)),
          p99Ms: acknowledgement,
        },
        {
          ...against(
            `${STUDENTS} answers: the teacher's counts behind`,
            counts,
            PROMISED_COUNTS_MS,
          ),
          p50Ms: tenths(quantile(samples.counts, 0.5)),
          p99Ms: tenths(quantile(samples.counts, 0.99)),
        },
      ];
    } finally {
      await server.stop();
    }
  },
};

function against(name: string, value: number, promisedMs: number): Figure {
  return { name, value, unit: "ms", of: `promised ${promisedMs} ms`, ratio: value / promisedMs };
}
