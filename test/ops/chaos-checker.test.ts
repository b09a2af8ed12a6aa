/** The judge of chaos runs is judged: what was lost, doubled or reordered must not pass. */
import { describe, expect, test } from "bun:test";
import { check } from "../../ops/chaos/checker.ts";
import { gapsOf } from "../../ops/chaos/gaps.ts";
import type {
  Evidence,
  Heard,
  Log,
  LoggedRecord,
  Operation,
  Read,
} from "../../ops/chaos/history.ts";

const ACTOR = "session/s1";

function acknowledged(id: string, seq: number, [sentAt, at] = [seq * 10, seq * 10 + 5]): Operation {
  const told = { kind: "acknowledged", at, seq } as const;
  const sent = { door: "socket", isRepeat: false, sentAt } as const;
  return { actor: ACTOR, type: "hand.raise", idKey: id, ...sent, told };
}

const record = (seq: number, idKey?: string): LoggedRecord =>
  idKey === undefined ? { seq } : { seq, idKey };

const RECORDS = [record(1), record(2, "a"), record(3, "b"), record(4, "c")];
const OPERATIONS = [acknowledged("a", 2), acknowledged("b", 3), acknowledged("c", 4)];
const heard = (...words: readonly (number | `reset ${number}`)[]): Heard[] =>
  words.map((word) =>
    typeof word === "number"
      ? { kind: "record", seq: word }
      : { kind: "reset", seq: Number(word.slice("reset ".length)) },
  );

function evidence(change: {
  readonly records?: readonly LoggedRecord[];
  readonly operations?: readonly Operation[];
  readonly heard?: Heard[];
  readonly visible?: readonly number[];
  readonly reads?: Read[];
  readonly log?: Log;
}): Evidence {
  const { operations = OPERATIONS, records = RECORDS, visible = [1, 2, 4] } = change;
  const watcher = {
    ...{ actor: ACTOR, name: "Ann", visible },
    heard: change.heard ?? heard("reset 1", 2, 4),
    reads: change.reads ?? [],
  };
  const log = change.log ?? ({ kind: "served", records } as const);
  return { operations, watchers: [watcher], logs: new Map([[ACTOR, log]]) };
}

const harms = (change: Parameters<typeof evidence>[0]) =>
  check(evidence(change)).map(({ harm }) => harm);

