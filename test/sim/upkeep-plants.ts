/** Bugs of a node that lets actors sleep. */
import { misbehaving } from "../support/nodes.ts";
import type { Plant } from "./plant.ts";

/** Whatever is there leaves the store, though the journal has less, or somebody just committed. */
export const HEEDLESS: Plant = {
  name: "evicts what is not journaled",
  disk: (store) =>
    misbehaving(store, {
      evict: async (address, _, dueAfter) => {
        const now = await store.inspect(address);
        await store.journaled(address, now?.seq ?? 0, now?.head ?? "");
        return store.evict(address, now?.head ?? "", dueAfter);
      },
    }),
};

export const SOUND_ASLEEP: Plant = {
  name: "wakes nobody for what falls due",
  archive: (archive) => ({ ...archive, due: async () => [] }),
};

/** What a sleeper owes comes back with it, or is forgotten. */
export const OWING_NOTHING: Plant = {
  name: "wakes actors without what they owe",
  disk: (store) =>
    misbehaving(store, {
      install: (address, ticket, what) => store.install(address, ticket, { ...what, agenda: [] }),
      reindex: async () => "done",
    }),
};
