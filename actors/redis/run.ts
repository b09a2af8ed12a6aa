/**
 * The runs of Redis servers: whether the process that answers is the one that was known.
 *
 * One that started anew may have come back with less than it acknowledged, from a backup or after a
 * power cut, so on every new connection this is asked before anything else. One that was emptied
 * while it ran has lost the word that the first node left there; a master of a cluster, whose slots
 * and keys may move, tells how often it was emptied. Invariants:
 * 1. Of a server that came back as another run nothing is asked, on any connection, before the
 *    nodes have given back what it may have lost (C1).
 * 2. That is tried until it succeeds, or until yet another run has come.
 */
import { type Clock, type Log, pause } from "../clock.ts";
import { StoreUnreachable } from "../store.ts";
import type { Link } from "./link.ts";
import { baseOf } from "./names.ts";

const AGAIN_MS = 100;
/** Lost when everything is. */
const LIFE_KEY = `${baseOf(0)}life`;

/** All servers of a store. */
export class Runs {
  readonly #runs = new Set<Run>();
  #recover: ((run: string) => Promise<void>) | undefined;

  ids(): readonly string[] {
    return [...this.#runs].flatMap(({ id }) => id ?? []);
  }

  onAnother(recover: (run: string) => Promise<void>): void {
    this.#recover = recover;
  }

  /** Of one server more. */
  add(context: Pick<RunParts, "clock" | "log" | "identify">): Run {
    const recover = async (run: string): Promise<void> => this.#recover?.(run);
    const run = new Run({ ...context, recover, left: () => this.#runs.delete(run) });
    this.#runs.add(run);
    return run;
  }
}

interface RunParts {
  readonly clock: Clock;
  readonly log: Log;
  /** The run that answers there. */
  readonly identify: (link: Link) => Promise<string>;
  readonly recover: (run: string) => Promise<void>;
  readonly left: () => void;
}

/** Of one server, whatever number of connections there is to it. */
export class Run {
  readonly #parts: RunParts;
  #id: string | undefined;
  #recovered: Promise<void> = Promise.resolve();

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  get id(): string | undefined {
    return this.#id;
  }

  /** Whether it is the run that was known. */
  async isKnown(link: Link): Promise<boolean> {
    return (await this.#parts.identify(link)) === this.#id;
  }

  /** A connection was made anew, or is in doubt; resolves when it may be used. */
  async admit(link: Link): Promise<void> {
    const id = await this.#parts.identify(link);
    const before = this.#id;
    this.#id = id;
    if (before !== undefined && before !== id) {
      this.#recovered = this.#recover(id);
    }
    await this.#recovered;
  }

  close(): void {
    this.#id = undefined;
    this.#parts.left();
  }

  async #recover(id: string): Promise<void> {
    const { clock, log, recover } = this.#parts;
    log.warn("store.another-run", { run: id });
    while (this.#id === id) {
      try {
        await recover(id);
        return;
      } catch (error) {
        log.warn("store.recovery.failed", { run: id, error });
        await pause(clock, AGAIN_MS);
      }
    }
  }
}

/** The process. */
export async function processOf(link: Link): Promise<string> {
  return decodeRunId(await link.send(["INFO", "server"]));
}

/** The process, and what it holds: `word` is left there if there is none. */
export async function holdingOf(link: Link, word: string): Promise<string> {
  const [process, left] = await Promise.all([
    processOf(link),
    link.send(["SET", LIFE_KEY, word, "NX", "GET"]),
  ]);
  return `${process}.${typeof left === "string" ? left : word}`;
}

/**
 * The process, and how often it was emptied, as it counts itself: no key of it stays at one master
 * for ever. All nodes are told the same. Statistics that are reset are taken for another run, which
 * costs a pause; and hide what was emptied just before, since nobody asked.
 */
export async function emptyingsOf(link: Link): Promise<string> {
  const info = String(await link.send(["INFO", "server", "commandstats"]));
  const calls = [...info.matchAll(/^cmdstat_flush(?:all|db):calls=(\d+)/gm)].map(([, count]) =>
    Number(count),
  );
  return `${decodeRunId(info)}.${calls.reduce((sum, each) => sum + each, 0)}`;
}

function decodeRunId(info: unknown): string {
  const id = /^run_id:(\w+)/m.exec(String(info))?.[1];
  if (id === undefined) {
    throw new StoreUnreachable("expected Redis to tell its run_id, found none");
  }
  return id;
}
