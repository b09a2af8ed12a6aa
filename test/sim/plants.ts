/**
 * The planted bugs: each breaks a promise on purpose, around the product, and must be caught.
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
import type { Plant } from "./plant.ts";

const EARLY_MS = 1_500;
/** A bug that strikes now and then is harder to catch than one that always does. */
const NOW_AND_THEN = 5;

export const PLANTS: readonly Plant[] = [
  {
    name: "acknowledges before the commit",
    link: (store) =>
      misbehaving(store, {
        commit: async (address, commit) => {
          store.commit(address, commit).catch(() => undefined);
          return { kind: "committed", known: [] };
        },
      }),
  },
  {
    name: "forgets command ids",
    disk: (store) =>
      misbehaving(store, {
        commit: (address, commit) => store.commit(address, withoutIds(commit)),
        confirm: (address, head) => store.confirm(address, head, []),
      }),
  },
  {
    name: "resumes one record late",
    runtime: (runtime) => ({
      ...bound(runtime),
      records: (address, after, limit) => runtime.records(address, after && after + 1, limit),
    }),
  },
  {
    name: "keeps timers in memory only",
    disk: (store) => forgetting(store, "timer:"),
  },
  {
    name: "keeps effects in memory only",
    disk: (store) => forgetting(store, "effect:"),
  },
  {
    name: "settles an effect twice",
    disk: (store) => {
      const known = new Map<string, Envelope["owed"][number]>();
      return misbehaving(store, {
        commit: (address, commit) => store.commit(address, owingAgain(address, commit, known)),
      });
    },
  },
  {
    name: "looks at a stale copy",
    runtime: (runtime) => ({
      ...bound(runtime),
      look: async (address) => runtime.peek(address) ?? runtime.look(address),
    }),
  },
  {
    name: "refuses from a stale copy",
    link: (store) => misbehaving(store, { confirm: async () => ({ kind: "current", known: [] }) }),
  },
  {
    name: "takes an unknown outcome for a refusal",
    runtime: (runtime) => ({
      ...bound(runtime),
      send: async (address, incoming) => {
        const refusal = { code: "internal", detail: "It went wrong." } as const;
        return runtime.send(address, incoming).catch(() => ({ kind: "refused", refusal }) as const);
      },
    }),
  },
  {
    name: "lets the last write win",
    disk: (store) =>
      misbehaving(store, {
        commit: async (address, commit) => {
          const committed = await store.commit(address, commit);
          return committed.kind === "conflict"
            ? store.commit(address, onTopOf(address, committed.envelope, commit))
            : committed;
        },
      }),
  },
  {
    name: "applies a commit twice",
    disk: (store) =>
      misbehaving(store, {
        commit: async (address, commit) => {
          const committed = await store.commit(address, commit);
          await doubled(store, address, { commit, committed });
          return committed;
        },
      }),
  },
  {
    name: "loses a record in the fan-out",
    runtime: (runtime) => following(runtime, ({ seq }) => (seq % NOW_AND_THEN === 0 ? "lost" : "")),
  },
  {
    name: "hands records on out of order",
    runtime: (runtime) => following(runtime, ({ seq }) => (seq % NOW_AND_THEN === 0 ? "late" : "")),
  },
  {
    name: "journals all but one record",
    archive: (archive) => ({
      ...archive,
      records: async (address, after, limit) =>
        (await archive.records(address, after, limit)).filter(({ seq }) => seq !== 7),
    }),
  },
  {
    name: "calls journaled what was not written",
    archive: (archive) => {
      let flushes = 0;
      return {
        ...archive,
        append: async (flush) => {
          flushes += 1;
          return flushes % NOW_AND_THEN === 0 ? "appended" : archive.append(flush);
        },
      };
    },
  },
  {
    name: "rings timers early",
    disk: (store) =>
      misbehaving(store, {
        commit: (address, commit) => store.commit(address, dueEarlier(address, commit)),
      }),
  },
  {
    name: "measures the store's time wrongly",
    link: (store) => misbehaving(store, { now: () => store.now() + EARLY_MS }),
  },
  {
    name: "performs before the commit",
    link: (store, performers) =>
      misbehaving(store, {
        commit: (address, commit) => {
          for (const { key } of commit.agenda.put.filter((item) =>
            item.key.startsWith("effect:"),
          )) {
            const name = `${addressKey(address)}#${key}`;
            performers["echo"]?.(address, { text: "too soon" }, name).catch(() => undefined);
          }
          return store.commit(address, commit);
        },
      }),
  },
];

function withoutIds(commit: Commit): Commit {
  const claims = commit.claims.map((claim) => ({ ...claim, idKey: `${claim.idKey}.${claim.seq}` }));
  return { ...commit, claims, asks: [] };
}

function forgetting(store: ActorStore, prefix: string): ActorStore {
  return misbehaving(store, {
    commit: (address, commit) => {
      const put = commit.agenda.put.filter(({ key }) => !key.startsWith(prefix));
      return store.commit(address, { ...commit, agenda: { ...commit.agenda, put } });
    },
  });
}

/** What was settled is owed once more. */
function owingAgain(
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
function onTopOf(address: Address, stored: string, commit: Commit): Commit {
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

async function doubled(
  store: ActorStore,
  address: Address,
  { commit, committed }: { readonly commit: Commit; readonly committed: Committed },
): Promise<void> {
  const stored = await store.load(address);
  if (committed.kind === "committed" && stored !== undefined && commit.claims.length > 0) {
    await store.commit(address, onTopOf(address, stored, commit));
  }
}

function dueEarlier(address: Address, commit: Commit): Commit {
  const envelope = decodeEnvelope(address, commit.envelope);
  const armed = new Set(commit.agenda.put.map(({ key }) => key));
  const owed = envelope.owed.map((each) =>
    each.kind === "timer" && armed.has(each.key) ? { ...each, dueAt: each.dueAt - EARLY_MS } : each,
  );
  const put = commit.agenda.put.map((item) => ({
    ...item,
    claimableAt: item.claimableAt - EARLY_MS,
  }));
  const early = sealEnvelope(address, { ...envelope, owed });
  return { ...commit, envelope: early, agenda: { ...commit.agenda, put } };
}

function following(runtime: Runtime, fate: (record: ActorRecord) => "lost" | "late" | ""): Runtime {
  return {
    ...bound(runtime),
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
  };
}

/** The methods of a runtime, free to be spread. */
function bound(runtime: Runtime): Runtime {
  return {
    birth: (...asked) => runtime.birth(...asked),
    send: (...asked) => runtime.send(...asked),
    peek: (...asked) => runtime.peek(...asked),
    look: (...asked) => runtime.look(...asked),
    records: (...asked) => runtime.records(...asked),
    follow: (...asked) => runtime.follow(...asked),
    catchUp: (...asked) => runtime.catchUp(...asked),
    start: () => runtime.start(),
    stop: () => runtime.stop(),
  };
}
