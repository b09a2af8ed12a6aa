/** A process of its own that starts the embedded Postgres: what the suite kills and restarts. */
import { startEmbeddedPostgres } from "../../src/embedded-postgres.ts";
import { systemClock } from "../../src/platform.ts";

const [dataDir = ""] = process.argv.slice(2);

function say(what: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

try {
  const server = await startEmbeddedPostgres({
    dataDir,
    clock: systemClock,
    log: {
      info: (event, fields) => say({ event, ...fields }),
      warn: (event, fields) => say({ event, ...fields }),
      error: (event, fields) => say({ event, ...fields }),
    },
  });
  say({ event: "up", url: server.url, user: process.getuid?.() });
  process.on("SIGTERM", () => {
    void server.stop().then(() => process.exit(0));
  });
  setInterval(() => undefined, 60_000);
} catch (error) {
  say({ event: "failed", name: error instanceof Error ? error.name : "", message: String(error) });
  process.exit(1);
}
