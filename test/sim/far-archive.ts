/**
 * The archive as one boot of a node has it: over a line that may fail, and away for a while.
 */
import type { Archive } from "../../actors/archive.ts";
import type { Boot } from "./boot.ts";
import { type Net, overLine } from "./line.ts";

export function farArchive(
  net: Net,
  boot: Boot,
  far: { readonly archive: Archive; readonly away: () => boolean },
): Archive {
  const { archive, away } = far;
  const point = "around a call of the archive";
  const call = <T>(name: string, ask: () => Promise<T>): Promise<T> =>
    overLine(net, boot, { label: `archive ${name}`, ask, away, before: point, after: point });
  return {
    announce: (address, epoch) =>
      call(`announce ${address.id}`, () => archive.announce(address, epoch)),
    append: (flush) => call(`append ${flush.address.id}#${flush.seq}`, () => archive.append(flush)),
    find: (address) => call(`find ${address.id}`, () => archive.find(address)),
    mark: (address) => call(`mark ${address.id}`, () => archive.mark(address)),
    reseal: (address, head, sealed) =>
      call(`reseal ${address.id}`, () => archive.reseal(address, head, sealed)),
    park: (address, reason) => call(`park ${address.id}`, () => archive.park(address, reason)),
    unpark: (address) => call(`unpark ${address.id}`, () => archive.unpark(address)),
    residents: (cursor, limit) => call("residents", () => archive.residents(cursor, limit)),
    due: (before, limit) => call("due", () => archive.due(before, limit)),
    setResident: (address, resident) =>
      call(`resident ${address.id} ${resident}`, () => archive.setResident(address, resident)),
    records: (address, after, limit) =>
      call(`records ${address.id}>${after}`, () => archive.records(address, after, limit)),
  };
}
