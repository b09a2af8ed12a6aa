/**
 * The contract of the actor store: one suite, held against every implementation.
 *
 * `actors/store.ts` says what is promised; each test here is named by the rule it proves.
 */
import { afterEach, beforeEach, describe } from "bun:test";
import type { ActorStore } from "../../actors/store.ts";
import { agendaContract } from "./store-agenda.ts";
import { commitContract } from "./store-commit.ts";
import { envelopeContract } from "./store-envelope.ts";
import { fairnessContract } from "./store-fairness.ts";
import { followContract } from "./store-follow.ts";
import { leasesContract } from "./store-leases.ts";
import { memoryContract } from "./store-memory.ts";
import { repairContract } from "./store-repair.ts";
import { residenceContract } from "./store-residence.ts";

export interface StoreHarness {
  /** A store with nothing in it, as two nodes see it (one and the same where only one can be). */
  open(): Promise<readonly [ActorStore, ActorStore]>;
  /** The same bytes again, once all stores of them were closed; a store in memory has none. */
  readonly reopen?: () => Promise<ActorStore>;
}

export interface Bench {
  readonly store: ActorStore;
  /** Another node on the same bytes. */
  readonly other: ActorStore;
  /** Closes everything and opens it again; absent where nothing outlives a close. */
  readonly again: (() => Promise<ActorStore>) | undefined;
}

export function storeContract(name: string, harness: StoreHarness): void {
  describe(`${name} keeps the contract of the actor store`, () => {
    let stores: readonly ActorStore[] = [];
    let bench: Bench;

    beforeEach(async () => {
      const [store, other] = await harness.open();
      stores = [store, other];
      const { reopen } = harness;
      const again =
        reopen &&
        (async (): Promise<ActorStore> => {
          await closeAll(stores);
          const reopened = await reopen();
          stores = [reopened];
          return reopened;
        });
      bench = { store, other, again };
    });

    afterEach(() => closeAll(stores));

    commitContract(() => bench);
    envelopeContract(() => bench);
    followContract(() => bench);
    residenceContract(() => bench);
    repairContract(() => bench);
    memoryContract(() => bench);
    agendaContract(() => bench);
    leasesContract(() => bench);
    fairnessContract(() => bench);
  });
}

async function closeAll(stores: readonly ActorStore[]): Promise<void> {
  await Promise.all([...new Set(stores)].map((store) => store.close()));
}
