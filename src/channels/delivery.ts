/**
 * Delivery: what one record means to each of those who watch.
 *
 * Owns the step of a watch by a record: held while a look is under way, skipped when it was shown
 * already, read by the standing that holds from this record on. Sends nothing itself.
 */
import type { ActorRecord } from "../../actors/envelope.ts";
import type { StandingChange } from "../../machines/fact.ts";
import type { Projection } from "./projection.ts";
import { type Watch, changeFor, hold, isSameStanding } from "./watch.ts";
import type { RecordDocument, UnwatchReason } from "./wire.ts";

export interface Delivery {
  /** Who reads which document; the same object for everybody who reads the same bytes. */
  readonly readers: ReadonlyMap<RecordDocument, readonly string[]>;
  /** They stand elsewhere now, and need a reset. */
  readonly moved: Watch[];
  readonly gone: { readonly watch: Watch; readonly reason: UnwatchReason }[];
}

export function deliver(
  record: ActorRecord,
  watches: readonly Watch[],
  projection: Projection,
): Delivery {
  const changes = record.facts.flatMap((fact) => fact.standings ?? []);
  const readers = new Map<RecordDocument, string[]>();
  const delivery: Delivery = { readers, moved: [], gone: [] };
  let last: RecordDocument | undefined;
  let lastIds: string[] = [];
  for (const watch of watches) {
    if (watch.phase !== "live") {
      hold(watch, record);
    } else if (record.seq > watch.cursor) {
      watch.cursor = record.seq;
      move(watch, changes.length === 0 ? undefined : changeFor(changes, watch), delivery);
      const document = projection.of(watch.standing);
      if (document === undefined) {
        continue;
      }
      if (watch.as === "view") {
        watch.wantedSeq = record.seq;
        continue;
      }
      if (document !== last) {
        last = document;
        lastIds = readers.get(document) ?? [];
        readers.set(document, lastIds);
      }
      lastIds.push(watch.socketId);
    }
  }
  return delivery;
}

function move(watch: Watch, change: StandingChange | undefined, delivery: Delivery): void {
  if (change === undefined) {
    return;
  }
  const { standing, unwatch } = change;
  if (unwatch !== undefined || standing === null) {
    delivery.gone.push({ watch, reason: unwatch ?? "removed" });
  } else if (!isSameStanding(standing, watch.standing)) {
    delivery.moved.push(watch);
  }
  watch.standing = standing ?? { ...watch.standing, audience: "own" };
}
