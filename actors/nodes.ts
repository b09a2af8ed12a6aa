/**
 * Nodes: every node beats; the connections of one that stopped are closed for it.
 *
 * Invariants:
 * 1. A node that is alive is never swept; closing a connection that is closed already changes
 *    nothing, so any number of nodes may sweep the same dead one.
 * 2. A dead node is forgotten only when every actor was asked, and only if it has not beaten
 *    since; an actor that can never be read does not keep it, one that others can read does (C8).
 * 3. A store that came back as another run may not know of who died before: then every connection
 *    of a node that does not beat is closed, at once, and by whoever looks after its actor.
 * 4. A node that stood still for so long that it may have been taken for dead goes on under
 *    another name: what is still done to connections of the one before hurts no later one (C20).
 * 5. No actor is told of a connection by a node whose last beat is half of the silence old: it
 *    beats first, and a commit that arrives later than that writes nothing, by the store's clock.
 *    So whoever is believed to be connected, others find out that the node has died (C20).
 */
import { SYSTEM } from "../machines/principal.ts";
import { UnknownVersion } from "../machines/versions.ts";
import type { Address } from "./address.ts";
import { Believers } from "./believers.ts";
import type { Ids, Log } from "./clock.ts";
import { isPassing } from "./passing.ts";
import type { Readers } from "./readers.ts";
import type { Incoming, Look, Reply } from "./reply.ts";
import type { ActorStore } from "./store.ts";

export const BEAT_EVERY_MS = 2_000;
/** Five beats missed: with a sweep every 2 s, a dead node's people are away within 15 s. */
const SILENT_MS_MAX = 10_000;
/** A beat counts half of the silence, so that what is told comes before that ends. */
const BEAT_MS_MAX = 5_000;
const PAGE = 200;
/** Names that this node had before: older ones have been silent for long, as any dead node's. */
const FORMER_MAX = 8;

export interface SweepNode {
  readonly store: ActorStore;
  readonly log: Log;
  /** This boot's id, and the first name by which others know it. */
  readonly node: string;
  readonly ids: Ids;
  readonly readers: Readers;
  look(address: Address): Promise<Look | undefined>;
  send(address: Address, incoming: Incoming): Promise<Reply>;
}

/** This node among the others. */
export class Nodes {
  readonly #sweeper: SweepNode;
  /** By the store's clock. Undefined: it has not begun to beat, and nobody waits for it. */
  #beatAt: number | undefined;
  #believers: Believers;
  #name: string;
  #former: readonly string[] = [];
  #strangers = false;

  constructor(sweeper: SweepNode) {
    this.#sweeper = sweeper;
    this.#name = sweeper.node;
    this.#believers = new Believers(this.#name);
  }

  /** By which others know this node now: the ids of its connections begin with it. */
  get name(): string {
    return this.#name;
  }

  /** It stood still: connections of the name before are closed, by whoever comes first. */
  rename(): void {
    this.#former = [...this.#former, this.#name].slice(-FORMER_MAX);
    this.#name = this.#sweeper.ids.next();
    this.#believers = new Believers(this.#name);
    // Nothing is told of a socket before the others have heard of the new name.
    this.#beatAt = this.#beatAt === undefined ? undefined : 0;
  }

  /** `alone`: no other node can be alive, whenever it last beat. */
  async join(alone: boolean): Promise<void> {
    await this.#sweep({ alone, strangers: false });
    await this.beat();
  }

  /** Never waits for a sweep: a long one would make this node look dead to the others. */
  async beat(): Promise<void> {
    const { store, readers } = this.#sweeper;
    const name = this.#name;
    const at = await store.beat(name, readers.own);
    if (name === this.#name) {
      this.#beatAt = Math.max(this.#beatAt ?? at, at);
    }
  }

  /** Until then the others cannot take this node for dead; undefined: it has not begun to beat. */
  aliveUntil(): number | undefined {
    return this.#beatAt === undefined ? undefined : this.#beatAt + BEAT_MS_MAX;
  }

  /** Says something of a socket, once the others know that this node lives. */
  async tell(address: Address, say: () => Promise<Reply>): Promise<Reply> {
    if (this.#sweeper.store.now() > (this.aliveUntil() ?? Infinity)) {
      await this.beat();
    }
    return this.#believers.tell(address, say);
  }

