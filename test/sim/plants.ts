/**
 * The planted bugs: each breaks a promise on purpose, around the product, and must be caught.
 */
import { addressKey } from "../../actors/address.ts";
import { type Envelope, decodeEnvelope } from "../../actors/envelope.ts";
import type { ActorStore, Subscription } from "../../actors/store.ts";
import { misbehaving } from "../support/nodes.ts";
import type { Plant } from "./plant.ts";
import { BLIND, FORGETFUL } from "./recovery-plants.ts";
import { HEEDLESS } from "./upkeep-plants.ts";
import {
  doubled,
  dueEarlier,
  following,
  forgetting,
  onTopOf,
  owingAgain,
  withoutIds,
} from "./tampering.ts";

const EARLY_MS = 1_500;
/** A bug that strikes now and then is harder to catch than one that always does. */
const NOW_AND_THEN = 5;

export const PLANTS: readonly Plant[] = [
  BLIND,
  FORGETFUL,
  HEEDLESS,
  {
    name: "acknowledges before the commit",
    link: (store) =>
      misbehaving(store, {
        commit: async (address, commit) => {
          store.commit(address, commit).catch(() => undefined);
          return { kind: "committed", known: [], journaled: 0 };
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
    runtime: (runtime) =>
      misbehaving(runtime, {
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
    runtime: (runtime) =>
      misbehaving(runtime, {
        look: async (address) => runtime.peek(address) ?? runtime.look(address),
      }),
  },
  {
    name: "refuses from a stale copy",
    link: (store) =>
      misbehaving(store, { confirm: async () => ({ kind: "current", known: [], journaled: 0 }) }),
  },
  {
    name: "takes an unknown outcome for a refusal",
    runtime: (runtime) =>
      misbehaving(runtime, {
        send: async (address, incoming) => {
          const refusal = { code: "internal", detail: "It went wrong." } as const;
          return runtime
            .send(address, incoming)
            .catch(() => ({ kind: "refused", refusal }) as const);
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
        commit: (address, commit) => store.commit(address, dueEarlier(address, commit, EARLY_MS)),
      }),
  },
  {
    name: "measures the store's time wrongly",
    link: (store) => misbehaving(store, { now: () => store.now() + EARLY_MS }),
  },
  {
    name: "takes nobody for dead",
    link: (store) =>
      misbehaving(store, {
        nodes: async () => (await store.nodes()).map((beat) => ({ ...beat, beatAt: store.now() })),
      }),
  },
  {
    name: "begins anew what was begun before",
    link: (store) =>
      misbehaving(store, {
        claim: async (limit, leaseMs) =>
          (await store.claim(limit, leaseMs)).map((item) => ({ ...item, begun: false })),
      }),
  },
  {
    name: "begins what waits for another to its target",
    link: (store, performers) =>
      misbehaving(store, {
        commit: async (address, commit) => {
          const committed = await store.commit(address, commit);
          const { owed } = decodeEnvelope(address, commit.envelope);
          for (const each of committed.kind === "committed" ? owed : []) {
            if (each.kind === "effect" && each.effect.target !== undefined) {
              const name = `${addressKey(address)}#${each.key}`;
              const { signal } = new AbortController();
              performers["echo"]?.(address, each.effect.params, name, signal).catch(
                () => undefined,
              );
            }
          }
          return committed;
        },
      }),
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
            const { signal } = new AbortController();
            performers["echo"]?.(address, { text: "too soon" }, name, signal).catch(
              () => undefined,
            );
          }
          return store.commit(address, commit);
        },
      }),
  },
  {
    name: "serves pages from a cache",
    link: (store) => {
      const pages = new Map<string, ReturnType<ActorStore["records"]>>();
      return misbehaving(store, {
        records: (address, after, limit) => {
          const name = `${addressKey(address)}>${after}+${limit}`;
          const page = pages.get(name) ?? store.records(address, after, limit);
          pages.set(name, page);
          return page;
        },
      });
    },
  },
  {
    name: "shows what it has not committed yet",
    link: (store) => {
      const pending = new Map<string, string>();
      return misbehaving(store, {
        commit: async (address, commit) => {
          pending.set(addressKey(address), commit.envelope);
          const committed = store.commit(address, commit);
          return committed.finally(() => pending.delete(addressKey(address)));
        },
        confirm: async (address, head, asks) => {
          const envelope = pending.get(addressKey(address));
          return envelope === undefined
            ? store.confirm(address, head, asks)
            : { kind: "moved", envelope, known: [] };
        },
      });
    },
  },
  {
    name: "publishes before the commit",
    link: (store) => {
      const followers = new Map<string, Subscription>();
      return misbehaving(store, {
        subscribe: (address, subscription) => {
          followers.set(addressKey(address), subscription);
          return store.subscribe(address, subscription);
        },
        commit: (address, commit) => {
          const records = commit.records.map((line, at) => ({ seq: commit.firstSeq + at, line }));
          followers.get(addressKey(address))?.onRecords(records);
          return store.commit(address, commit);
        },
      });
    },
  },
];

/** For a scenario that must not come out well with it. */
export function planted(name: string): Plant {
  const plant = PLANTS.find((each) => each.name === name);
  if (plant === undefined) {
    throw new RangeError(`expected a plant, found none that ${name}`);
  }
  return plant;
}
