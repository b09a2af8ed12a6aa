/** Parts of the Redis store that need no Redis: its time, its messages, and what it is answered. */
import { describe, expect, test } from "bun:test";
import type { Clock } from "../../actors/clock.ts";
import { ownerOf, slotOf } from "../../actors/redis/cluster/slots.ts";
import { unsettledOf } from "../../actors/redis/link.ts";
import { checkedLine } from "../../actors/redis/checked-line.ts";
import { decodeMessage, lengthsOf } from "../../actors/redis/message.ts";
import { BUCKETS, bucketOf, placeOf } from "../../actors/redis/names.ts";
import * as replies from "../../actors/redis/replies.ts";
import { StoreTime } from "../../actors/redis/time.ts";
import { StoreUnreachable } from "../../actors/store.ts";
import { addressOf, run } from "../contracts/author.ts";

/** A clock that is where it is put. */
class HandClock implements Clock {
  at = 1_000_000;
  readonly now = (): number => this.at;
  readonly after = (): (() => void) => () => undefined;
}

describe("C17: the store's time", () => {
  const measured = async (
    clock: HandClock,
    time: StoreTime,
    sample: { readonly offsetMs: number; readonly outMs: number; readonly backMs: number },
  ): Promise<void> => {
    await time.measure(async () => {
      clock.at += sample.outMs;
      const there = clock.at + sample.offsetMs;
      clock.at += sample.backMs;
      return there;
    });
  };

  test("is the local clock plus the distance of the sample with the shortest way", async () => {
    const clock = new HandClock();
    const time = new StoreTime(clock);

    await measured(clock, time, { offsetMs: 100, outMs: 40, backMs: 0 });
    await measured(clock, time, { offsetMs: 100, outMs: 1, backMs: 1 });
    await measured(clock, time, { offsetMs: 100, outMs: 0, backMs: 30 });

    expect(time.offsetMs()).toBe(100);
    expect(time.now()).toBe(clock.at + 100);
    expect(time.distrust()).toBeUndefined();
  });

  test("is not trusted while unknown, when stale, or over 250 ms away", async () => {
    const clock = new HandClock();
    const time = new StoreTime(clock);
    expect(time.distrust()).toContain("not known");

    await measured(clock, time, { offsetMs: -251, outMs: 1, backMs: 1 });
    expect(time.distrust()).toContain("-251 ms away");

    clock.at += 61_000;
    expect(time.distrust()).toContain("not known");
  });

  test("is not forgotten for a sample that took a second, after half a minute of drift", async () => {
    const clock = new HandClock();
    const time = new StoreTime(clock);
    await measured(clock, time, { offsetMs: 0, outMs: 1, backMs: 1 });
    clock.at += 30_000;

    await measured(clock, time, { offsetMs: 15, outMs: 0, backMs: 980 });

    expect(Math.abs(time.offsetMs() ?? Infinity)).toBeLessThan(50);
  });

  test("forgets what it measured before a clock was set", async () => {
    const clock = new HandClock();
    const time = new StoreTime(clock);
    await measured(clock, time, { offsetMs: 0, outMs: 0, backMs: 0 });

    await measured(clock, time, { offsetMs: -5_000, outMs: 3, backMs: 3 });

    expect(time.offsetMs()).toBe(-5_000);
  });
});

describe("a message on an actor's channel", () => {
  const lines = ["größer 😀", "", "two\nlines", "a b 7,8"];
  const stored = lines.map(checkedLine);
  const header = `R 5 before after ${lengthsOf(stored)}\n`;

  test("gives back its lines, whatever they hold", () => {
    const records = lines.map((line, at) => ({ seq: 5 + at, line }));
    expect(decodeMessage(header + stored.join(""))).toEqual({
      kind: "records",
      records,
      firstSeq: 5,
      lastSeq: 8,
      expected: "before",
      head: "after",
    });
  });

  test("that is cut, longer or not ours is none", () => {
    for (const text of [header, `${header}${stored.join("")}!`, "", "X 1 2", "hello"]) {
      expect(decodeMessage(text)).toBeUndefined();
    }
  });
});