  /** What could not be closed is for those to close who find this node dead, if they know it. */
  async leave(): Promise<void> {
    const { store, readers } = this.#sweeper;
    if (await this.#believers.some((address) => this.#sweeper.look(address))) {
      await store.beat(this.#name, readers.own);
    } else if (this.#beatAt !== undefined) {
      await store.forget(this.#name, this.#beatAt);
    }
  }

  async sweep(): Promise<void> {
    const strangers = this.#strangers;
    this.#strangers = false;
    let whole = false;
    try {
      whole = await this.#sweep({ alone: false, strangers });
    } finally {
      this.#strangers ||= strangers && !whole;
    }
  }

  /** Closes what this actor counts of nodes that nobody knows of any more. */
  async closeStrangers(address: Address): Promise<void> {
    await closeFor(this.#sweeper, address, { nodes: [], strangers: true });
  }

  #sweep(whom: Pick<Sweep, "alone" | "strangers">): Promise<boolean> {
    return sweepDeadNodes(this.#sweeper, { ...whom, name: this.#name, former: this.#former });
  }

  /** The store may have lost the beats of nodes that died. */
  doubt(): void {
    this.#strangers = true;
  }
}

/** Whom to sweep. */
interface Sweep {
  /** This node is not swept, but under the names that it had before. */
  readonly name: string;
  readonly former: readonly string[];
  readonly alone: boolean;
  /** Also nodes that nobody knows of. */
  readonly strangers: boolean;
}

/** False: some actor was not asked. */
async function sweepDeadNodes(
  sweeper: SweepNode,
  { name, former, alone, strangers }: Sweep,
): Promise<boolean> {
  const { store } = sweeper;
  const silentSince = store.now() - SILENT_MS_MAX;
  const beats = await store.nodes();
  const silent = beats.filter(
    ({ node, beatAt }) => node !== name && (alone || former.includes(node) || beatAt < silentSince),
  );
  sweeper.readers.heard(beats.filter((beat) => beat.node !== name && !silent.includes(beat)));
  if (silent.length === 0 && !strangers) {
    return true;
  }
  const dead = { nodes: silent.map(({ node }) => node), strangers };
  let whole = true;
  let cursor: string | undefined;
  do {
    const page = await store.actors(cursor, PAGE);
    for (const address of page.addresses) {
      const closed = await closeFor(sweeper, address, dead);
      if (closed === "not now") {
        return false;
      }
      whole &&= closed !== "left";
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  if (!whole) {
    return false;
  }
  for (const { node, beatAt } of silent) {
    // One that has beaten meanwhile was only slow: forgotten, its later connections are nobody's.
    if (await store.forget(node, beatAt)) {
      sweeper.log.warn("node.swept", { node });
    }
  }
  return true;
}

interface Dead {
  readonly nodes: readonly string[];
  readonly strangers: boolean;
}

/** Whoever opens a connection has beaten before: asked after a look, no living node is missing. */
async function deadOf(
  { store }: SweepNode,
  connectionIds: readonly string[],
  { nodes, strangers }: Dead,
): Promise<readonly string[]> {
  const isOf = (id: string, node: string): boolean => id.startsWith(`${node}.`);
  const known = strangers && connectionIds.length > 0 ? await store.nodes() : undefined;
  return connectionIds.filter(
    (id) =>
      nodes.some((node) => isOf(id, node)) || known?.every(({ node }) => !isOf(id, node)) === true,
  );
}

/** `not now`: the next sweep begins anew; `left`: a node that can read the actor closes them. */
async function closeFor(
  sweeper: SweepNode,
  address: Address,
  dead: Dead,
): Promise<"closed" | "left" | "not now"> {
  try {
    const look = await sweeper.look(address);
    const open = (look?.living.connections() ?? []).map(({ connectionId }) => connectionId);
    const gone = await deadOf(sweeper, open, dead);
    const replies = await Promise.all(
      gone.map((connectionId) =>
        sweeper.send(address, {
          by: SYSTEM,
          rank: "system",
          message: { type: "connection.closed", connectionId },
        }),
      ),
    );
    const busy = replies.some((reply) => reply.kind === "refused" && reply.refusal.code === "busy");
    return busy ? "not now" : "closed";
  } catch (error) {
    if (error instanceof UnknownVersion) {
      return "left";
    }
    sweeper.log.error("sweep.failed", { tenantId: address.tenantId, actorId: address.id, error });
    return isPassing(error) ? "not now" : "closed";
  }
}
