/**
 * Recovery: what a node does when the store came back as another run, and when it joins one.
 *
 *   the run is another ──▶ give back records and leases ──▶ say so with a beat
 *          ──▶ wait for the others ──▶ doubt what is in memory ──▶ serve
 *
 * A store may come back without what it acknowledged: from a backup, with a cut tail, or empty.
 * What the archive has not got by then, only the nodes remember that committed it. Invariants:
 * 1. Nobody steps an actor before all nodes that lived have given back what they remember of it, or
 *    were waited for long enough: what comes later is found missing, never overwritten (C1).
 * 2. What was in memory before is not believed any more: a copy from before the end of a run may be
 *    just what the store went back to.
 */
import type { Address } from "./address.ts";
import type { Archive } from "./archive.ts";
import type { Cells } from "./cells.ts";
import { type Clock, type Log, pause } from "./clock.ts";
import { EFFECT_LEASE_MS } from "./commit-of.ts";
import { isPassing } from "./passing.ts";
import type { Readers } from "./readers.ts";
import type { ActorStore, ClaimedItem, NodeBeat, RecoveringStore } from "./store.ts";

/**
 * A node that is alive connects again within half a second of the store's return, if its end was
 * heard. Where the store's machine went without a word, or was emptied, that is found out by the
 * next call or ping, two seconds later. So nobody is called dead sooner, however old its last beat
 * is: one that lives may have said nothing since either.
 */
const WAIT_MS_MAX = 3_000;
/** As long as that everybody waits: who has only just joined is not known yet to the others. */
const NEWCOMERS_MS = 600;
const LOOK_AGAIN_MS = 20;
/** Who was silent for longer before the store's last beat had died before. */
const SILENT_MS_MAX = 10_000;
/** Actors given back, or looked at, at the same time. */
const AT_ONCE = 32;

const RUN = "run:";

export interface RecoveryNode {
  readonly store: ActorStore;
  readonly archive: Archive;
  readonly clock: Clock;
  readonly log: Log;
  /** By which the others know this node. */
  readonly nameOf: () => string;
  readonly readers: Readers;
  readonly cells: Cells;
  /** What this node is at work on. */
  readonly work: () => readonly ClaimedItem[];
  /** Nodes that died may not be known of any more. */
  readonly doubtNodes: () => void;
}

export class Recovery {
  readonly #node: RecoveryNode;
  /** Runs to which this node has given back what it remembers. */
  readonly #arrived = new Set<string>();
  /** What the store had lost, until it has been looked at. */
  #lost: readonly Address[] = [];

