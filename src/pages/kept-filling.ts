/**
 * What a student has filled in and the server may not have: kept in this browser until it has.
 *
 * PG12: An answer in the making outlives its page, also without a network, and only for its seat.
 * One is kept, of the round that is asked now; the next one takes its place.
 */
import type { Filling } from "./answer.ts";
import { keep, kept } from "./kept.ts";

const STORED = "toolboxai.filling";

/** Whose answer to what: seats are of one session, rounds are numbered in each. */
export interface FillingPlace {
  readonly actor: string;
  readonly participantId: string;
  readonly roundId: string;
}

interface KeptFilling extends FillingPlace {
  readonly filling: Filling;
}

export function keptFilling(place: FillingPlace): Filling | undefined {
  const found = parseKept(kept(STORED));
  return found !== undefined && isAt(found, place) ? found.filling : undefined;
}

export function keepFilling(place: FillingPlace, filling: Filling): void {
  keep(STORED, JSON.stringify({ ...place, filling } satisfies KeptFilling));
}

/** Of every round: for whoever gives a seat up. */
export function forgetFilling(): void {
  keep(STORED, undefined);
}

function isAt(found: FillingPlace, place: FillingPlace): boolean {
  return (
    found.actor === place.actor &&
    found.participantId === place.participantId &&
    found.roundId === place.roundId
  );
}

/** Undefined as well for what another version of this page, or a person, has put there. */
function parseKept(text: string | undefined): KeptFilling | undefined {
  try {
    const found = JSON.parse(text ?? "null") as Partial<KeptFilling> | null;
    const isWhole =
      typeof found?.filling?.answer === "object" && typeof found.filling.typed === "string";
    return isWhole ? (found as KeptFilling) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}
