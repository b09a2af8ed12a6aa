/**
 * The promises of the runtime over random histories: nodes that crash, restart and lose replies,
 * clients that resend to any node, timers, effects and followers; then what was left is judged.
 *
 * Every test judges the same histories, each lived once. `SEED=… RUNS=…` live others.
 */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { chainOn, chainStart, decodeEnvelope } from "../../actors/envelope.ts";
import type { ActorRecord } from "../../actors/envelope.ts";
import type { Living, Stepped } from "../../machines/living.ts";
import { sealedText } from "../support/sealed-text.ts";
import { type Lived, type Said, type Step, live } from "../support/lived.ts";
import { ADDRESS } from "../support/nodes.ts";
import { tallyMachine } from "../support/tally.ts";
import { CALLS, type Fault } from "../support/trouble.ts";

const SEED = Number(process.env["SEED"] ?? 20_260_105);
const RUNS = Number(process.env["RUNS"] ?? 200);
const TIMEOUT_MS = 120_000;

const node = fc.nat(2);
const call = fc.oneof(
  { weight: 3, arbitrary: fc.constant("commit" as const) },
  { weight: 2, arbitrary: fc.constantFrom(...CALLS) },
);
const ms = fc.constantFrom(1, 30, 400, 3_000, 16_000);
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constantFrom("before", "after"), call }),
  fc.record({ kind: fc.constantFrom("late", "slow"), call, ms }),
  fc.constant({ kind: "deaf" as const }),
);
const bell = fc.constantFrom("a", "b", "c");
const message = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant("add"), n: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 1, arbitrary: fc.constantFrom({ type: "refuse" }, { type: "throw" }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("arm"), ms, bell }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("disarm"), bell }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("wish") }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant("say" as const), node, message }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("fault" as const), node, fault }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("perform" as const),
      node,
      how: fc.constantFrom("fails", "hangs", "slow"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("crash", "restart"), node }) },
);
const ending = fc.option(
  fc.record({
    kind: fc.constant("say" as const),
    node,
    message: fc.constant({ type: "end" }),
  }),
  { nil: undefined, freq: 4 },
);
const history = fc.record({
  nodes: fc.integer({ min: 2, max: 3 }),
  steps: fc.array(step, { minLength: 10, maxLength: 50, size: "max" }),
  ending,
});

type Told = typeof history extends fc.Arbitrary<infer T> ? T : never;

const lives = new Map<string, Promise<Lived>>();

function lived(told: Told): Promise<Lived> {
  const key = JSON.stringify(told);
  const known = lives.get(key) ?? live(told.nodes, stepsOf(told));
  lives.set(key, known);
  return known;
}

/** A session that ends ends in the middle: what comes after is refused, and it may sleep. */
function stepsOf({ steps, ending: end }: Told): readonly Step[] {
  const half = Math.ceil(steps.length / 2);
  return end === undefined ? steps : [...steps.slice(0, half), end, ...steps.slice(half)];
}

function always(rule: string, judge: (left: Lived) => void): void {
  test(
    rule,
    () =>
      fc.assert(
        fc.asyncProperty(history, async (told) => judge(await lived(told))),
        { seed: SEED, numRuns: RUNS, endOnFailure: process.env["SHRINK"] === undefined },
      ),
    TIMEOUT_MS,
  );
}

