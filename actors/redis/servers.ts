/**
 * What the store asks of its Redis, be it one server or the masters of a cluster.
 *
 * `one-server.ts` and `cluster/cluster.ts` are the two; everything else here knows only this.
 */
import type { ActorStore } from "../store.ts";
import type { ConnectionOptions } from "./connection.ts";
import type { Link } from "./link.ts";
import type { Place } from "./names.ts";
import type { Runs } from "./run.ts";
import type { Channels, Listener } from "./subscriber.ts";

export interface ServersOptions extends ConnectionOptions {
  /** The boot id of this node. */
  readonly node: string;
  readonly runs: Runs;
}

/** What is asked of all buckets, and the beats of nodes: the port's own calls. */
type OfAll = Pick<ActorStore, "claim" | "dirty" | "actors" | "beat" | "nodes" | "forget" | "now">;

export interface Servers extends OfAll {
  /** Where the calls of a bucket's actors go. */
  of(bucket: number): Link;
  /** What may be asked also of servers of which it is not yet known what they have lost. */
  readonly direct: Pick<Servers, "of" | "beat" | "nodes">;
  /** What a function of this actor declares: the actor's key first. */
  keysOf(place: Place): readonly string[];
  /** Called once: what comes on the channels of actors. */
  channels(listener: Listener): Channels;
  /** One more sample of each server's time. */
  measure(): Promise<void>;
  /** Throws when the server of this bucket has come back as another run, or lost what it held. */
  check(bucket: number): Promise<void>;
  /** Sentences on why what was acknowledged could be lost; none: it could not. */
  durability(): Promise<readonly string[]>;
  /** A sentence on why this node must not serve now; undefined: it may. */
  notReady(): string | undefined;
  /** What is on its way is left without an answer. */
  close(): void;
}
