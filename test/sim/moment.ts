/**
 * Whether two stored envelopes are of one moment of an actor: all but the epoch is the same, which
 * an actor that was mended has anew, and a store that goes back has again as it was.
 */
import type { Address } from "../../actors/address.ts";
import { decodeEnvelope } from "../../actors/envelope.ts";

export function areOfOneMoment(address: Address, one: string, other: string): boolean {
  if (one === other) {
    return true;
  }
  const [first, second] = [decodeEnvelope(address, one), decodeEnvelope(address, other)];
  return Bun.deepEquals(first, { ...second, epoch: first.epoch });
}
