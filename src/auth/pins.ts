/** Seat pins: six digits, shown once, that give somebody his own seat back on another device. */
import { sha256 } from "../../actors/envelope.ts";
import type { ActorId } from "../../machines/ids.ts";
import type { Chance } from "./chance.ts";

/** Long enough to be read out and typed. */
export const PIN_TTL_MS = 10 * 60 * 1_000;
const PIN_DIGITS = 6;
/** A class has few pins at a time: several clashes in a row do not happen. */
export const PIN_DRAWS_MAX = 10;

export function drawPin(chance: Chance): string {
  return Array.from({ length: PIN_DIGITS }, () => String(chance.below(10))).join("");
}

export function pinHash(sessionId: ActorId, pin: string): string {
  return sha256(`pin\n${sessionId}\n${pin}`);
}