describe("over random histories", () => {
  always("everybody is answered, by every node that lives", ({ said, unanswered }) => {
    expect(said.filter(({ reply }) => reply === undefined)).toEqual([]);
    expect(unanswered).toBe(0);
  });

  always("what was acknowledged is in the log, as it was acknowledged", ({ said, log }) => {
    for (const { message, reply } of said) {
      if (reply?.kind === "accepted") {
        expect(log[reply.record.seq - 1]).toEqual(reply.record);
        expect(reply.record.message).toEqual(message);
      }
    }
  });

  always("a command id has at most one record, and a refused one has none", ({ said, log }) => {
    const tags = log.flatMap(({ message: { tag } }) => (typeof tag === "string" ? [tag] : []));
    const ids = log.flatMap(({ id }) => (id === undefined ? [] : [id.idKey]));
    const refused = said.filter(({ reply }) => reply?.kind !== "accepted");

    expect(new Set(tags).size).toBe(tags.length);
    expect(new Set(ids).size).toBe(ids.length);
    expect(refused.filter(({ id }) => tags.includes(id))).toEqual([]);
  });

  always("records are numbered 1, 2, 3, … and chained up to the head", (left) => {
    const { log, journal } = left;
    const envelope = envelopeOf(left);
    const start = chainStart(ADDRESS, envelope.epoch);

    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, at) => at + 1));
    expect(log.length).toBe(envelope.seq);
    expect(journal.reduce((head, { line }) => chainOn(head, line), start)).toBe(envelope.head);
    expect(log.every(({ at }, index) => at >= (log[index - 1]?.at ?? 0))).toBe(true);
  });

  always("what is said after an answer comes after it in the log", ({ said }) => {
    const accepted = said.flatMap((each) => (each.reply?.kind === "accepted" ? [each] : []));
    for (const late of accepted) {
      const before = accepted.filter(({ answeredAt = Infinity }) => answeredAt < late.saidAt);
      expect(Math.max(0, ...before.map(seqOf))).toBeLessThan(seqOf(late));
    }
  });

  always("followers hear every record after their look, in order, until a reset", (left) => {
    const { heard, log } = left;
    for (const { from, records } of heard) {
      expect(records).toEqual(log.slice(from, from + records.length));
    }
    // Only another record shows that a message before it was lost.
    const isShown = left.said.at(-1)?.reply?.kind === "accepted";
    const late = heard.filter(({ from, records }) => from + records.length < log.length);
    expect(heard.filter((each) => each.live).length).toBeGreaterThan(0);
    expect(isShown ? late.filter((each) => each.live) : []).toEqual([]);
  });

  always("a timer that was armed and not cancelled rings once, and not before its time", (left) => {
    const armed = new Map<string, number>();
    for (const { at, message: said } of left.log) {
      const name = String(said["bell"]);
      if (said.type === "arm") {
        armed.set(name, at + Number(said["ms"]));
      } else if (said.type === "disarm") {
        armed.delete(name);
      } else if (said.type === "timer.rang") {
        expect(at).toBeGreaterThanOrEqual(armed.get(name) ?? Infinity);
        armed.delete(name);
      }
    }
    expect([...armed.keys()]).toEqual([]);
  });

  always("every wish is settled once", ({ log }) => {
    const wished = textsOf(log, "wish");
    const settled = textsOf(log, "echoed");

    expect(settled.toSorted()).toEqual(wished.toSorted());
    expect(log.filter(({ message: { type } }) => type === "effect.exhausted")).toEqual([]);
  });

  always("the log, replayed, gives the stored snapshot, and nothing is owed", (left) => {
    const envelope = envelopeOf(left);

    expect(replay(left.log).persist()).toEqual(envelope.snapshot);
    expect(envelope.owed).toEqual([]);
  });

  always("the journal is the store's log, and knows where the actor is", (left) => {
    const { archived, journal, stored, envelope, unarchived } = left;
    const isHere = envelope !== undefined;
    const kept = stored.map(({ seq }) => seq);

    expect(unarchived).toBe(0);
    expect(stored).toEqual(journal.slice(journal.length - stored.length));
    expect(kept.every((seq, at) => at === 0 || seq === (kept[at - 1] ?? 0) + 1)).toBe(true);
    // Of one that has ended the archive has all: it may be taken for asleep a while too early.
    expect(isHere && isOver(left.log) ? true : archived?.resident).toBe(isHere);
    if (isHere) {
      expect(sealedText(ADDRESS, envelope)).toBe(sealedText(ADDRESS, archived?.envelope ?? ""));
    }
  });
});

function envelopeOf({ envelope, archived }: Lived): ReturnType<typeof decodeEnvelope> {
  return decodeEnvelope(ADDRESS, envelope ?? archived?.envelope ?? "");
}

function isOver(log: readonly ActorRecord[]): boolean {
  return log.some(({ message: { type } }) => type === "end");
}

function seqOf({ reply }: Said): number {
  return reply?.kind === "accepted" ? reply.record.seq : 0;
}

function textsOf(log: readonly ActorRecord[], type: string): readonly string[] {
  return log.flatMap(({ message: said }) => (said.type === type ? [String(said["text"])] : []));
}

function replay(log: readonly ActorRecord[]): Living {
  const [first, ...rest] = log;
  if (first === undefined) {
    throw new RangeError("expected a birth");
  }
  const stampOf = ({ at, seq, by }: ActorRecord) => ({ at, seq, by });
  return rest.reduce(
    (living, record) => nextOf(living.step(record.message, stampOf(record)), living),
    nextOf(tallyMachine.birth(first.message, stampOf(first)), undefined),
  );
}

/** What a machine refuses is in the log only where it settled something: nothing else changed. */
function nextOf(stepped: Stepped, before: Living | undefined): Living {
  if (stepped.kind === "accepted") {
    return stepped.next;
  }
  if (before === undefined) {
    throw new RangeError("expected a birth that is accepted");
  }
  return before;
}