describe("the checker", () => {
  test("lets a history pass that is as it should be", () => {
    expect(harms({})).toEqual([]);
    const refused = { ...acknowledged("x", 9), told: undefined };
    expect(harms({ operations: [...OPERATIONS, refused] })).toEqual([]);
  });

  test("sees an acknowledged operation that is not in the log", () => {
    expect(harms({ records: RECORDS.slice(0, 3), visible: [1, 2], heard: heard("reset 1", 2) }))
      // Its place is empty.
      .toEqual(["lost"]);
    const replaced = [...RECORDS.slice(0, 3), record(4, "somebody else's")];
    expect(harms({ records: replaced })).toEqual(["lost"]);
  });

  test("sees a hole in the log", () => {
    expect(harms({ records: [record(1), record(3, "b"), record(4, "c")] })).toEqual([
      "lost",
      "lost",
    ]);
  });

  test("sees one id in the log twice, and one seq", () => {
    expect(harms({ records: [...RECORDS, record(5, "a")], visible: [1, 2, 4] })).toEqual([
      "duplicated",
    ]);
    expect(harms({ records: [...RECORDS, record(4, "d")] })).toContain("duplicated");
  });

  test("sees an operation that was acknowledged with another's place", () => {
    const swapped = [acknowledged("a", 3, [20, 40]), acknowledged("b", 2, [20, 40])];
    expect(harms({ operations: swapped })).toEqual(["reordered", "reordered"]);
  });

  test("sees an order that contradicts real time", () => {
    const operations = [acknowledged("b", 3, [10, 15]), acknowledged("a", 2, [20, 25])];
    expect(harms({ operations })).toEqual(["reordered"]);
    const atOnce = [acknowledged("b", 3, [10, 25]), acknowledged("a", 2, [20, 26])];
    expect(harms({ operations: atOnce })).toEqual([]);
  });

  test("lets an id be sent again that is answered with its first record, and nothing else", () => {
    const again = (seq: number): Operation => ({
      ...acknowledged("a", seq, [90, 95]),
      isRepeat: true,
    });
    const told = { kind: "refused", at: 95, code: "already-answered" } as const;

    expect(harms({ operations: [...OPERATIONS, again(2)] })).toEqual([]);
    expect(harms({ operations: [...OPERATIONS, again(4)] })).toEqual(["reordered"]);
    expect(harms({ operations: [...OPERATIONS, { ...again(2), told }] })).toEqual(["lost"]);
  });

  test("sees a watcher that missed a record, also the last", () => {
    expect(harms({ heard: heard("reset 1", 4) })).toEqual(["lost"]);
    expect(harms({ heard: heard("reset 1", 2) })).toEqual(["lost"]);
    expect(harms({ heard: [] })).toEqual(["lost", "lost", "lost"]);
  });

  test("lets a watcher skip what a reset has shown, and nothing else", () => {
    expect(harms({ heard: heard("reset 1", "reset 3", 4) })).toEqual([]);
    expect(harms({ heard: heard("reset 1", "reset 4") })).toEqual([]);
    expect(harms({ heard: heard("reset 1", 2, "reset 1", 2, 4) })).toEqual([]);
  });

  test("sees a watcher that heard a record twice, or an older one after a newer", () => {
    expect(harms({ heard: heard("reset 1", 2, 2, 4) })).toEqual(["duplicated"]);
    expect(harms({ heard: heard("reset 1", 4, 2) })).toEqual(["lost", "reordered"]);
  });

  test("sees a read that lacks what was acknowledged before it was asked for", () => {
    // Record 4 was acknowledged at 45.
    expect(harms({ reads: [{ askedAt: 46, seq: 4 }] })).toEqual([]);
    expect(harms({ reads: [{ askedAt: 44, seq: 3 }] })).toEqual([]);
    expect(harms({ reads: [{ askedAt: 46, seq: 3 }] })).toEqual(["reordered"]);
  });

  test("does not judge an actor that is refused", () => {
    expect(harms({ log: { kind: "refused", code: "internal", reason: "damaged" } })).toEqual([]);
  });
});

describe("gaps", () => {
  const run = { from: 0, to: 100 };

  test("are the longest silence from a fault to the next", () => {
    const operations = [10, 20, 70, 90].map((at) => acknowledged(String(at), at, [at - 1, at]));
    expect(gapsOf(operations, [5], run)).toEqual([50]);
    expect(gapsOf(operations, [5, 75], run)).toEqual([50, 20]);
    expect(gapsOf(operations, [5, 15], run)).toEqual([10, 50]);
  });

  test("are not hidden by an answer that was on its way when the fault struck", () => {
    const operations = [10, 20, 70].map((at) => acknowledged(String(at), at, [at - 1, at]));
    expect(gapsOf(operations, [19], run)).toEqual([50]);
  });

  test("last for as long as somebody waits in vain, and no longer", () => {
    const told = { kind: "failed", at: 100, why: "Unanswered" } as const;
    const waiting = { ...acknowledged("b", 0, [20, 20]), told };
    expect(gapsOf([acknowledged("a", 1, [9, 10]), waiting], [15], run)).toEqual([90]);
    expect(gapsOf([acknowledged("a", 1, [9, 10])], [15], run)).toEqual([]);
  });

  test("are those of each actor", () => {
    const other = { ...acknowledged("x", 1, [1, 30]), actor: "session/s2" };
    const operations = [acknowledged("a", 1, [9, 10]), acknowledged("b", 2, [19, 20]), other];
    expect(gapsOf(operations, [5], run)).toEqual([10, 30]);
  });
});
