/** What a node remembers of actors and its work, on its way to a Redis that may have lost it. */
import type { Address } from "../address.ts";
import {
  type ClaimedItem,
  COMMIT_BYTES_MAX,
  type KeptRecord,
  type RecoveringStore,
} from "../store.ts";
import { leaseArgs } from "./args.ts";
import { callOf } from "./call.ts";
import { checkedLine } from "./checked-line.ts";
import type { Place } from "./names.ts";
import type { Servers } from "./servers.ts";

export async function rememberOver(
  servers: Pick<Servers, "of" | "keysOf">,
  address: Address,
  records: readonly KeptRecord[],
): Promise<"there" | "kept"> {
  let there = true;
  for (const some of inParts(records)) {
    const fields = some.flatMap(({ seq, head, epoch, line }) => [
      ...[String(seq), head, epoch],
      checkedLine(line),
    ]);
    const reply = await callOf(servers, address, { name: "remember", args: fields });
    there &&= reply === "there";
  }
  return there ? "there" : "kept";
}

export async function resumeOver(
  servers: Pick<Servers, "of" | "keysOf">,
  item: ClaimedItem,
  leaseMs: number,
): Promise<boolean> {
  const call = { name: "resume", args: leaseArgs(item, leaseMs) };
  return (await callOf(servers, item.address, call)) === "done";
}

/** What is asked also of a Redis of which it is not yet known what it has lost. */
export function recoveringOver(servers: Servers): RecoveringStore {
  const { direct } = servers;
  const there = { of: direct.of, keysOf: (place: Place) => servers.keysOf(place) };
  return {
    ...{ beat: direct.beat, nodes: direct.nodes },
    remember: (address, records) => rememberOver(there, address, records),
    resume: (item, leaseMs) => resumeOver(there, item, leaseMs),
  };
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
