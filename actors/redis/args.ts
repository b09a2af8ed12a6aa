/** The arguments of the functions, in the order in which the `.lua` files read them. */
import type * as port from "../store.ts";
import { checkedLine } from "./checked-line.ts";
import { lengthsOf } from "./message.ts";

export function commitArgs(commit: port.Commit): readonly string[] {
  const { claims, asks, agenda, contender } = commit;
  const records = commit.records.map(checkedLine);
  const { put, remove, cancel = [] } = agenda;
  const counts = [records, claims, asks, put, remove, cancel].map(({ length }) => length);
  return [
    commit.expected ?? "",
    commit.head,
    commit.envelope,
    String(commit.firstSeq),
    lengthsOf(records),
    contender?.node ?? "",
    String(contender?.losses ?? 0),
    ...counts.map(String),
    String(commit.notAfter ?? ""),
    commit.on ?? "",
    ...records,
    ...claims.flatMap(idArgs),
    ...asks.map(({ idKey }) => idKey),
    ...put.flatMap((item) => [...itemArgs(item), item.lease ?? ""]),
    ...remove,
    ...cancel,
  ];
}

export function installArgs(what: port.Installation): readonly string[] {
  const counts = [what.records, what.ids, what.agenda].map(({ length }) => length);
  return [
    what.head,
    String(what.seq),
    what.envelope,
    String(what.firstSeq),
    ...counts.map(String),
    ...what.records.map(checkedLine),
    ...what.ids.flatMap(idArgs),
    ...owedArgs(what.agenda),
  ];
}

/** What an actor owes, as one list of it. */
export function owedArgs(agenda: readonly port.AgendaItem[]): readonly string[] {
  return agenda.flatMap((item) => [...itemArgs(item), item.begun === true ? "2" : "0"]);
}

export function idArgs({ idKey, digest, seq }: port.KnownId): readonly string[] {
  return [idKey, digest, String(seq)];
}

function itemArgs({ key, generation, claimableAt }: port.AgendaItem): readonly string[] {
  return [key, String(generation), String(claimableAt)];
}

export function leaseArgs(item: port.ClaimedItem, ms: number): readonly string[] {
  return [...tokenArgs(item), String(ms)];
}

export function tokenArgs({ key, generation, lease }: port.ClaimedItem): readonly string[] {
  return [key, String(generation), lease];
}