describe("a line in the log", () => {
  const line = '{"seq":7,"text":"größer"}';
  const entry = (stored: string): unknown => ["7-0", ["r", stored]];

  test("C18: is what was written, or missing: any flipped bit is found", () => {
    const stored = Buffer.from(checkedLine(line));
    expect(replies.decodeEntries([entry(stored.toString("latin1"))])).toEqual([]);
    expect(replies.decodeEntries([entry(stored.toString())])).toEqual([{ seq: 7, line }]);
    for (let bit = 0; bit < stored.length * 8; bit += 1) {
      const flipped = Buffer.from(stored);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(replies.decodeEntries([entry(flipped.toString())])).toEqual([]);
    }
  });

  test("C18: a message with a changed line is none, so that the log is read", () => {
    const stored = [checkedLine("one"), checkedLine("two").replace("two", "tvo")];
    const message = `R 5 before after ${lengthsOf(stored)}\n${stored.join("")}`;

    expect(decodeMessage(message)).toBeUndefined();
  });
});

describe("an answer that our functions do not give", () => {
  test("says nothing of what became of the call: the store is unreachable", () => {
    const odd: readonly (() => unknown)[] = [
      () => replies.decodeText(null),
      () => replies.decodeTexts("text"),
      () => replies.decodeCommitted(["perhaps"]),
      () => replies.decodeConfirmed([]),
      () => replies.decodeCommitted(["committed", "id", "1"]),
      () => replies.decodeTail(["head", "not a number"]),
      () => replies.decodeEntries([["1-0"]]),
      () => replies.decodeLibraryCode([{ library_name: "toolboxai_2" }]),
    ];

    for (const decode of odd) {
      expect(decode).toThrow(StoreUnreachable);
    }
  });

  test("is read in either version of the protocol", () => {
    const flat = ["a", "1 session@1", "b", "2 "];
    const beats = [
      { node: "a", beatAt: 1, reads: ["session@1"] },
      { node: "b", beatAt: 2, reads: [] },
    ];
    expect(replies.decodeBeats(flat)).toEqual(beats);
    expect(replies.decodeBeats({ a: "1 session@1", b: "2 " })).toEqual(beats);
    expect(
      replies.decodeBeats(
        new Map([
          ["a", "1 session@1"],
          ["b", "2"],
        ]),
      ),
    ).toEqual(beats);
  });
});

describe("what a master of a cluster says of a slot", () => {
  test("names its owner, or that it is on its way; other errors say nothing of it", () => {
    expect(unsettledOf("MOVED 3999 127.0.0.1:6381")).toEqual({ owner: "127.0.0.1:6381" });
    expect(unsettledOf("ASK 3999 127.0.0.1:6381")).toEqual({ owner: undefined });
    expect(unsettledOf("TRYAGAIN Multiple keys request")).toEqual({ owner: undefined });
    for (const text of ["CLUSTERDOWN Hash slot not served", "ERR", "", "LOADING Redis"]) {
      expect(unsettledOf(text)).toBeUndefined();
    }
  });

  test("is a map from ranges to masters; replicas, and where one has no name, do not matter", () => {
    const ranges = replies.decodeSlots([
      [0, 8_191, ["10.0.0.1", 6379, "id", []], ["10.0.0.9", 6379, "replica", []]],
      [8_192, 16_383, [null, 6380, "id", []]],
    ]);

    expect(ranges.map(({ owner }) => owner)).toEqual(["10.0.0.1:6379", ":6380"]);
    for (const bucket of run(0, BUCKETS - 1)) {
      const owner = slotOf(bucket) < 8_192 ? "10.0.0.1:6379" : ":6380";
      expect(ownerOf(bucket, ranges)).toBe(owner);
    }
    expect(ownerOf(0, [])).toBeUndefined();
  });
});

describe("buckets", () => {
  test("an address stays in its bucket for ever", () => {
    expect(placeOf(addressOf("lesson-1", "north"))).toEqual({
      address: "north/session/lesson-1",
      bucket: 157,
      actor: "tb:{b157}:a:north/session/lesson-1",
      log: "tb:{b157}:l:north/session/lesson-1",
      channel: "tb:{b157}:c:north/session/lesson-1",
      kept: "tb:{b157}:k:north/session/lesson-1",
    });
  });

  test("actors spread over all of them", () => {
    const used = new Set(run(1, 4_000).map((n) => bucketOf(`tenant/session/s${n}`)));
    expect(used.size).toBe(BUCKETS);
  });
});
