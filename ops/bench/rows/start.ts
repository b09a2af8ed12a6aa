/**
 * A cold start with data that are there already, from the start of the process to readiness, and
 * what an idle server holds in memory: the embedded default, as a new user has it.
 */
import { join } from "node:path";
import { ownDirectory } from "../../servers/directory.ts";
import { Scope } from "../peers/scope.ts";
import { type Row, quantile, tenths } from "../row.ts";

const STARTS = 3;
const ROOT = join(import.meta.dir, "../../..");
const READY = / is ready at (http:\S+)/;
const MEGABYTE = 1_000_000;

export const start: Row = {
  name: "start",
  about: `${STARTS} starts of the embedded default on its data, and its memory when idle`,
  run: async (progress) => {
    const data = ownDirectory("bench-start");
    try {
      progress(
        `the first start, which makes the database: ${tenths((await boot(data.path)).ms)} ms`,
      );
      const samples: number[] = [];
      const bytes: number[] = [];
      for (let nth = 1; nth <= STARTS; nth += 1) {
        const { ms, resident } = await boot(data.path);
        samples.push(ms);
        bytes.push(resident);
        progress(`start ${nth} of ${STARTS}: ${tenths(ms)} ms`);
      }
      const value = tenths(quantile(samples, 0.5));
      const memory = tenths(quantile(bytes, 0.5) / MEGABYTE);
      return [
        { name: "cold start on existing data → ready", value, unit: "ms", p50Ms: value },
        { name: "an idle server's memory, without Postgres", value: memory, unit: "MB" },
      ];
    } finally {
      data.remove();
    }
  },
};

async function boot(dataDir: string): Promise<{ readonly ms: number; readonly resident: number }> {
  const scope = new Scope();
  try {
    const startedAt = performance.now();
    const url = await scope.child([process.execPath, "src/main.ts"], {
      ...{ cwd: ROOT, ready: READY },
      env: { DATA_DIR: dataDir, PORT: "0", LOG_LEVEL: "warn" },
    });
    const ms = performance.now() - startedAt;
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const resident = Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]);
    return { ms, resident };
  } finally {
    await scope.end();
  }
}
