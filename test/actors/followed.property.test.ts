/**
 * The cursor of a followed actor, over random histories: messages lost, doubled and late, readings
 * that fail or see the log early, stores that are rewound, emptied and hydrated again.
 */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { chainOn } from "../../actors/envelope.ts";
import { Followed } from "../../actors/redis/followed.ts";
import type { ChannelMessage } from "../../actors/redis/message.ts";
import type { Tail } from "../../actors/redis/replies.ts";
import { type StoredRecord, StoreUnreachable } from "../../actors/store.ts";

/** The log as Redis has it, and the messages that it published and that are still under way. */
class Server {
  records: StoredRecord[] = [];
  heads: string[] = [];
  present = true;
  trimmedTo = 0;
  readonly underWay: ChannelMessage[] = [];
  #lines = 0;

  get head(): string {
    return this.heads.at(-1) ?? "";
  }

  commit(count: number): void {
    const expected = this.head;
    const firstSeq = this.records.length + 1;
    const records = Array.from({ length: count }, (_, at) => ({
      seq: firstSeq + at,
      line: `line ${(this.#lines += 1)}`,
    }));
    for (const { line } of records) {
      this.heads.push(chainOn(this.head === "" ? "the start" : this.head, line));
    }
    this.records.push(...records);
    const lastSeq = this.records.length;
    const { head } = this;
    this.underWay.push({ kind: "records", records, firstSeq, lastSeq, expected, head });
  }

  /** Loses the newest records, as a restored backup does. */
  rewind(count: number): void {
    const kept = Math.max(0, this.records.length - count);
    this.records = this.records.slice(0, kept);
    this.heads = this.heads.slice(0, kept);
    this.trimmedTo = Math.min(this.trimmedTo, kept);
  }

  come(present: boolean): void {
    if (present && !this.present && this.records.length > 0) {
      this.underWay.push({ kind: "installed", seq: this.records.length, head: this.head });
    }
    this.present = present;
  }

  tail(after: number, limit: number): Tail | undefined {
    const { head } = this;
    if (!this.present || head === "") {
      return undefined;
    }
    const kept = this.records.filter(({ seq }) => seq > after && seq > this.trimmedTo);
    return { head, seq: this.records.length, records: kept.slice(0, limit) };
  }
}

/** Readings of the log: they see it when they set out, and come back when they are let. */
class Reader {
  readonly #server: Server;
  readonly #out: (() => void)[] = [];
  readings = 0;
  held = false;
  failing = false;

  constructor(server: Server) {
    this.#server = server;
  }

