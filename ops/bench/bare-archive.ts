/**
 * An archive that keeps nothing but how far each actor's chain has come: for measurements in which
 * every actor is new, and lives as long as the measurement.
 */
import { type Address, addressKey } from "../../actors/address.ts";
import type { Archive } from "../../actors/archive.ts";
import { chainStart } from "../../actors/envelope.ts";

export function createBareArchive(): Archive {
  const marks = new Map<string, { readonly seq: number; readonly head: string }>();
  const markOf = (address: Address) => marks.get(addressKey(address));
  return {
    announce: async (address, epoch) => {
      marks.set(addressKey(address), { seq: 0, head: chainStart(address, epoch) });
      return true;
    },
    append: async ({ address, seq, head }) => {
      marks.set(addressKey(address), { seq, head });
      return "appended";
    },
    find: async () => undefined,
    mark: async (address) => {
      const mark = markOf(address);
      return mark && { ...mark, resident: true, rebuiltIn: undefined, parked: undefined };
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
