/** An author of commits: chains records as the runtime does, so that suites need only say what. */
import type { Address } from "../../actors/address.ts";
import { chainOn, chainStart } from "../../actors/envelope.ts";
import type { ActorStore, Commit, Committed, Installation } from "../../actors/store.ts";
import { parseActorId, parseTenantId } from "../../machines/ids.ts";

export function addressOf(id: string, tenant = "tenant"): Address {
  return { tenantId: parseTenantId(tenant), kind: "session", id: parseActorId(id) };
}

export const NO_CHANGE: Commit["agenda"] = { put: [], remove: [] };

export class Author {
  readonly address: Address;
  readonly epoch: string;
  head: string | undefined;
  seq = 0;
  readonly lines: string[] = [];
  readonly #start: string;

  constructor(id: string, epoch = "first") {
    this.address = addressOf(id);
    this.epoch = epoch;
    this.#start = chainStart(this.address, epoch);
  }

  /** What would be committed next on what this author knows. */
  commit(change: Partial<Commit> = {}): Commit {
    const firstSeq = this.seq + 1;
    const records = change.records ?? [`{"seq":${firstSeq},"text":"größer 😀"}`];
    const head = records.reduce(chainOn, this.head ?? this.#start);
    const last = firstSeq + records.length - 1;
    const envelope = `${this.epoch}/${last}/${head}\n{"naïve":"☃"}`;
    const base = { expected: this.head, head, envelope, firstSeq, claims: [], asks: [] };
    return { ...base, agenda: NO_CHANGE, notAfter: undefined, ...change, records };
  }

  /** The same, of an envelope that is only what goes behind another part. */
  behind(on: string, change: Partial<Commit> = {}): Commit {
    const { head, firstSeq, ...commit } = this.commit(change);
    const last = firstSeq + commit.records.length - 1;
    return { ...commit, head, firstSeq, envelope: `\n${head.slice(0, 40)}\n{"seq":${last}}`, on };
  }

  /** Commits, and goes on from there when it held. */
  async write(store: ActorStore, change: Partial<Commit> = {}): Promise<Committed> {
    const commit = this.commit(change);
    const committed = await store.commit(this.address, commit);
    if (committed.kind === "committed") {
      this.went(commit);
    }
    return committed;
  }

  /** So many commits of one record each, one after the other. */
  async writeMany(store: ActorStore, times: number): Promise<void> {
    for (let done = 0; done < times; done += 1) {
      await this.write(store);
    }
  }

  went(commit: Commit): void {
    this.head = commit.head;
    this.seq = commit.firstSeq + commit.records.length - 1;
    this.lines.push(...commit.records);
  }

  /** The head as a string, for a store that is asked about it. */
  get headNow(): string {
    return this.head ?? this.#start;
  }

  get envelope(): string {
    return `${this.epoch}/${this.seq}/${this.headNow}\n{"naïve":"☃"}`;
  }

  /** All of the records so far as the log holds them. */
  get log(): { seq: number; line: string }[] {
    return this.lines.map((line, at) => ({ seq: at + 1, line }));
  }

  installation(change: Partial<Installation> = {}): Installation {
    const { envelope, seq, headNow: head } = this;
    const whole = {
      head,
      seq,
      envelope,
      records: [...this.lines],
      firstSeq: 1,
      ids: [],
      agenda: [],
    };
    return { ...whole, ...change };
  }
}

/** What a follower heard. */
export class Heard {
  readonly records: { seq: number; line: string }[] = [];
  resets = 0;
  readonly onRecords = (records: readonly { seq: number; line: string }[]): void => {
    this.records.push(...records);
  };
  readonly onReset = (): void => {
    this.resets += 1;
  };

  get seqs(): number[] {
    return this.records.map(({ seq }) => seq);
  }
}

/** `from`, `from + 1`, … `to`. */
export function run(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
