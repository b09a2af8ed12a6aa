/**
 * A plant: a bug that is put into a simulated world around the product, to see that it is caught.
 */
import type { Archive } from "../../actors/archive.ts";
import type { Performer } from "../../actors/perform.ts";
import type { Runtime } from "../../actors/runtime.ts";
import type { ActorStore } from "../../actors/store.ts";

export interface Plant {
  readonly name: string;
  /** Around the store itself: the bug is everybody's. */
  readonly disk?: (store: ActorStore) => ActorStore;
  /** Around what one boot of a node calls its store. */
  readonly link?: (store: ActorStore, performers: Performers) => ActorStore;
  readonly archive?: (archive: Archive) => Archive;
  readonly runtime?: (runtime: Runtime) => Runtime;
}

export type Performers = Readonly<Record<string, Performer>>;
