/** Bugs of a node whose store came back as another run. */
import type { ActorStore, RecoveringStore } from "../../actors/store.ts";
import { misbehaving } from "../support/nodes.ts";
import type { Plant } from "./plant.ts";

export const FORGETFUL = recovering("gives back nothing of what it remembers", (direct) => ({
  ...direct,
  remember: async () => "there",
}));
export const HASTY = recovering("does not wait for the others", (direct, run) => ({
  ...direct,
  nodes: async () =>
    (await direct.nodes()).map((beat) => ({ ...beat, reads: [...beat.reads, `run:${run}`] })),
}));

/** Nothing of it is noticed: what is in memory is believed, and what is there is served. */
export const BLIND: Plant = {
  name: "takes the store for what it was",
  link: (store) => misbehaving(store, { onAnotherRun: () => undefined }),
};

/** A node that finds out otherwise what the store has lost. */
export function recovering(
  name: string,
  change: (direct: RecoveringStore, run: string) => RecoveringStore,
): Plant {
  return {
    name,
    link: (store: ActorStore) =>
      misbehaving(store, {
        onAnotherRun: (recover) =>
          store.onAnotherRun((run, direct) => recover(run, change(direct, run))),
      }),
  };
}
