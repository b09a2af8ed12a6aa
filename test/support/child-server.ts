/** The program itself as a child process, to be killed in the middle of whatever it does. */
import { eventually } from "./eventually.ts";

/** A cold start on a busy two-core machine. */
const READY_WITHIN_MS = 30_000;

export interface ChildServer {
  readonly url: string;
  start(): Promise<void>;
  /** SIGKILL: nothing is flushed, nobody is told. */
  kill(): Promise<void>;
  signal(name: "SIGTERM" | "SIGINT"): void;
  /** The exit code, once it has ended. */
  ended(): Promise<number | undefined>;
}

export function createChildServer(environment: Readonly<Record<string, string>>): ChildServer {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: Bun.Subprocess | undefined;
  return {
    url,
    async start() {
      child = Bun.spawn(["bun", "src/main.ts"], {
        env: { ...process.env, ...environment, PORT: String(port), LOG_LEVEL: "error" },
        stdout: "ignore",
        stderr: "inherit",
      });
      await eventually(async () => (await fetch(`${url}/readyz`)).ok, {
        withinMs: READY_WITHIN_MS,
        what: "the server's readiness",
      });
    },
    async kill() {
      child?.kill("SIGKILL");
      await child?.exited;
    },
    signal: (name) => child?.kill(name),
    ended: async () => child?.exited,
  };
}

function freePort(): number {
  const probe = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port = 0 } = probe;
  void probe.stop(true);
  return port;
}
