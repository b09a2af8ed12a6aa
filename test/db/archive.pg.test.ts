/** The archive of actors: what one flush may change, and in which order flushes may come. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  actorMarks,
  announceActor,
  findActor,
  parkActor,
  resealActor,
  setResident,
  unparkActor,
} from "../../db/actors.ts";
import { type TenantTx, asTenant } from "../../db/as-tenant.ts";
import { RowRefused } from "../../db/failure.ts";
import { knownCommandsOf, recordsOf } from "../../db/records.ts";
import { type ActorId, parseActorId } from "../../machines/ids.ts";
import { eventually } from "../support/eventually.ts";
import { type FreshDatabase, freshDatabase } from "../support/postgres.ts";
import { rowsOf } from "../support/statement.ts";
import type { Append } from "../../db/append.ts";
import { NORTH, NOW, appendActor, chainOn, makeTenant } from "./school.ts";
import { thrownBy } from "../support/failure.ts";

const HEAD0 = "head 0";

type Appended = Awaited<ReturnType<typeof appendActor>>;

let fresh: FreshDatabase;
let actors = 0;

beforeAll(async () => {
  fresh = await freshDatabase();
  await makeTenant(fresh.db, NORTH);
});

afterAll(() => fresh.drop());

function inNorth<T>(work: (tx: TenantTx) => Promise<T>): Promise<T> {
  return asTenant(fresh.db, NORTH, work);
}

async function announced(): Promise<ActorId> {
  actors += 1;
  const id = parseActorId(`a${actors}`);
  await inNorth((tx) =>
    announceActor(tx, { kind: "session", id, epoch: "e1", head0: HEAD0, at: NOW }),
  );
  return id;
}

function lineOf(seq: number, history = "main"): string {
  return `{"seq":${seq},"of":"${history}"}`;
}

function headAt(seq: number, history = "main"): string {
  let head = HEAD0;
  for (let each = 1; each <= seq; each += 1) {
    head = chainOn(head, lineOf(each, history));
  }
  return head;
}

/** Records `from` to `to` of a history. */
function flush(id: ActorId, from: number, to: number, history = "main"): Append {
  return {
    kind: "session",
    id,
    seq: to,
    head: headAt(to, history),
    envelope: `envelope ${to} of ${history}`,
    over: undefined,
    rebuiltIn: undefined,
    owedDueAt: NOW + to,
    records: Array.from({ length: to - from + 1 }, (_, index) => ({
      seq: from + index,
      line: lineOf(from + index, history),
      id: { idKey: `key ${from + index}`, digest: `digest ${from + index}` },
    })),
    at: NOW + to,
  };
}

function append(what: Append): Promise<Appended> {
  return inNorth((tx) => appendActor(tx, what));
}

async function stored(id: ActorId) {
  return inNorth(async (tx) => ({
    actor: await findActor(tx, { kind: "session", id }),
    lines: await recordsOf(tx, { kind: "session", id }, { after: 0, limit: 1_000 }),
    ids: await knownCommandsOf(tx, { kind: "session", id }),
  }));
}

/** How many statements wait for a lock in this database. */
async function waiting(): Promise<number> {
  const rows = await rowsOf(
    fresh.url,
    `select pid from pg_stat_activity
      where wait_event_type = 'Lock' and datname = current_database()`,
  );
  return rows.length;
}

test("C2: an announced actor is resident at seq 0, once, and the same again in the same epoch", async () => {
  const id = parseActorId("born");
  const announce = (epoch: string): Promise<boolean> =>
    inNorth((tx) => announceActor(tx, { kind: "session", id, epoch, head0: HEAD0, at: NOW }));

  const answers = [await announce("e1"), await announce("e1"), await announce("e2")];
  await append(flush(id, 1, 1));
  const late = await announce("e1");

  expect(answers).toEqual([true, true, false]);
  expect(late).toBe(false);
  expect((await stored(id)).actor?.resident).toBe(true);
});