  constructor(node: RecoveryNode) {
    this.#node = node;
    node.store.onAnotherRun((run, store) => this.#recover(run, store));
  }

  /** What the others are told with each beat. */
  get words(): readonly string[] {
    const here = this.#node.store.runs().filter((run) => this.#arrived.has(run));
    return here.map((run) => `${RUN}${run}`);
  }

  /** Of a node that starts and remembers nothing: resolves when the others have given back. */
  async join(): Promise<void> {
    this.#node.store.runs().forEach((run) => this.#arrived.add(run));
    await joinOthers(this.#node);
  }

  /** What was lost is mended also where nobody asks for it: it may owe something. */
  async tend(): Promise<void> {
    while (this.#lost.length > 0) {
      const some = this.#lost.slice(0, AT_ONCE);
      const looks = some.map((address) => this.#node.cells.at(address).confirmed());
      for (const looked of await Promise.allSettled(looks)) {
        if (looked.status === "rejected") {
          this.#node.log.warn("recovery.left", { error: looked.reason });
        }
      }
      this.#lost = this.#lost.filter((address) => !some.includes(address));
    }
  }

  async #recover(run: string, store: RecoveringStore): Promise<void> {
    const { nameOf, readers, cells, work, doubtNodes, log } = this.#node;
    const others = readers.living;
    const kept = cells.kept();
    const lost: Address[] = [];
    for (let from = 0; from < kept.length; from += AT_ONCE) {
      const giving = kept.slice(from, from + AT_ONCE).map(async ({ address, records }) => {
        if ((await store.remember(address, records)) === "kept") {
          lost.push(address);
        }
      });
      await Promise.all(giving);
    }
    await Promise.all(work().map((item) => store.resume(item, EFFECT_LEASE_MS)));
    this.#arrived.add(run);
    await store.beat(nameOf(), readers.own);
    const newcomers = await newcomersOf(store, [nameOf(), ...others]);
    await Promise.all([
      othersAt(this.#node, run, { others: [...others, ...newcomers], store }),
      pause(this.#node.clock, NEWCOMERS_MS),
    ]);
    cells.doubt();
    doubtNodes();
    this.#lost = [...this.#lost, ...lost];
    log.warn("store.recovered", { run, remembered: kept.length, lost: lost.length });
  }
}

export type JoiningNode = Pick<RecoveryNode, "store" | "archive" | "clock" | "log">;

/** Who remembers nothing waits for those who lived lately to give back; says who they are. */
export async function joinOthers(node: JoiningNode): Promise<readonly string[]> {
  const { store, clock } = node;
  const runs = store.runs();
  if (runs.length === 0) {
    return [];
  }
  const beats = await store.nodes();
  if (beats.length === 0 && (await isEmptied(node))) {
    await pause(clock, WAIT_MS_MAX);
  }
  const others = recoveringOf(beats);
  await Promise.all(runs.map((run) => othersAt(node, run, { others, store })));
  return others;
}

/** Resolves when these nodes say that they have arrived, or were waited for. */
export async function othersAt(
  { clock, log }: Pick<JoiningNode, "clock" | "log">,
  run: string,
  {
    others,
    store,
  }: { readonly others: readonly string[]; readonly store: Pick<ActorStore, "nodes"> },
): Promise<void> {
  const begun = clock.now();
  for (;;) {
    const beats = others.length === 0 ? [] : await beatsOf(store);
    const here = beats.filter(({ reads }) => reads.includes(`${RUN}${run}`));
    const missing = others.filter((other) => !here.some(({ node }) => node === other));
    if (missing.length === 0) {
      return;
    }
    if (clock.now() >= begun + WAIT_MS_MAX) {
      log.error("store.recovered.without", { run, nodes: missing });
      return;
    }
    await pause(clock, LOOK_AGAIN_MS);
  }
}

/** One call of many that is lost says nothing of anybody: the next one does. */
async function beatsOf(store: Pick<ActorStore, "nodes">): Promise<readonly NodeBeat[]> {
  try {
    return await store.nodes();
  } catch (error) {
    if (!isPassing(error)) {
      throw error;
    }
    return [];
  }
}

/** The archive knows of actors, and the store of none and of no node. */
async function isEmptied({ store, archive }: JoiningNode): Promise<boolean> {
  const [present, resident] = await Promise.all([
    store.actors(undefined, 1),
    archive.residents(undefined, 1),
  ]);
  return present.addresses.length === 0 && resident.addresses.length > 0;
}

/** Who joined since the others were last heard of, and whose beats the store has still got. */
async function newcomersOf(
  store: Pick<ActorStore, "nodes">,
  known: readonly string[],
): Promise<readonly string[]> {
  return recoveringOf(await beatsOf(store)).filter((node) => !known.includes(node));
}

/** Those that live, by these beats, and take part: an older build never says that it arrived. */
function recoveringOf(beats: readonly NodeBeat[]): readonly string[] {
  const newest = Math.max(...beats.map(({ beatAt }) => beatAt));
  return beats
    .filter(({ beatAt }) => beatAt >= newest - SILENT_MS_MAX)
    .filter(({ reads }) => reads.some((word) => word.startsWith(RUN)))
    .map(({ node }) => node);
}
