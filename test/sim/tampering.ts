/**
 * Tampering: how a plant changes a commit, a log or what followers hear, and keeps it well-formed.
 */
import { type Address, addressKey } from "../../actors/address.ts";
import {
  type ActorRecord,
  type Envelope,
  chainOn,
  decodeEnvelope,
  decodeRecord,
  encodeRecord,
  sealEnvelope,
} from "../../actors/envelope.ts";
import type { Runtime } from "../../actors/runtime.ts";
import type { ActorStore, Commit, Committed } from "../../actors/store.ts";
import { misbehaving } from "../support/nodes.ts";

export function withoutIds(commit: Commit): Commit {
  const claims = commit.claims.map((claim) => ({ ...claim, idKey: `${claim.idKey}.${claim.seq}` }));
  return { ...commit, claims, asks: [] };
}

export function forgetting(store: ActorStore, prefix: string): ActorStore {
  return misbehaving(store, {
    commit: (address, commit) => {
      const put = commit.agenda.put.filter(({ key }) => !key.startsWith(prefix));
      return store.commit(address, { ...commit, agenda: { ...commit.agenda, put } });
    },
    reindex: (address, head, agenda) => {
      const left = agenda.filter(({ key }) => !key.startsWith(prefix));
      return store.reindex(address, head, left);
    },
  });
}

/** What was settled is owed once more. */
export function owingAgain(
  address: Address,
  commit: Commit,
  known: Map<string, Envelope["owed"][number]>,
): Commit {
  const envelope = decodeEnvelope(address, commit.envelope);
  const nameOf = (key: string): string => `${addressKey(address)}#${key}`;
  const back = commit.agenda.remove.flatMap((key) => {
    const owed = known.get(nameOf(key));
    known.delete(nameOf(key));
    return owed?.kind === "effect" ? [owed] : [];
  });
  for (const { key } of commit.agenda.put) {
    const owed = envelope.owed.find((each) => each.key === key);
    if (owed !== undefined) {
      known.set(nameOf(key), owed);
    }
  }
  const put = back.map(({ key, generation, dueAt }) => ({ key, generation, claimableAt: dueAt }));
  const again: Envelope = { ...envelope, owed: [...envelope.owed, ...back] };
  const remove = commit.agenda.remove.filter((key) => !back.some((owed) => owed.key === key));
  return {
    ...commit,
    envelope: sealEnvelope(address, again),
    agenda: { put: [...commit.agenda.put, ...put], remove },
  };
}

/** The same change on what is there now, whatever it was stepped on. */
export function onTopOf(address: Address, stored: string, commit: Commit): Commit {
  const below = decodeEnvelope(address, stored);
  const shift = below.seq + 1 - commit.firstSeq;
  const records = commit.records.map((line) => {
    const record = decodeRecord(line);
    return encodeRecord({ ...record, seq: record.seq + shift });
  });
  const head = records.reduce((before, line) => chainOn(before, line), below.head);
  const seq = below.seq + records.length;
  const own = decodeEnvelope(address, commit.envelope);
  const envelope: Envelope = { ...own, epoch: below.epoch, seq, head };
  const salted = commit.claims.map((claim) => ({ ...claim, idKey: `${claim.idKey}.${seq}` }));
  return {
    ...commit,
    expected: below.head,
    head,
    records,
    envelope: sealEnvelope(address, envelope),
    firstSeq: below.seq + 1,
    claims: salted,
  };
}

export async function doubled(
  store: ActorStore,
  address: Address,
  { commit, committed }: { readonly commit: Commit; readonly committed: Committed },
): Promise<void> {
  const stored = await store.load(address);
  if (committed.kind === "committed" && stored !== undefined && commit.claims.length > 0) {
    await store.commit(address, onTopOf(address, stored, commit));
  }
}

export function dueEarlier(address: Address, commit: Commit, earlyMs: number): Commit {
  const envelope = decodeEnvelope(address, commit.envelope);
  const armed = new Set(commit.agenda.put.map(({ key }) => key));
  const owed = envelope.owed.map((each) =>
    each.kind === "timer" && armed.has(each.key) ? { ...each, dueAt: each.dueAt - earlyMs } : each,
  );
  const put = commit.agenda.put.map((item) => ({
    ...item,
    claimableAt: item.claimableAt - earlyMs,
  }));
  const early = sealEnvelope(address, { ...envelope, owed });
  return { ...commit, envelope: early, agenda: { ...commit.agenda, put } };
}

export function following(
  runtime: Runtime,
  fate: (record: ActorRecord) => "lost" | "late" | "",
): Runtime {
  return misbehaving(runtime, {
    follow: (address, follower) => {
      let held: ActorRecord | undefined;
      return runtime.follow(address, {
        ...follower,
        onRecord: (record) => {
          const kind = fate(record);
          if (kind === "late") {
            held = record;
          } else if (kind === "") {
            follower.onRecord(record);
          }
          if (kind === "" && held !== undefined) {
            follower.onRecord(held);
            held = undefined;
          }
        },
      });
    },
  });
}
