/**
 * A simulation: one world under one seed, from births through faults to rest, and its verdict.
 *
 *   births ──▶ clients, watchers, weather ──▶ heal ──▶ rest: nothing owed, all copied ──▶ checks
 */
import type { Address } from "../../actors/address.ts";
import type { ActorRecord } from "../../actors/envelope.ts";
import type { Pace } from "../../actors/pace.ts";
import { openDatabase } from "../../actors/sqlite/database.ts";
import { openSqliteStore } from "../../actors/sqlite/sqlite-store.ts";
import { quietLog } from "../support/fake-clock.ts";
import { createMemoryArchive } from "../support/memory-archive.ts";
import { Chance } from "./chance.ts";
import { type Finding, check } from "./checks.ts";
import { Cluster, type ClusterWorld } from "./cluster.ts";
import { Commander, type Wish } from "./commander.ts";
import { Disk } from "./disk.ts";
import { gather } from "./evidence.ts";
import { History } from "./history.ts";
import { lessonWorkload } from "./lesson-workload.ts";
import type { Net } from "./line.ts";
import { Outside } from "./outside.ts";
import type { Plant } from "./plant.ts";
import { isAtRest } from "./rest.ts";
import { Schedule } from "./schedule.ts";
import { Watcher } from "./watcher.ts";
import { type CrashPoint, Weather } from "./weather.ts";
import { type Workload, addressOf, tallyWorkload } from "./workload.ts";

export interface SimulationOptions {
  readonly seed: number;
  readonly plant?: Plant;
  readonly keepTrace?: boolean;
  readonly workload?: Workload;
}

export interface Verdict {
  readonly seed: number;
  readonly findings: readonly Finding[];
  /** SHA-256 of the trace. */
  readonly digest: string;
  readonly trace: readonly string[];
  readonly steps: number;
  readonly records: number;
  /** Records by the version of the machine that made them. */
  readonly versions: ReadonlyMap<number, number>;
  readonly takeovers: number;
  readonly acknowledged: number;
  readonly performances: number;
  /** How often an actor fell asleep. */
  readonly evictions: number;
  readonly crashes: ReadonlyMap<CrashPoint, number>;
}

const START_MS = Date.UTC(2026, 0, 5, 8);
/** Leases of 15 s run out within it, and more than once. */
const FAULTS_MS = 45_000;
const LATE_MS = 30_000;
/** A parked actor is tried again after a minute; an effect pauses as long at most. */
const REST_MS_MAX = 240_000;
const ACTORS_MAX = 3;
const NODES_MAX = 4;
/** Of each actor. */
const WATCHERS = 2;
const REST_LOOK_MS = 1_000;
const DROWSY: Pace = { idleMs: 300, soonMs: 900, walkEveryMs: 200, wakeEveryMs: 200 };

/** Every eighth seed has no faults: a check that fails there is a plain bug. */
export function isCalm(seed: number): boolean {
  return seed % 8 === 0;
}

/**
 * Every third seed is drowsy: nobody is present, and actors sleep between two commands, with their
 * timers.
 */
export function isDrowsy(seed: number): boolean {
  return seed % 3 === 1;
}

/** Turns begin on what another's commit is about to leave as soon as anything waits. */
function isEager(seed: number): boolean {
  return seed % 4 !== 0;
}

/** Every fourth seed is a lesson; the tally is smaller, and owes more. */
export function workloadOf(seed: number): Workload {
  return seed % 4 === 2 ? lessonWorkload : tallyWorkload;
}

