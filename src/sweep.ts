/**
 * The sweep: rows that have had their time, removed now and then from Postgres.
 *
 * Owns when; what is expired is said beside each query in `db/`. Invariants:
 * 1. Nothing depends on it: every reader judges expiry itself. It only keeps tables small.
 * 2. Nodes that sweep at the same time do no harm to one another.
 */
import type { Clock, Log } from "../actors/clock.ts";
import { type PlatformTx, asPlatform, asTenant } from "../db/as-tenant.ts";
import type { Database } from "../db/connect.ts";
import { deleteExpiredKeys } from "../db/idempotency-keys.ts";
import { sweepMedia } from "../db/media-sweep.ts";
import { deleteExpiredTokens } from "../db/refresh-tokens.ts";
import { deleteExpiredPins } from "../db/seat-pins.ts";
import { tenantsAfter } from "../db/tenants.ts";

/** The shortest-lived of them, pins, are few; keys of writes live a day. */
export const SWEEP_EVERY_MS = 10 * 60 * 1_000;

export interface SweepParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
}

/** Schools of one question. */
const TENANTS_AT_ONCE = 100;

const SWEEPS = [deleteExpiredTokens, deleteExpiredKeys, deleteExpiredPins] as const;

/** Begins at once; the returned function ends it, when the sweep that is under way is done. */
export function startSweeps(parts: SweepParts): () => Promise<void> {
  let stopped = false;
  let cancel = (): void => undefined;
  let running = Promise.resolve();
  const again = (): void => {
    running = sweep(parts, () => stopped).then(() => {
      if (!stopped) {
        cancel = parts.clock.after(SWEEP_EVERY_MS, again);
      }
    });
  };
  again();
  return async () => {
    stopped = true;
    cancel();
    await running;
  };
}

async function sweep(parts: SweepParts, isStopped: () => boolean): Promise<void> {
  const { db, clock, log } = parts;
  const at = clock.now();
  let rows = 0;
  try {
    for (const remove of SWEEPS) {
      rows += await asPlatform(db, (tx: PlatformTx) => remove(tx, at));
    }
    const pictures = await sweepSchools(parts, isStopped);
    log.info("sweep.finished", { rows, pictures });
  } catch (error) {
    log.warn("sweep.postponed", { error });
  }
}

/** One school after the other; who is stopped in between goes on with the next sweep. */
async function sweepSchools({ db, clock }: SweepParts, isStopped: () => boolean): Promise<number> {
  let gone = 0;
  let after = "";
  for (;;) {
    const found = await asPlatform(db, (tx) => tenantsAfter(tx, after, TENANTS_AT_ONCE));
    for (const tenantId of found) {
      if (isStopped()) {
        return gone;
      }
      gone += await asTenant(db, tenantId, (tx) => sweepMedia(tx, clock.now()));
      after = tenantId;
    }
    if (found.length < TENANTS_AT_ONCE) {
      return gone;
    }
  }
}