test("C2: residence is what was said last", async () => {
  const id = await announced();

  await inNorth((tx) => setResident(tx, { kind: "session", id }, false));
  const [asleep] = await inNorth((tx) => actorMarks(tx, [{ kind: "session", id }]));
  const unknown = await inNorth((tx) =>
    setResident(tx, { kind: "session", id: parseActorId("nobody") }, true),
  );

  expect(asleep).toMatchObject({ seq: 0, resident: false });
  expect(unknown).toBe(false);
});

test("DB13: flushes append, and the newest envelope is what is found", async () => {
  const id = await announced();

  const answers = [await append(flush(id, 1, 3)), await append(flush(id, 4, 5))];

  const { actor, lines, ids } = await stored(id);
  expect(answers).toEqual(["appended", "appended"]);
  expect(actor).toMatchObject({ seq: 5, head: headAt(5), envelope: "envelope 5 of main" });
  expect(actor?.owedDueAt).toBe(NOW + 5);
  expect(lines.map((record) => record.line)).toEqual([1, 2, 3, 4, 5].map((seq) => lineOf(seq)));
  expect(ids.at(-1)).toEqual({ idKey: "key 5", digest: "digest 5", seq: 5 });
});

test("DB13: the same flush again changes nothing", async () => {
  const id = await announced();
  await append(flush(id, 1, 3));
  const before = await stored(id);

  const again = await append({ ...flush(id, 1, 3), envelope: "other bytes" });

  expect(again).toBe("present");
  expect(await stored(id)).toEqual(before);
});

test("DB13: a flush that comes late never lowers the mark", async () => {
  const id = await announced();
  await append(flush(id, 1, 5));
  const before = await stored(id);

  const late = await append(flush(id, 1, 2));

  expect(late).toBe("present");
  expect(await stored(id)).toEqual(before);
});

test("DB13: a flush that overlaps adds only what is new", async () => {
  const id = await announced();
  await append(flush(id, 1, 3));

  const answer = await append(flush(id, 2, 6));

  expect(answer).toBe("appended");
  expect((await stored(id)).lines).toHaveLength(6);
});

test("DB13: flushes of one actor at the same time follow each other", async () => {
  const id = await announced();
  let later: Promise<Appended> | undefined;

  const first = await inNorth(async (tx) => {
    const answer = await appendActor(tx, flush(id, 1, 3));
    later = append(flush(id, 1, 8));
    await eventually(async () => (await waiting()) > 0, { what: "the second flush waits" });
    return answer;
  });

  expect([first, await later]).toEqual(["appended", "appended"]);
  const { actor, lines } = await stored(id);
  expect(actor).toMatchObject({ seq: 8, head: headAt(8), envelope: "envelope 8 of main" });
  expect(lines).toHaveLength(8);
});

test("DB13: more records than one statement takes are appended whole", async () => {
  const id = await announced();

  const answer = await append(flush(id, 1, 2_500));

  const [mark] = await inNorth((tx) => actorMarks(tx, [{ kind: "session", id }]));
  const tail = await inNorth((tx) =>
    recordsOf(tx, { kind: "session", id }, { after: 1_990, limit: 5_000 }),
  );
  expect(answer).toBe("appended");
  expect(mark?.seq).toBe(2_500);
  expect(tail).toHaveLength(510);
  expect(await append(flush(id, 1, 3))).toBe("present");
});

const MISMATCHES: readonly (readonly [string, (id: ActorId) => Append])[] = [
  ["another history of the same length", (id) => flush(id, 1, 3, "fork")],
  ["another history that is shorter", (id) => flush(id, 1, 2, "fork")],
  ["another history that is longer", (id) => flush(id, 1, 6, "fork")],
  ["a gap", (id) => flush(id, 5, 6)],
  ["a hole within", (id) => ({ ...flush(id, 4, 6), records: flush(id, 6, 6).records })],
  ["too few records", (id) => ({ ...flush(id, 4, 6), records: flush(id, 4, 5).records })],
  ["no records at all", (id) => ({ ...flush(id, 4, 6), records: [] })],
  ["a head that its records do not end in", (id) => ({ ...flush(id, 4, 6), head: headAt(5) })],
  ["an actor that was never announced", () => flush(parseActorId("unannounced"), 1, 1)],
];

