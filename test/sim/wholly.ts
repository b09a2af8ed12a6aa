/**
 * A store to which every envelope is written whole: plants read what is committed, and change it.
 */
import { decodeEnvelope, sealEnvelope } from "../../actors/envelope.ts";
import type { ActorStore } from "../../actors/store.ts";
import { partIdOf } from "../../actors/written.ts";
import { misbehaving } from "../support/nodes.ts";

export function wholly(store: ActorStore): ActorStore {
  /** By the id of its last part, an envelope as it would be stored. */
  const known = new Map<string, string>();
  return misbehaving(store, {
    commit: (address, { on, ...commit }) => {
      const before = on === undefined ? "" : (known.get(on) ?? "");
      const stored = before + commit.envelope;
      known.set(partIdOf(commit.envelope), stored);
      const envelope =
        on === undefined ? stored : sealEnvelope(address, decodeEnvelope(address, stored));
      return store.commit(address, { ...commit, envelope });
    },
  });
}
