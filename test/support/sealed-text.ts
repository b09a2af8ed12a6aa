/** The text of an envelope as JSON: what is compared byte for byte, however it was written. */
import type { Address } from "../../actors/address.ts";
import { decodeEnvelope } from "../../actors/envelope.ts";

export function sealedText(address: Address, stored: string): string {
  return JSON.stringify(decodeEnvelope(address, stored));
}