test.each(MISMATCHES)("DB14: %s is a mismatch and writes nothing", async (_, wrong) => {
  const id = await announced();
  await append(flush(id, 1, 3));
  const before = await stored(id);

  const answer = await append(wrong(id));

  expect(answer).toBe("mismatch");
  expect(await stored(id)).toEqual(before);
});

test("DB15: a parked actor takes no append until it is unparked, and keeps the first reason", async () => {
  const id = await announced();
  const actor = { kind: "session", id };
  await append(flush(id, 1, 1));

  const parked = await inNorth((tx) => parkActor(tx, { ...actor, reason: "forked", at: NOW }));
  const again = await inNorth((tx) => parkActor(tx, { ...actor, reason: "later", at: NOW + 1 }));
  const refused = await append(flush(id, 2, 2));
  const seen = (await stored(id)).actor?.parked;
  const unparked = await inNorth((tx) => unparkActor(tx, actor));
  const taken = await append(flush(id, 2, 2));

  expect([parked, again, refused]).toEqual([true, false, "mismatch"]);
  expect(seen).toEqual({ at: NOW, reason: "forked" });
  expect([unparked, taken]).toEqual([true, "appended"]);
});

test("DB17: what was read before an actor was built again is not appended, nor sealed over it", async () => {
  const id = await announced();
  await append(flush(id, 1, 1));
  const actor = { kind: "session", id, head: headAt(1), envelope: "built again" };
  const seal = (over: string | undefined, rebuiltIn: string) =>
    inNorth((tx) => resealActor(tx, { ...actor, over, rebuiltIn }));

  const sealed = [await seal(undefined, "e2"), await seal(undefined, "e3")];
  const late = await append(flush(id, 2, 2));
  const fresh = await append({ ...flush(id, 2, 2), over: "e2" });

  expect(sealed).toEqual([true, false]);
  expect([late, fresh]).toEqual(["moved", "appended"]);
  expect((await stored(id)).actor).toMatchObject({ seq: 2, rebuiltIn: "e2" });
});

test.each([
  ["a NUL", "a\0b"],
  ["a lone surrogate", "a\ud800b"],
])("DB16: a line or envelope with %s is refused for its one actor", async (_, text) => {
  const id = await announced();
  const other = await announced();
  const line = flush(id, 1, 1);

  const asLine = append({ ...line, records: [{ seq: 1, line: text }] });
  expect(await thrownBy(asLine)).toThrow(RowRefused);
  const asEnvelope = append({ ...line, envelope: text });
  expect(await thrownBy(asEnvelope)).toThrow(RowRefused);

  expect((await stored(id)).actor?.seq).toBe(0);
  expect(await append(flush(other, 1, 1))).toBe("appended");
});

test("C18: lines come back byte for byte, escapes and key order included", async () => {
  const id = await announced();
  const line = '{"b":"\\u0000\\ud800 é 😀","a":1.0,"b":2}';

  await append({
    ...flush(id, 1, 1),
    head: chainOn(HEAD0, line),
    records: [{ seq: 1, line }],
  });

  expect((await stored(id)).lines).toEqual([{ seq: 1, line }]);
});

test.each(["NULL", "", '{"a":"\\\\\"{,}"}', "a,b", " x "])(
  "C18: many lines go in one list, and each comes back as it was: %j",
  async (text) => {
    const id = await announced();
    const lines = [text, `${text}2`];
    const head = lines.reduce((before, line) => chainOn(before, line), HEAD0);

    const records = lines.map((line, index) => ({
      ...{ seq: index + 1, line },
      id: { idKey: line === "" ? "none" : line, digest: text },
    }));
    await append({ ...flush(id, 1, 2), head, records });

    const found = await stored(id);
    expect(found.lines.map(({ line }) => line)).toEqual(lines);
    expect(found.ids).toEqual(
      records.map(({ seq, id: { idKey, digest } }) => ({ idKey, digest, seq })),
    );
  },
);