export async function simulate(options: SimulationOptions): Promise<Verdict> {
  return new Simulation(options).run();
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #workload: Workload;
  readonly #net: Net;
  readonly #history = new History();
  readonly #addresses: Address[] = [];
  #watchers: readonly { readonly watcher: Watcher; readonly address: Address }[] = [];

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#workload = options.workload ?? workloadOf(options.seed);
    const chance = new Chance(options.seed);
    this.#net = {
      schedule: new Schedule(START_MS, options.keepTrace === true),
      chance,
      weather: new Weather(chance, isCalm(options.seed)),
    };
  }

  async run(): Promise<Verdict> {
    const { schedule, chance } = this.#net;
    const world = await this.#world();
    const cluster = new Cluster(world, chance.between(2, NODES_MAX));
    cluster.begin();
    await this.#bear(cluster);
    const clients = this.#people(cluster);
    await schedule.run(() => false, schedule.now + FAULTS_MS);
    cluster.heal();
    schedule.note("healed");
    const done = (): boolean => clients.every((client) => client.done);
    await schedule.run(done, schedule.now + REST_MS_MAX);
    const rested = done() && (await this.#rest(world, cluster));
    return this.#verdict(world, cluster, rested);
  }

  async #world(): Promise<ClusterWorld> {
    const { plant } = this.#options;
    const { schedule } = this.#net;
    const log = quietLog();
    const after = (delayMs: number, run: () => void): (() => void) =>
      schedule.after(delayMs, { label: "disk", run });
    const clock = { now: () => schedule.now, after };
    const db = openDatabase(":memory:");
    const store = await openSqliteStore({ file: ":memory:", clock, log }, db);
    const archive = createMemoryArchive();
    return {
      net: this.#net,
      disk: new Disk(plant?.disk?.(store) ?? store, db, () => schedule.step),
      archive: plant?.archive?.(archive) ?? archive,
      outside: new Outside(this.#net, this.#workload.outcomes),
      lineage: this.#workload.lineage,
      plant,
      log,
      pace: isDrowsy(this.#options.seed) ? DROWSY : undefined,
      togetherMin: isEager(this.#options.seed) ? 1 : undefined,
    };
  }

  /** An id whose birth came to nothing known is not used again. */
  async #bear(cluster: Cluster): Promise<void> {
    const { schedule, chance } = this.#net;
    const wanted = chance.between(1, ACTORS_MAX);
    let tries = 0;
    const live = async (): Promise<void> => {
      while (this.#addresses.length < wanted) {
        tries += 1;
        const address = addressOf(`s${tries}`);
        const node = cluster.any();
        const heard =
          node === undefined
            ? undefined
            : await cluster.ask(node, `birth of ${address.id} on ${node.boot.name}`, (runtime) =>
                runtime.birth(address, this.#workload.birth(address), this.#workload.host),
              );
        if (heard?.kind === "answer" && heard.value.kind === "accepted") {
          this.#addresses.push(address);
          this.#history.born.push({ address, step: schedule.step });
        }
        await schedule.wait(50);
      }
    };
    void live();
    await schedule.run(() => this.#addresses.length === wanted, schedule.now + REST_MS_MAX);
  }

  #people(cluster: Cluster): readonly Commander[] {
    const { schedule, chance } = this.#net;
    const begun = schedule.now;
    const world = { net: this.#net, cluster, history: this.#history };
    const late = (): boolean => schedule.now > begun + LATE_MS;
    const clients = this.#workload.clients.map((by, index) => {
      const wish = (name: string): Wish => {
        const address = chance.pick(this.#addresses);
        const watched = this.#history.watched.find((each) => each.address === address);
        const heard = watched?.heard ?? [];
        return { address, message: this.#workload.wish({ chance, name, by, late: late(), heard }) };
      };
      return new Commander({ ...world, wish }, `c${index + 1}`, by);
    });
    const isPresent = !isDrowsy(this.#options.seed);
    this.#watchers = this.#addresses.flatMap((address, index) =>
      this.#workload.clients.slice(0, WATCHERS).map((by, each) => ({
        watcher: new Watcher(world, { name: `w${index + 1}-${each + 1}`, address, by, isPresent }),
        address,
      })),
    );
    for (const { watcher } of this.#watchers) {
      void watcher.live();
    }
    for (const client of clients) {
      void client.live(() => schedule.now > begun + FAULTS_MS);
    }
    return clients;
  }

  /** Until nothing is owed, all is copied, and every watcher has heard the last record. */
  async #rest(world: ClusterWorld, cluster: Cluster): Promise<boolean> {
    const { schedule } = this.#net;
    const until = schedule.now + REST_MS_MAX;
    while (schedule.now < until) {
      const atRest = await Promise.all(
        this.#addresses.map((address) => {
          const heard = [...this.#lastHeard(address).values()];
          return isAtRest(world, { address, heard, names: cluster.names });
        }),
      );
      if (atRest.every(Boolean)) {
        return true;
      }
      await schedule.run(() => false, schedule.now + REST_LOOK_MS);
      schedule.note("looks for rest");
      await this.#tick();
    }
    return false;
  }

  /** Time goes on also where nothing is planned. */
  async #tick(): Promise<void> {
    const { schedule } = this.#net;
    let come = false;
    schedule.after(1, {
      label: "tick",
      run: () => {
        come = true;
      },
    });
    await schedule.run(() => come, schedule.now + REST_LOOK_MS);
  }

  async #verdict(world: ClusterWorld, cluster: Cluster, rested: boolean): Promise<Verdict> {
    const { schedule, weather } = this.#net;
    const { outside, disk } = world;
    const actors = await Promise.all(
      this.#addresses.map((address) => gather(address, world, this.#lastHeard(address))),
    );
    const { lineage, timeless } = this.#workload;
    const findings = check({
      ...{ actors, history: this.#history, outside, lineage, timeless },
      ...{ now: schedule.now, living: cluster.names },
    });
    const restless: Finding = {
      check: "everything comes to rest",
      detail: `${REST_MS_MAX / 1_000} s after the last fault something is still under way`,
    };
    schedule.note(`findings ${findings.map((each) => each.detail).join("; ")}`);
    await disk.store.close();
    const told = this.#history.sent.flatMap((each) => each.told);
    return {
      seed: this.#options.seed,
      findings: rested ? findings : [...findings, restless],
      digest: schedule.digest(),
      trace: schedule.lines,
      steps: schedule.step,
      records: actors.reduce((sum, { log }) => sum + log.length, 0),
      ...versionsOf(actors.flatMap(({ records }) => records)),
      acknowledged: told.filter(({ kind }) => kind === "accepted").length,
      performances: outside.performances.length,
      evictions: disk.evictions,
      crashes: weather.crashes,
    };
  }

  #lastHeard(address: Address): ReadonlyMap<string, number> {
    return new Map(
      this.#watchers
        .filter((each) => each.address === address)
        .map(({ watcher }, index) => [`watcher ${index + 1}`, watcher.last]),
    );
  }
}

function versionsOf(records: readonly ActorRecord[]): Pick<Verdict, "versions" | "takeovers"> {
  const versions = new Map<number, number>();
  for (const { machineVersion } of records) {
    versions.set(machineVersion, (versions.get(machineVersion) ?? 0) + 1);
  }
  const takeovers = records.filter(({ message }) => message.type === "machine.upgraded").length;
  return { versions, takeovers };
}
