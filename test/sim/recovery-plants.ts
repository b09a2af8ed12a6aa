/** Bugs of a node whose store came back as another run. */
import type { ActorStore, Installation, RecoveringStore } from "../../actors/store.ts";
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

export const SECRETIVE = recovering("keeps its leases to itself", (direct) => ({
  ...direct,
  resume: async () => true,
}));
/** What is put back is owed as if it had just been wished. */
export const UNAWARE: Plant = {
  name: "takes nothing that it puts back for begun",
  link: (store) =>
    misbehaving(store, {
      install: (address, ticket, what) => store.install(address, ticket, unbegun(what)),
      restore: (address, seen, what) => store.restore(address, seen, unbegun(what)),
    }),
};

/** Nothing of it is noticed: what is in memory is believed, and what is there is served. */
export const BLIND: Plant = {
  name: "takes the store for what it was",
  link: (store) => misbehaving(store, { onAnotherRun: () => undefined }),
};

function unbegun(what: Installation): Installation {
  return { ...what, agenda: what.agenda.map((item) => ({ ...item, begun: false })) };
}

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
