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
  readonly readers: Map<RecordDocument, string[]>;
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
  const delivery: Delivery = { readers: new Map(), moved: [], gone: [] };
  for (const watch of watches) {
    if (watch.phase !== "live") {
      hold(watch, record);
    } else if (record.seq > watch.cursor) {
      watch.cursor = record.seq;
      move(watch, changeFor(changes, watch), delivery);
      read(watch, record, projection, delivery.readers);
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

function read(
  watch: Watch,
  record: ActorRecord,
  projection: Projection,
  readers: Map<RecordDocument, string[]>,
): void {
  const document = projection.of(watch.standing);
  if (document === undefined) {
    return;
  }
  if (watch.as === "view") {
    watch.wantedSeq = record.seq;
    return;
  }
  const socketIds = readers.get(document);
  if (socketIds === undefined) {
    readers.set(document, [watch.socketId]);
  } else {
    socketIds.push(watch.socketId);
  }
}
