/** Commits: everything is compared before the first write, and told once it is on disk. */
import type * as port from "../store.ts";
import type { Wakes } from "../wakes.ts";
import { partIdOf } from "../written.ts";
import type { WhenDurable } from "./group-commit.ts";
import { Reservations } from "./reservations.ts";
import type { Residence, Tables } from "./residence.ts";
import type { Subscriptions } from "./subscriptions.ts";

export interface CommitParts extends Tables {
  readonly residence: Residence;
  readonly subscriptions: Subscriptions;
  readonly wakes: Wakes;
  readonly now: () => number;
}

export class Commits {
  readonly #parts: CommitParts;
  readonly #reservations = new Reservations();

  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  commit(key: string, commit: port.Commit, whenDurable: WhenDurable): port.Committed {
    const { actors, ids, subscriptions, wakes, now } = this.#parts;
    const present = actors.find(key);
    if (present === undefined && commit.expected !== undefined) {
      return { kind: "absent" };
    }
    if (present !== undefined && present.head !== commit.expected) {
      this.#reservations.lost(key, commit.contender, now());
      return { kind: "conflict", envelope: present.envelope };
    }
    if (commit.on !== undefined && commit.on !== present?.part) {
      return { kind: "conflict", envelope: present?.envelope ?? "" };
    }
    const firstSeq = (present?.seq ?? 0) + 1;
    if (firstSeq !== commit.firstSeq) {
      throw new RangeError(`expected records from ${firstSeq} on, found ${commit.firstSeq}`);
    }
    const known = ids.among(key, commit.asks);
    const accepted = ids.among(key, commit.claims);
    if (accepted.length > 0) {
      return { kind: "known", known: [...accepted, ...known] };
    }
    if (now() > (commit.notAfter ?? Infinity)) {
      return { kind: "late" };
    }
    const waitMs = this.#reservations.waitMs(key, commit.contender, now());
    if (waitMs > 0) {
      return { kind: "reserved", waitMs };
    }
    const open = this.#write(key, commit, present?.journaled ?? 0);
    whenDurable(() => {
      this.#reservations.used(key);
      if (open) {
        wakes.wake();
      }
      subscriptions.committed(key, commit.head, () =>
        commit.records.map((line, at) => ({ seq: firstSeq + at, line })),
      );
    });
    return { kind: "committed", known, journaled: present?.journaled ?? 0 };
  }

  /** True: it left something claimable at once. */
  #write(key: string, commit: port.Commit, journaled: number): boolean {
    const { actors, ids, residence, agenda, now } = this.#parts;
    const { head, envelope, on, records, firstSeq } = commit;
    const seq = firstSeq + records.length - 1;
    const what = {
      head,
      seq,
      envelope,
      part: partIdOf(envelope),
      dirtySince: now(),
      journaled,
    };
    actors.put(key, on === undefined ? what : { ...what, behind: true });
    actors.addRecords(key, firstSeq, records);
    ids.add(key, commit.claims);
    if (commit.expected === undefined) {
      residence.voidTicket(key);
    }
    return agenda.change(key, commit.agenda, now());
  }
}
