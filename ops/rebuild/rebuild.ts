/**
 * The walk of a rebuild: every actor that the store should have is held against the journal, and
 * mended where that can be done, a bounded number at a time.
 *
 * It may be broken off and run again: what is sound by then is left as it is. Invariants:
 * 1. beside live nodes nobody is disturbed: an actor is judged by what is there when its turn
 *    comes, and what nodes remember of it is waited for.
 * 2. what the journal has is in the store afterwards, or kept apart with the reason.
 * 3. nothing is given up unless a person said so, and then it is said what.
 * 4. one actor that cannot be judged does not stop the others; a world that is away does.
 */
import type { Address } from "../../actors/address.ts";
import type { Archive } from "../../actors/archive.ts";
import { isPassing } from "../../actors/passing.ts";
import type { Repair } from "../../actors/repair.ts";
import type { Repairer } from "../../actors/repairer.ts";

/** As many as the pool of Postgres has connections; more would only queue there. */
const AT_ONCE = 16;
const PAGE = 256;
/** A Redis or Postgres that starts anew is waited for this long, for each actor. */
const TRIES_MAX = 40;
const AGAIN_MS = 500;

export interface Rebuilt {
  readonly address: Address;
  readonly came: Repair | "failed";
  /** Of what is kept apart, lost or failed: why. */
  readonly why: string | undefined;
}

export interface RebuildParts {
  readonly repairer: Pick<Repairer, "repair" | "join">;
  readonly archive: Pick<Archive, "mark" | "residents">;
  /** Also go on without what cannot be proved. */
  readonly acceptLoss: boolean;
  readonly onRebuilt: (rebuilt: Rebuilt) => void;
  readonly pause: (ms: number) => Promise<void>;
}

/** All of them, or this one. Throws what stops it: a store or database that stays away. */
export async function rebuild(parts: RebuildParts, only?: Address): Promise<void> {
  const addresses = only === undefined ? residents(parts) : someOf(parts, only);
  let isBroken = false;
  const work = async (): Promise<void> => {
    let next = await addresses.next();
    while (next.done !== true && !isBroken) {
      parts.onRebuilt(await rebuildOne(parts, next.value));
      next = await addresses.next();
    }
  };
  const workers = Array.from({ length: AT_ONCE }, () =>
    work().catch((error: unknown) => {
      isBroken = true;
      throw error;
    }),
  );
  const ended = await Promise.allSettled(workers);
  const failed = ended.find((each) => each.status === "rejected");
  if (failed !== undefined) {
    throw failed.reason;
  }
}

/** Before each page the nodes that live are looked at: what they remember is waited for. */
async function* residents(parts: RebuildParts): AsyncGenerator<Address> {
  let cursor: string | undefined;
  do {
    await patiently(parts, () => parts.repairer.join());
    const page = await patiently(parts, () => parts.archive.residents(cursor, PAGE));
    yield* page.addresses;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

async function* someOf(parts: RebuildParts, ...addresses: readonly Address[]) {
  await patiently(parts, () => parts.repairer.join());
  yield* addresses;
}

async function rebuildOne(parts: RebuildParts, address: Address): Promise<Rebuilt> {
  const { repairer, archive, acceptLoss } = parts;
  try {
    return await patiently(parts, async () => {
      const came = await repairer.repair(address);
      if (came !== "quarantined") {
        return { address, came, why: undefined };
      }
      const why = (await archive.mark(address))?.parked;
      return acceptLoss
        ? { address, came: await repairer.repair(address, { acceptLoss }), why }
        : { address, came, why };
    });
  } catch (error) {
    if (isPassing(error) || !(error instanceof Error)) {
      throw error;
    }
    return { address, came: "failed", why: error.message };
  }
}

/** Again while the world is away, and not longer than a restart takes. */
async function patiently<T>(
  { repairer, pause }: Pick<RebuildParts, "repairer" | "pause">,
  work: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || tries === TRIES_MAX) {
        throw error;
      }
      await pause(AGAIN_MS);
      // What a store has lost that went away, its nodes are about to give back.
      await repairer.join().catch(() => undefined);
    }
  }
}
