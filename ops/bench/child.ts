/**
 * A process of its own for what must not share a core's time with what is measured: one node, or
 * the load. Tasks go in and results come out as JSON, one at a time.
 */
import { join } from "node:path";

const ENDS_WITHIN_MS = 5_000;
const FOLDER = join(import.meta.dir, "children");

export interface Child {
  /** Rejects with what the child threw, and when it has ended. */
  ask(task: object): Promise<unknown>;
  readonly pid: number;
  /** CPU time that it has used so far, in ms; only once it has stopped. */
  stop(): Promise<void>;
}

interface Answer {
  readonly result?: unknown;
  readonly error?: string;
}

/** `script`: a file of `ops/bench/children/`. */
export function startChild(
  script: string,
  env: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Child {
  let pending: PromiseWithResolvers<unknown> | undefined;
  const child = Bun.spawn([process.execPath, ...flags, join(FOLDER, script)], {
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
    serialization: "json",
    ipc: (message: unknown) => {
      const { result, error } = decodeAnswer(message);
      const asked = pending;
      pending = undefined;
      if (error === undefined) {
        asked?.resolve(result);
      } else {
        asked?.reject(new Error(`${script}: ${error}`));
      }
    },
  });
  const abandon = (): void => child.kill("SIGKILL");
  process.once("exit", abandon);
  void child.exited.then((code) => {
    process.removeListener("exit", abandon);
    pending?.reject(new Error(`${script} ended with ${code}`));
  });
  return {
    pid: child.pid,
    ask: (task) => {
      pending = Promise.withResolvers<unknown>();
      child.send(task);
      return pending.promise;
    },
    stop: async () => {
      const timer = setTimeout(abandon, ENDS_WITHIN_MS);
      child.kill("SIGTERM");
      await child.exited;
      clearTimeout(timer);
    },
  };
}

/** The child's side. */
export function serveTasks(perform: (task: unknown) => Promise<unknown>): void {
  process.on("message", (task: unknown) => {
    perform(task).then(
      (result) => process.send?.({ result }),
      (error: unknown) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        process.send?.({ error: text });
      },
    );
  });
  process.once("SIGTERM", () => process.exit(0));
  process.once("disconnect", () => process.exit(0));
}

function decodeAnswer(message: unknown): Answer {
  return message as Answer;
}
