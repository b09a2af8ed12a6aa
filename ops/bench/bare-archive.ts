/**
 * An archive that keeps nothing but where each actor's chain begins: for measurements in which
 * nothing is journaled, every actor is new, and lives as long as the measurement.
 */
import { type Address, addressKey } from "../../actors/address.ts";
import type { Archive } from "../../actors/archive.ts";
import { chainStart } from "../../actors/envelope.ts";

export function createBareArchive(): Archive {
  const starts = new Map<string, string>();
  const startOf = (address: Address): string | undefined => starts.get(addressKey(address));
  return {
    announce: async (address, epoch) => {
      starts.set(addressKey(address), chainStart(address, epoch));
      return true;
    },
    append: async () => "appended",
    find: async () => undefined,
    mark: async (address) => {
      const head = startOf(address);
      return head === undefined
        ? undefined
        : { seq: 0, head, resident: true, rebuiltIn: undefined, parked: undefined };
    },
    reseal: async () => false,
    park: async () => undefined,
    unpark: async () => undefined,
    setResident: async () => undefined,
    records: async () => [],
    residents: async () => ({ addresses: [], cursor: undefined }),
    due: async () => [],
  };
}