  readonly read = async (after: number, limit: number): Promise<Tail | undefined> => {
    this.readings += 1;
    const failing = this.failing;
    const tail = this.#server.tail(after, limit);
    if (this.held) {
      await new Promise<void>((resolve) => this.#out.push(resolve));
    }
    if (failing) {
      throw new StoreUnreachable("a reading that failed");
    }
    return tail;
  };

  /** Every reading that is out, and those that set out because of them, come back. */
  async letGo(): Promise<void> {
    const held = this.held;
    this.held = false;
    this.#out.splice(0).forEach((back) => back());
    for (let turns = 0; turns < 20; turns += 1) {
      await Promise.resolve();
    }
    this.held = held;
  }
}

/** What a follower was told: runs of records, cut by resets. */
class Ear {
  readonly runs: StoredRecord[][] = [[]];
  readonly onRecords = (records: readonly StoredRecord[]): void => {
    this.runs.at(-1)?.push(...records);
  };
  readonly onReset = (): void => {
    this.runs.push([]);
  };
}

type Step =
  | { readonly kind: "commit"; readonly count: number }
  | { readonly kind: "rewind"; readonly count: number }
  /** A rewound store has grown again to what it was, and nobody heard of it. */
  | { readonly kind: "fork"; readonly count: number }
  | {
      readonly kind:
        | "deliver"
        | "lose"
        | "double"
        | "cut"
        | "trim"
        | "leave"
        | "come"
        | "settle"
        | "fail";
    };

const count = fc.integer({ min: 1, max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("commit" as const), count }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rewind" as const), count }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("fork" as const), count }) },
  {
    weight: 12,
    arbitrary: fc.constantFrom<Step>(
      ...(["deliver", "deliver", "deliver", "lose", "double", "cut", "trim"] as const).map(
        (kind) => ({ kind }),
      ),
      ...(["leave", "come", "settle", "settle", "fail"] as const).map((kind) => ({ kind })),
    ),
  },
);

describe("a followed actor", () => {
  test("is told records that each chain on the one before, and in the end the newest", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.nat(3), async (steps, born) => {
        const server = new Server();
        if (born > 0) {
          server.commit(born);
        }
        server.underWay.length = 0;
        const reader = new Reader(server);
        const failures: unknown[] = [];
        const followed = new Followed(reader.read, (error) => failures.push(error));
        const ear = new Ear();
        const chain = new Map<string, string>();
        followed.add(ear);
        await followed.catchUp();
        reader.held = true;
        for (const each of steps) {
          await take(each, { server, followed, reader });
          remember(server, chain);
        }
        reader.held = false;
        reader.failing = false;
        await reader.letGo();
        server.come(true);
        followed.doubt();
        await followed.catchUp();
        server.underWay.length = 0;
        // The first may be a birth where another life was followed: that is a reset.
        server.commit(1);
        await drain(server, followed);
        const told = ear.runs.flat().length;
        server.commit(1);
        remember(server, chain);
        await drain(server, followed);

        expect(failures.every((each) => each instanceof StoreUnreachable)).toBe(true);
        for (const run of ear.runs) {
          for (const [at, record] of run.entries()) {
            const before = run[at - 1];
            expect(before === undefined || record.seq === before.seq + 1).toBe(true);
            expect(before === undefined || chain.get(record.line) === before.line).toBe(true);
          }
        }
        expect(followed.cursor).toEqual({ seq: server.records.length, head: server.head });
        expect(ear.runs.flat().length).toBe(told + 1);
        expect(ear.runs.at(-1)?.at(-1)).toEqual(server.records.at(-1));
      }),
      { numRuns: 3_000 },
    );
  });

  test("tells what arrived while the log was read, without reading it again", async () => {
    const server = new Server();
    server.commit(1);
    const reader = new Reader(server);
    const followed = new Followed(reader.read, () => undefined);
    const ear = new Ear();
    followed.add(ear);
    reader.held = true;
    const looking = followed.catchUp();
    server.underWay.length = 0;
    server.commit(1);
    server.commit(2);

    server.underWay.splice(0).forEach((message) => followed.receive(message));
    await reader.letGo();
    await looking;

    expect(ear.runs).toEqual([server.records.slice(1)]);
    expect(reader.readings).toBe(1);
  });

  test("who joins hears nothing of what was committed before, and others go on", async () => {
    const server = new Server();
    server.commit(1);
    const followed = new Followed(new Reader(server).read, () => undefined);
    const [early, late] = [new Ear(), new Ear()];
    followed.add(early);
    await followed.catchUp();
    server.underWay.length = 0;
    server.commit(1);

    followed.add(late);
    const joining = followed.catchUp();
    server.underWay.splice(0).forEach((message) => followed.receive(message));
    await joining;
    server.commit(1);
    server.underWay.splice(0).forEach((message) => followed.receive(message));

    expect(early.runs).toEqual([server.records.slice(1)]);
    expect(late.runs).toEqual([server.records.slice(2)]);
  });

  test("who was out of step when the actor fell asleep is told to look again, once", async () => {
    const server = new Server();
    server.commit(1);
    const followed = new Followed(new Reader(server).read, () => undefined);
    let resets = 0;
    followed.add({ onRecords: () => undefined, onReset: () => (resets += 1) });
    await followed.catchUp();
    server.underWay.length = 0;
    server.commit(1);
    server.come(false);

    await followed.catchUp();
    const unaware = resets;
    followed.doubt();
    await followed.catchUp();
    followed.doubt();
    await followed.catchUp();

    expect([unaware, resets]).toEqual([0, 1]);
  });
});

interface Stage {
  readonly server: Server;
  readonly followed: Followed;
  readonly reader: Reader;
}

async function take(step: Step, { server, followed, reader }: Stage): Promise<void> {
  const { underWay } = server;
  switch (step.kind) {
    case "commit":
      server.come(true);
      return server.commit(step.count);
    case "rewind":
      return server.rewind(step.count);
    case "fork":
      server.rewind(step.count);
      server.commit(step.count);
      underWay.pop();
      return;
    case "deliver":
      return followed.receive(underWay.shift());
    case "lose":
      underWay.shift();
      return;
    case "double":
      underWay.unshift(...underWay.slice(0, 1));
      return;
    case "cut":
      underWay.length = 0;
      followed.doubt();
      followed.catchUp().catch(() => undefined);
      return;
    case "trim":
      server.trimmedTo = Math.max(0, server.records.length - 2);
      return;
    case "leave":
      return server.come(false);
    case "come":
      return server.come(true);
    case "fail":
      reader.failing = !reader.failing;
      return;
    case "settle":
      return reader.letGo();
  }
}

async function drain(server: Server, followed: Followed): Promise<void> {
  while (server.underWay.length > 0) {
    followed.receive(server.underWay.shift());
  }
  await followed.catchUp();
}

/** Which line each line was chained on. Lines are never used twice. */
function remember(server: Server, chain: Map<string, string>): void {
  server.records.forEach(({ line }, at) => {
    chain.set(line, server.records[at - 1]?.line ?? "");
  });
}
