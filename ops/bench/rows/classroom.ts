/**
 * A class of thirty on real sockets: how long an answer takes to its acknowledgement, and how long
 * until the teacher's own connection has the record of it.
 *
 * Both are taken on one clock, that of this process. Two rhythms: within two seconds, as a class
 * answers, and all in the same instant, which no class does and every server must survive.
 */
import { availableParallelism } from "node:os";
import { startOwnServer } from "../../demo/own-server.ts";
import { type Samples, measure, openClass } from "../lesson.ts";
import { type Figure, type Row, quantile, tenths } from "../row.ts";

const STUDENTS = 30;
/** 480 answers a rhythm: the slowest hundredth of them is more than one accident. */
const ROUNDS = 16;
const SPREAD_MS = 2_000;
/** The first rounds of a fresh process are compiled while they run; they are not counted. */
const WARM_UP_ROUNDS = 4;
const PROMISED_MS = { acknowledgement: 50, record: 100 } as const;

export const classroom: Row = {
  name: "classroom",
  about: `${STUDENTS} students and a teacher on sockets, one server on the embedded default`,
  run: async (progress) => {
    const isPinned = Bun.which("taskset") !== null && availableParallelism() > 1;
    const server = await startOwnServer(isPinned ? ["taskset", "-c", "0"] : []);
    try {
      progress(`the server has ${isPinned ? "one core of its own" : "no core of its own"}`);
      const lesson = await openClass(server, STUDENTS);
      progress(`${STUDENTS} students are in`);
      await measure(lesson, { rounds: WARM_UP_ROUNDS, spreadMs: 0 });
      const spread = await measure(lesson, { rounds: ROUNDS, spreadMs: SPREAD_MS }, progress);
      const burst = await measure(lesson, { rounds: ROUNDS, spreadMs: 0 }, progress);
      lesson.leave();
      return [
        ...figures(`${STUDENTS} answers in ${SPREAD_MS / 1_000} s`, spread),
        ...figures(`${STUDENTS} answers at once`, burst),
      ];
    } finally {
      await server.stop();
    }
  },
};

function figures(rhythm: string, samples: Samples): readonly Figure[] {
  const figure = (what: keyof typeof PROMISED_MS): Figure => {
    const p99Ms = tenths(quantile(samples[what], 0.99));
    return {
      name: `${rhythm}: answer → ${what === "record" ? "teacher's record" : what}`,
      value: p99Ms,
      unit: "ms",
      of: `promised ${PROMISED_MS[what]} ms`,
      ratio: p99Ms / PROMISED_MS[what],
      p50Ms: tenths(quantile(samples[what], 0.5)),
      p99Ms,
    };
  };
  return [figure("acknowledgement"), figure("record")];
}
