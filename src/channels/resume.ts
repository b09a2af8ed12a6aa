/**
 * Resuming: the records between a client's cursor and now, when they say all that it missed.
 *
 * They do only within one epoch, one standing and a small gap; otherwise the answer is undefined
 * and the client is given a view.
 */
import type { Address } from "../../actors/address.ts";
import type { ActorRecord } from "../../actors/envelope.ts";
import type { Look } from "../../actors/reply.ts";
import type { Runtime } from "../../actors/runtime.ts";
import type { Standing } from "../../machines/principal.ts";
import type { WatchInput } from "./inbound.ts";
import { type Watch, changeFor } from "./watch.ts";

export interface ResumeParts {
  readonly runtime: Runtime;
  readonly address: Address;
  readonly gapRecordsMax: number;
}

/** Every record with a seq over `after`, up to that of the look, without a gap. */
export async function recordsSince(
  parts: ResumeParts,
  look: Look,
  asked: WatchInput,
  viewer: { readonly watch: Watch; readonly standing: Standing },
): Promise<readonly ActorRecord[] | undefined> {
  const { after, epoch = look.epoch } = asked;
  if (after === undefined || asked.as === "view" || epoch !== look.epoch) {
    return undefined;
  }
  const gap = look.seq - after;
  if (gap < 0 || gap > parts.gapRecordsMax || viewer.standing.since > after) {
    return undefined;
  }
  const records = gap === 0 ? [] : await parts.runtime.records(parts.address, after, gap);
  const whole = records.length === gap && records.every(({ seq }, n) => seq === after + n + 1);
  const moved = records.some((record) => changesOf(record, viewer.watch));
  return whole && !moved ? records : undefined;
}

function changesOf(record: ActorRecord, watch: Watch): boolean {
  return record.facts.some((fact) => changeFor(fact.standings ?? [], watch) !== undefined);
}
