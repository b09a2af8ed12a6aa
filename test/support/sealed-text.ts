/** The text under an envelope's seal: what is compared byte for byte, however it was packed. */
import { unpack } from "../../actors/packing.ts";

export function sealedText(stored: string): string {
  return unpack(stored.slice(stored.indexOf("\n") + 1));
}
