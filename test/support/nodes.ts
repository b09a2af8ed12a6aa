/**
 * Nodes for tests: runtimes over one SQLite store in memory, one archive and one clock that is
 * moved by hand, so that crashes, races and late timers happen when the test says so.
 */
import type { Address } from "../../actors/address.ts";
import type { Archive } from "../../actors/archive.ts";
import type { Clock } from "../../actors/clock.ts";
import type { Performer } from "../../actors/perform.ts";
import type { Incoming, Reply } from "../../actors/reply.ts";
import { type Runtime, createRuntime } from "../../actors/runtime.ts";
import { openSqliteStore } from "../../actors/sqlite/sqlite-store.ts";
import type { ActorStore } from "../../actors/store.ts";
import {
  parseActorId,
  parseParticipantId,
  parseTenantId,
  parseUserId,
} from "../../machines/ids.ts";
import type { Machine, Message } from "../../machines/living.ts";
import type { Lineage } from "../../machines/versions.ts";
import { type Principal, SYSTEM } from "../../machines/principal.ts";
import { type FakeClock, createFakeClock, quietLog, sequentialIds } from "./fake-clock.ts";
import { createMemoryArchive } from "./memory-archive.ts";
import { tallyMachine } from "./tally.ts";

export const HOST: Principal = {
  kind: "user",
  userId: parseUserId("teacher"),
  role: "teacher",
  name: "Tara",
};

export function guest(name: string): Principal {
  return { kind: "guest", participantId: parseParticipantId(name) };
}

export const ADDRESS: Address = {
  tenantId: parseTenantId("t1"),
  kind: "session",
  id: parseActorId("s1"),
};

export interface World {
  readonly clock: FakeClock;
  readonly store: ActorStore;
  readonly archive: Archive;
  readonly log: ReturnType<typeof quietLog>;
  /** Another node over the same store; `store` and `archive` may be such as misbehave. */
  node(options?: NodeOptions): Runtime;
  /** Lets what was begun come to its end: a few milliseconds, one by one. */
  settle(): Promise<void>;
  /** Resolves `work` while time goes on in small steps. */
  during<T>(work: Promise<T>): Promise<T>;
}

export interface NodeOptions {
  readonly name?: string;
  readonly store?: ActorStore;
  readonly archive?: Archive;
  readonly clock?: Clock;
  readonly machine?: Machine;
  /** All versions that it reads, where it is more than one. */
  readonly lineage?: Lineage;
  readonly performers?: Readonly<Record<string, Performer>>;
  readonly worker?: boolean;
  /** So many that wait begin a turn on what another is about to leave. */
  readonly togetherMin?: number;
}

/** Steps of a millisecond that `during` takes before it gives up. */
const STEPS_MAX = 20_000;
const SETTLE_STEPS = 20;

export async function openWorld(): Promise<World> {
  const clock = createFakeClock();
  const log = quietLog();
  const store = await openSqliteStore({ file: ":memory:", clock, log });
  const archive = createMemoryArchive();
  const ids = sequentialIds("i");
  let nodes = 0;
  return {
    clock,
    store,
    archive,
    log,
    node: (options = {}) => {
      nodes += 1;
      return createRuntime({
        store: options.store ?? store,
        archive: options.archive ?? archive,
        machines: { session: options.lineage ?? [options.machine ?? tallyMachine] },
        clock: options.clock ?? clock,
        ids,
        log,
        node: options.name ?? `n${nodes}`,
        alone: false,
        performers: options.performers ?? {},
        roles: { worker: options.worker ?? true, journal: true },
        ...(options.togetherMin === undefined ? {} : { togetherMin: options.togetherMin }),
      });
    },
    settle: async () => {
      for (let step = 0; step < SETTLE_STEPS; step += 1) {
        await clock.advance(1);
      }
    },
    during: async (work) => {
      let done = false;
      const watched = work.finally(() => {
        done = true;
      });
      watched.catch(() => undefined);
      for (let step = 0; step < STEPS_MAX && !done; step += 1) {
        await clock.advance(1);
      }
      return watched;
    },
  };
}

export async function born(world: World, runtime: Runtime, address = ADDRESS): Promise<void> {
  const reply = await world.during(runtime.birth(address, { type: "begin" }, HOST));
  if (reply.kind !== "accepted") {
    throw new Error(`expected a birth, found ${reply.kind}`);
  }
}

/** A command by somebody, with an id or without. */
export function saying(message: Message, more: Partial<Omit<Incoming, "message">> = {}): Incoming {
  return { by: HOST, rank: "host", message, ...more };
}

export function bySystem(message: Message): Incoming {
  return { by: SYSTEM, rank: "system", message };
}

/** The seq of an accepted reply; else why it was none. */
export function seqOf(reply: Reply): number | string {
  switch (reply.kind) {
    case "accepted":
      return reply.record.seq;
    case "refused":
      return reply.refusal.code;
    case "absent":
      return "absent";
  }
}

/** Does as this one does, a store or a runtime, but for these calls. */
export function misbehaving<T extends object>(real: T, instead: Partial<T>): T {
  return new Proxy(real, {
    get: (target, name) => {
      const replaced: unknown = Reflect.get(instead, name);
      const value: unknown = replaced ?? Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

export interface Mortal {
  readonly store: ActorStore;
  readonly clock: Clock;
  /** From now on nothing that it set goes off, and no call reaches the store or comes back. */
  die(): void;
}

/** What a node is given that is to die in the middle of something. */
export function mortal({ store, clock }: World): Mortal {
  let dead = false;
  const never = new Promise<never>(() => undefined);
  return {
    store: new Proxy(store, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") {
          return value;
        }
        return (...args: unknown[]): unknown => {
          if (dead && name !== "now") {
            return never;
          }
          const reply: unknown = Reflect.apply(value, target, args);
          return reply instanceof Promise ? reply.then((kept) => (dead ? never : kept)) : reply;
        };
      },
    }),
    clock: {
      now: () => clock.now(),
      after: (ms, run) => clock.after(ms, () => dead || run()),
    },
    die: () => {
      dead = true;
    },
  };
}
