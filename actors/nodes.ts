/**
 * Nodes: every node beats; the connections of one that stopped are closed for it.
 *
 * Invariants:
 * 1. A node that is alive is never swept; closing a connection that is closed already changes
 *    nothing, so any number of nodes may sweep the same dead one.
 * 2. A dead node is forgotten only when every actor was asked, and only if it has not beaten
 *    since; an actor that can never be read does not keep it, one that others can read does (C8).
 * 3. No actor is told of a connection by a node whose last beat is half of the silence old: it
 *    beats first, and a commit that arrives later than that writes nothing, by the store's clock.
 *    So whoever is believed to be connected, others find out that the node has died (C20).
 */
import { SYSTEM } from "../machines/principal.ts";
import { UnknownVersion } from "../machines/versions.ts";
import type { Address } from "./address.ts";
import { Believers } from "./believers.ts";
import type { Log } from "./clock.ts";
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

export interface SweepNode {
  readonly store: ActorStore;
  readonly log: Log;
  /** This boot's id. */
  readonly node: string;
  readonly readers: Readers;
  look(address: Address): Promise<Look | undefined>;
  send(address: Address, incoming: Incoming): Promise<Reply>;
}

/** This node among the others. */
export class Nodes {
  readonly #sweeper: SweepNode;
  /** By the store's clock. Undefined: it has not begun to beat, and nobody waits for it. */
  #beatAt: number | undefined;
  readonly #believers: Believers;

  constructor(sweeper: SweepNode) {
    this.#sweeper = sweeper;
    this.#believers = new Believers(sweeper.node);
  }

  /** `alone`: no other node can be alive, whenever it last beat. */
  async join(alone: boolean): Promise<void> {
    await sweepDeadNodes(this.#sweeper, alone);
    await this.beat();
  }

  /** Never waits for a sweep: a long one would make this node look dead to the others. */
  async beat(): Promise<void> {
    const { store, node, readers } = this.#sweeper;
    const at = await store.beat(node, readers.own);
    this.#beatAt = Math.max(this.#beatAt ?? at, at);
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
    const { store, node, readers } = this.#sweeper;
    if (await this.#believers.some((address) => this.#sweeper.look(address))) {
      await store.beat(node, readers.own);
    } else if (this.#beatAt !== undefined) {
      await store.forget(node, this.#beatAt);
    }
  }

  sweep(): Promise<void> {
    return sweepDeadNodes(this.#sweeper, false);
  }
}

async function sweepDeadNodes(sweeper: SweepNode, alone: boolean): Promise<void> {
  const { store } = sweeper;
  const silentSince = store.now() - SILENT_MS_MAX;
  const beats = await store.nodes();
  const silent = beats.filter(
    ({ node, beatAt }) => node !== sweeper.node && (alone || beatAt < silentSince),
  );
  sweeper.readers.heard(
    beats.filter((beat) => beat.node !== sweeper.node && !silent.includes(beat)),
  );
  if (silent.length === 0) {
    return;
  }
  const dead = silent.map(({ node }) => node);
  let whole = true;
  let cursor: string | undefined;
  do {
    const page = await store.actors(cursor, PAGE);
    for (const address of page.addresses) {
      const closed = await closeFor(sweeper, address, dead);
      if (closed === "not now") {
        return;
      }
      whole &&= closed !== "left";
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  if (!whole) {
    return;
  }
  for (const { node, beatAt } of silent) {
    // One that has beaten meanwhile was only slow: forgotten, its later connections are nobody's.
    if (await store.forget(node, beatAt)) {
      sweeper.log.warn("node.swept", { node });
    }
  }
}

/** `not now`: the next sweep begins anew; `left`: a node that can read the actor closes them. */
async function closeFor(
  sweeper: SweepNode,
  address: Address,
  dead: readonly string[],
): Promise<"closed" | "left" | "not now"> {
  try {
    const look = await sweeper.look(address);
    const gone = (look?.living.connections() ?? []).filter(({ connectionId }) =>
      dead.some((node) => connectionId.startsWith(`${node}.`)),
    );
    const replies = await Promise.all(
      gone.map(({ connectionId }) =>
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
