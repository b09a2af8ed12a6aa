/**
 * Durable commands through the public channel: the whole server in a process of its own, on a Redis
 * that syncs each commit and a Postgres; sockets in this process send and wait for their
 * acknowledgements.
 */
import { measure, wake } from "../peers/load.ts";
import { Scope } from "../peers/scope.ts";
import { wholeServer } from "../peers/whole-server.ts";
import { type Figure, type Row, quantile, tenths } from "../row.ts";
import { redisBinary } from "../../servers/redis.ts";

const SIZES = [1, 1_000] as const;
const IN_FLIGHT = [64, 512] as const;
const PROMISED_PER_SECOND = 7_000;

export const channelCommands: Row = {
  name: "channel-commands",
  about: `commands of lessons on sockets, ${IN_FLIGHT.join(" and ")} in flight, one server on Redis and Postgres`,
  run: async (progress) => {
    if (redisBinary === null) {
      progress("skipped: there is no redis-server on the PATH");
      return [];
    }
    const figures: Figure[] = [];
    for (const size of SIZES) {
      for (const lanes of IN_FLIGHT) {
        const figure = await measureSize(size, lanes);
        figures.push(figure);
        progress(`${figure.name}: ${figure.value} acknowledged a second`);
      }
    }
    return figures;
  },
};

async function measureSize(size: number, lanes: number): Promise<Figure> {
  const scope = new Scope();
  try {
    const actors = Array.from({ length: size }, (_, index) => `actor${index}`);
    const plan = { actors, lanes };
    const quiz = await wholeServer.start(scope, plan);
    await wake(quiz, plan);
    const { perSecond, samples } = await measure(quiz, plan);
    return {
      name: `channel, ${size === 1 ? "1 session" : `${size} sessions`}, ${lanes} in flight`,
      ...{ value: Math.round(perSecond), unit: "1/s", of: `promised ${PROMISED_PER_SECOND}/s` },
      ratio: perSecond / PROMISED_PER_SECOND,
      p50Ms: tenths(quantile(samples, 0.5)),
      p99Ms: tenths(quantile(samples, 0.99)),
    };
  } finally {
    await scope.end();
  }
}
