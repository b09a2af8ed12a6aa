/** What every archive keeps, on Postgres or in memory: one suite, run over each. */
import { describe, expect, test } from "bun:test";
import type { Address } from "../../actors/address.ts";
import type { Archive, Flush } from "../../actors/archive.ts";
import { chainOn, chainStart, encodeRecord } from "../../actors/envelope.ts";
import { parseActorId, type TenantId } from "../../machines/ids.ts";
import { SYSTEM } from "../../machines/principal.ts";

export interface OpenArchive {
  readonly archive: Archive;
  readonly tenantId: TenantId;
}

export function archiveContract(name: string, open: () => Promise<OpenArchive>): void {
  let made = 0;
  const fresh = async (): Promise<{ archive: Archive; address: Address }> => {
    const { archive, tenantId } = await open();
    made += 1;
    const id = parseActorId(`a${made}`);
    return { archive, address: { tenantId, kind: "session", id } };
  };

  describe(`${name}: the archive's contract`, () => {
    test("C2: an announced actor is resident, without records, and its id is taken", async () => {
      const { archive, address } = await fresh();

      const first = await archive.announce(address, "e1");
      const again = await archive.announce(address, "e1");
      const other = await archive.announce(address, "e2");

      expect([first, again, other]).toEqual([true, true, false]);
      expect(await archive.mark(address)).toMatchObject({ seq: 0, resident: true });
    });

    test("an append is found again: envelope, mark, records and ids", async () => {
      const { archive, address } = await fresh();
      await archive.announce(address, "e1");

      const appended = await archive.append(flushOf(address, { from: 1, to: 3 }));

      expect(appended).toBe("appended");
      const found = await archive.find(address);
      expect(found).toMatchObject({ seq: 3, resident: true, envelope: "envelope 3" });
      expect(found?.ids).toEqual([1, 2, 3].map((seq) => ({ ...idOf(seq), seq })));
      expect((await archive.records(address, 1, 10)).map(({ seq }) => seq)).toEqual([2, 3]);
      expect((await archive.records(address, 0, 2)).map(({ seq }) => seq)).toEqual([1, 2]);
    });

    test("C4: an append applies from its mark on, and never lowers it", async () => {
      const { archive, address } = await fresh();
      await archive.announce(address, "e1");
      await archive.append(flushOf(address, { from: 1, to: 4 }));

      const late = await archive.append(flushOf(address, { from: 1, to: 2 }));
      const overlapping = await archive.append(flushOf(address, { from: 3, to: 6 }));

      expect([late, overlapping]).toEqual(["appended", "appended"]);
      expect(await archive.mark(address)).toMatchObject({ seq: 6, resident: true });
      expect(await archive.records(address, 0, 10)).toHaveLength(6);
    });

    test("C4: records that do not chain are a mismatch, and nothing is written", async () => {
      const { archive, address } = await fresh();
      await archive.announce(address, "e1");
      await archive.append(flushOf(address, { from: 1, to: 2 }));

      const gap = await archive.append(flushOf(address, { from: 4, to: 5 }));
      const forked = await archive.append(flushOf(address, { from: 3, to: 4 }, "forked"));
      const shorter = await archive.append(flushOf(address, { from: 1, to: 1 }, "forked"));

      expect([gap, forked, shorter]).toEqual(["mismatch", "mismatch", "mismatch"]);
      expect(await archive.mark(address)).toMatchObject({ seq: 2, resident: true });
    });

    test("C4: of appends that come together each is judged by its own actor", async () => {
      const { archive, address } = await fresh();
      const ids = ["g1", "g2", "g3", "g4"].map((id) => parseActorId(`${address.id}${id}`));
      const all = ids.map((id) => ({ ...address, id }));
      const [, gap, stranger] = all;
      for (const each of all.filter((other) => other !== stranger)) {
        await archive.announce(each, "e1");
      }

      const appended = await Promise.all(
        all.map((each) => archive.append(flushOf(each, { from: each === gap ? 2 : 1, to: 2 }))),
      );
      const marks = await Promise.all(all.map((each) => archive.mark(each)));

      expect(appended).toEqual(["appended", "mismatch", "mismatch", "appended"]);
      expect(marks.map((mark) => mark?.seq)).toEqual([2, 0, undefined, 2]);
    });

    test("C1: where an actor was built again, what was read before is moved, and not written", async () => {
      const { archive, address } = await fresh();
      await archive.announce(address, "e1");
      const first = flushOf(address, { from: 1, to: 2 });
      await archive.append(first);
      const slow = flushOf(address, { from: 3, to: 3 });
      const sealed = { envelope: "built again", over: undefined, rebuiltIn: "e2" };
      expect(await archive.reseal(address, first.head, sealed)).toBe(true);

      const late = [
        await archive.append(slow),
        await archive.append({ ...slow, rebuiltIn: "e3" }),
        await archive.reseal(address, first.head, { ...sealed, rebuiltIn: "e4" }),
      ];

      expect(late).toEqual(["moved", "moved", false]);
      expect(await archive.find(address)).toMatchObject({
        ...{ seq: 2, envelope: "built again", rebuiltIn: "e2" },
      });
      const again = await archive.append({ ...slow, over: "e2", rebuiltIn: "e5" });
      expect(again).toBe("appended");
      expect(await archive.mark(address)).toMatchObject({ seq: 3, rebuiltIn: "e5" });
    });

    test("C2: residence is what was last said, and an append makes it resident", async () => {
      const { archive, address } = await fresh();
      await archive.announce(address, "e1");

      await archive.setResident(address, false);
      const asleep = await archive.mark(address);
      await archive.append(flushOf(address, { from: 1, to: 1 }));

      expect(asleep).toMatchObject({ seq: 0, resident: false });
      expect(await archive.mark(address)).toMatchObject({ seq: 1, resident: true });
    });

    test("a mark says on which history the archive is", async () => {
      const { archive, address } = await fresh();
      await archive.announce(address, "e1");
      const before = await archive.mark(address);
      const flush = flushOf(address, { from: 1, to: 3 });

      await archive.append(flush);

      expect(before?.head).toBe(chainStart(address, "e1"));
      expect(await archive.mark(address)).toMatchObject({ head: flush.head, parked: undefined });
    });

    test("C1: other bytes of the same moment are taken, and of another moment not", async () => {
      const { archive, address } = await fresh();
      await archive.announce(address, "e1");
      const flush = flushOf(address, { from: 1, to: 3 });
      await archive.append(flush);

      const sealed = { envelope: "resealed", over: undefined, rebuiltIn: "e2" };
      const resealed = [
        await archive.reseal(address, "another head", { ...sealed, envelope: "other bytes" }),
        await archive.reseal(address, flush.head, sealed),
      ];

      expect(resealed).toEqual([false, true]);
      expect(await archive.find(address)).toMatchObject({ seq: 3, envelope: "resealed" });
    });

    test("C18: a parked actor says why, and takes no append until it is unparked", async () => {
      const { archive, address } = await fresh();
      await archive.announce(address, "e1");
      await archive.park(address, "it was cut");
      await archive.park(address, "a later reason");

      const parked = await archive.append(flushOf(address, { from: 1, to: 1 }));
      const mark = await archive.mark(address);
      await archive.unpark(address);
      const unparked = await archive.append(flushOf(address, { from: 1, to: 1 }));

      expect([parked, unparked]).toEqual(["mismatch", "appended"]);
      expect(mark?.parked).toBe("it was cut");
      expect(await archive.find(address)).toMatchObject({ parked: undefined });
    });

    test("C2: the walk over residents meets each once, and none that sleeps", async () => {
      const { archive, address } = await fresh();
      const ids = ["w1", "w2", "w3", "w4", "w5"].map((id) => `${address.id}${id}`);
      const all = ids.map((id) => ({ ...address, id: parseActorId(id) }));
      for (const each of all) {
        await archive.announce(each, "e1");
      }
      await archive.setResident(all[1] ?? address, false);

      const met: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await archive.residents(cursor, 2);
        met.push(...page.addresses.map(({ id }) => String(id)));
        cursor = page.cursor;
      } while (cursor !== undefined);

      const own = met.filter((id) => id.startsWith(`${address.id}w`));
      expect(own).toEqual(ids.filter((_, at) => at !== 1));
    });

    test("C7: sleepers are found by what they owe next, earliest first, unless parked", async () => {
      const { archive, address } = await fresh();
      const due = [30, 10, 20, undefined, 15].map((owedDueAt, at) => ({
        ...{ owedDueAt, at },
        address: { ...address, id: parseActorId(`${address.id}d${at}`) },
      }));
      for (const { owedDueAt, address: each } of due) {
        await archive.announce(each, "e1");
        await archive.append({ ...flushOf(each, { from: 1, to: 1 }), owedDueAt });
        await archive.setResident(each, false);
      }
      await archive.park(due[4]?.address ?? address, "it was cut");

      const all = await archive.due(31, 9);
      const some = await archive.due(30, 1);

      expect(all.map(({ id }) => String(id).at(-1))).toEqual(["1", "2", "0"]);
      expect(some.map(({ id }) => String(id).at(-1))).toEqual(["1"]);
    });

    test("an actor that was never announced is not there, and takes no append", async () => {
      const { archive, address } = await fresh();

      const appended = await archive.append(flushOf(address, { from: 1, to: 1 }));

      expect(appended).toBe("mismatch");
      expect(await archive.find(address)).toBeUndefined();
    });
  });
}

function idOf(seq: number): { readonly idKey: string; readonly digest: string } {
  return { idKey: `id${seq}`, digest: `digest${seq}` };
}

function lineOf(seq: number, text: string): string {
  return encodeRecord({
    seq,
    at: 1_000 + seq,
    machineVersion: 1,
    by: SYSTEM,
    id: idOf(seq),
    message: { type: "said", text },
    facts: [],
    state: "counting",
  });
}

/** Records `from` to `to` of the one true history, or of another from its first record on. */
export function flushOf(
  address: Address,
  range: { readonly from: number; readonly to: number },
  fork = "true",
): Flush {
  const lines = Array.from({ length: range.to }, (_, index) => lineOf(index + 1, fork));
  const head = lines.reduce(chainOn, chainStart(address, "e1"));
  const records = lines.map((line, index) => ({ seq: index + 1, line }));
  return {
    address,
    seq: range.to,
    head,
    envelope: `envelope ${range.to}`,
    over: undefined,
    rebuiltIn: undefined,
    records: records.slice(range.from - 1),
    owedDueAt: undefined,
  };
}
