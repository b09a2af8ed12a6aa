/** What a runtime is made of, and what its node does. */
import type { Machines } from "../machines/versions.ts";
import type { Archive } from "./archive.ts";
import type { Clock, Ids, Log } from "./clock.ts";
import type { Pace } from "./pace.ts";
import type { Performer } from "./perform.ts";
import type { ActorStore } from "./store.ts";

export interface RuntimeOptions {
  readonly store: ActorStore;
  readonly archive: Archive;
  readonly machines: Machines;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** The id of this boot: a restarted node is another node. */
  readonly node: string;
  /** No other node can share this store. */
  readonly alone: boolean;
  readonly performers: Readonly<Record<string, Performer>>;
  readonly roles: { readonly worker: boolean; readonly journal: boolean };
  /** Absent: `PACE`. */
  readonly pace?: Pace;
  /** So many that wait are a turn of their own while a commit is on its way; absent: `turns.ts`. */
  readonly togetherMin?: number;
}
