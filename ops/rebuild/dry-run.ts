/**
 * A dry run: a store and an archive that are read as they are, and written to only in words.
 *
 * Owns what would have been written, so that a rebuild can say so. Invariants:
 * 1. No call that changes an actor, its journal or a node's beat goes further than this.
 * 2. What would be kept apart, or let go, is so for the rest of the run: the next look at it sees
 *    what it would see.
 */
import { type Address, addressKey } from "../../actors/address.ts";
import type { Archive, Mark } from "../../actors/archive.ts";
import type { ActorStore } from "../../actors/store.ts";

/** How much would have been written. */
export interface Wished {
  /** To the journal. */
  readonly records: number;
  readonly envelopes: number;
  /** To the store. */
  readonly actors: number;
}

export class DryRun {
  readonly #store: ActorStore;
  readonly #archive: Archive;
  readonly #parked = new Map<string, string | undefined>();
  #wished: Wished = { records: 0, envelopes: 0, actors: 0 };

  constructor({ store, archive }: { readonly store: ActorStore; readonly archive: Archive }) {
    this.#store = store;
    this.#archive = archive;
  }

  get wished(): Wished {
    return this.#wished;
  }

  get store(): ActorStore {
    const store = this.#store;
    const { load, inspect, confirm, records, remembered } = reading(store);
    return {
      ...{ load, inspect, confirm, records, remembered },
      runs: () => store.runs(),
      onAnotherRun: (recover) => store.onAnotherRun(recover),
      verify: (address) => store.verify(address),
      dirty: (limit) => store.dirty(limit),
      actors: (cursor, limit) => store.actors(cursor, limit),
      nodes: () => store.nodes(),
      now: () => store.now(),
      close: () => store.close(),
      // What a mending ends with: one that was absent would be installed, another be restored.
      reserve: async () => {
        this.#wish({ actors: 1 });
        return "present";
      },
      restore: async () => {
        this.#wish({ actors: 1 });
        return "restored";
      },
      setAside: async () => "aside",
      ...{ commit: never, remember: never, proven: never, install: never, evict: never },
      ...{ claim: never, begin: never, renew: never, resume: never, release: never, drop: never },
      ...{ reindex: never, reclaim: never, journaled: never, subscribe: never },
      ...{ beat: never, forget: never, onClaimable: () => () => undefined },
    };
  }

  get archive(): Archive {
    const archive = this.#archive;
    return {
      find: async (address) => this.#asParked(address, await archive.find(address)),
      mark: async (address) => this.#asParked(address, await archive.mark(address)),
      records: (address, after, limit) => archive.records(address, after, limit),
      residents: (cursor, limit) => archive.residents(cursor, limit),
      due: (before, limit) => archive.due(before, limit),
      append: async ({ records }) => {
        this.#wish({ records: records.length, envelopes: 1 });
        return "appended";
      },
      reseal: async () => {
        this.#wish({ envelopes: 1 });
        return true;
      },
      park: async (address, reason) => {
        this.#parked.set(addressKey(address), reason);
      },
      unpark: async (address) => {
        this.#parked.set(addressKey(address), undefined);
      },
      ...{ announce: never, setResident: never },
    };
  }

  #asParked<T extends Mark>(address: Address, found: T | undefined): T | undefined {
    const key = addressKey(address);
    return found !== undefined && this.#parked.has(key)
      ? { ...found, parked: this.#parked.get(key) }
      : found;
  }

  #wish(more: Partial<Wished>): void {
    const { records, envelopes, actors } = this.#wished;
    this.#wished = {
      records: records + (more.records ?? 0),
      envelopes: envelopes + (more.envelopes ?? 0),
      actors: actors + (more.actors ?? 0),
    };
  }
}

function reading(
  store: ActorStore,
): Pick<ActorStore, "load" | "inspect" | "confirm" | "records" | "remembered"> {
  return {
    load: (address) => store.load(address),
    inspect: (address) => store.inspect(address),
    confirm: (address, head, asks) => store.confirm(address, head, asks),
    records: (address, after, limit) => store.records(address, after, limit),
    remembered: (address) => store.remembered(address),
  };
}

async function never(): Promise<never> {
  throw new TypeError("expected a dry run to write nothing, found a call that does");
}
