/** What a node remembers of an actor, on its way to a Redis that may have lost it. */
import type { Address } from "../address.ts";
import { COMMIT_BYTES_MAX, type KeptRecord } from "../store.ts";
import { placeOf } from "./names.ts";
import { decodeText } from "./replies.ts";
import type { Servers } from "./servers.ts";

export async function rememberOver(
  servers: Pick<Servers, "of" | "keysOf">,
  address: Address,
  records: readonly KeptRecord[],
): Promise<"there" | "kept"> {
  const place = placeOf(address);
  const keys = servers.keysOf(place);
  let there = true;
  for (const some of inParts(records)) {
    const fields = some.flatMap(({ seq, head, epoch, line }) => [String(seq), head, epoch, line]);
    const args = [place.address, ...fields];
    const reply = decodeText(await servers.of(place.bucket).call("remember", keys, args));
    there &&= reply === "there";
  }
  return there ? "there" : "kept";
}

/** As much as a commit may bring at once. */
function inParts(records: readonly KeptRecord[]): readonly (readonly KeptRecord[])[] {
  const parts: KeptRecord[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const record of records) {
    bytes += Buffer.byteLength(record.line);
    if (bytes > COMMIT_BYTES_MAX) {
      parts.push([]);
      bytes = Buffer.byteLength(record.line);
    }
    parts.at(-1)?.push(record);
  }
  return parts;
}
