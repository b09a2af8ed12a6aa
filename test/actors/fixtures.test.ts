/**
 * The stored bytes of every version that has shipped, as they are in people's stores: read, gone on
 * with, and replayed by today's machines.
 *
 * `ops/versions/` wrote them once and never writes them again. Where a test here fails, today's
 * code would misread what is stored: leave the bytes, and make a new version of the machine.
 */
import { describe, expect, test } from "bun:test";
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Address } from "../../actors/address.ts";
import { type Held, birthBatch } from "../../actors/batch.ts";
import {
  chainStart,
  decodeEnvelope,
  decodeRecord,
  encodeRecord,
  sealEnvelope,
} from "../../actors/envelope.ts";
import { revive } from "../../actors/revive.ts";
import type { Letter } from "../../actors/letter.ts";
import { replay } from "../../actors/replay.ts";
import type { StoredRecord } from "../../actors/store.ts";
import { MACHINES } from "../../machines/catalog.ts";
import { parseActorId, parseTenantId, parseUserId } from "../../machines/ids.ts";
import { machineOf } from "../../machines/versions.ts";
import { SESSION_1 } from "../../ops/versions/session-1.ts";
import { SESSION_2 } from "../../ops/versions/session-2.ts";
import { openWorld, saying, seqOf } from "../support/nodes.ts";
import { sealedText } from "../support/sealed-text.ts";

const FOLDER = join(import.meta.dir, "../fixtures/versions");
const TARA = { kind: "user", userId: parseUserId("tara"), role: "teacher", name: "Tara" } as const;
/** What the histories were made by; each stored version has its own. */
const SCRIPTS = { "session-1": SESSION_1, "session-2": SESSION_2 } as const;

interface Fixture {
  readonly version: keyof typeof SCRIPTS;
  readonly name: string;
  readonly address: Address;
  readonly envelope: string;
  readonly records: readonly StoredRecord[];
}

const FIXTURES: readonly Fixture[] = Object.keys(SCRIPTS)
  .filter((version) => version in SCRIPTS)
  .flatMap((version) =>
    readdirSync(join(FOLDER, version))
      .filter((file) => file.endsWith(".envelope"))
      .map((file) => fixtureOf(parseVersion(version), basename(file, ".envelope"))),
  );

describe.each(FIXTURES.map((fixture) => [`${fixture.version}/${fixture.name}`, fixture] as const))(
  "the stored bytes of %s",
  (_, { version, name, address, envelope, records }) => {
    test("C8: are revived, and stored again as they were", () => {
      const held = revive(MACHINES, address, envelope);

      expect(sealed(address, held)).toBe(sealedText(address, envelope));
      expect(held.envelope.machineVersion).toBe(held.living.machineVersion);
    });

    test("C24: come out of their records again, byte for byte, from the birth on", () => {
      const [first, ...rest] = records;
      const born = bearAgain(address, first?.line ?? "", decodeEnvelope(address, envelope).epoch);

      const held = replay(MACHINES, born, rest);

      expect(sealed(address, held)).toBe(sealedText(address, envelope));
    });

    test("C24: are what the script of their version makes", () => {
      const actor = SCRIPTS[version][name]?.();

      expect(actor?.lines).toEqual(records.map(({ line }) => line));
      expect(sealedText(address, actor?.envelope ?? "")).toBe(sealedText(address, envelope));
    });

    test("C8: go on on a node of today, timers and effects included", async () => {
      const world = await openWorld();
      const node = world.node({ lineage: MACHINES.session, performers: PERFORMERS });
      const before = revive(MACHINES, address, envelope);
      const { epoch, head, seq } = before.envelope;
      await world.archive.announce(address, epoch);
      const unbroken = { over: undefined, rebuiltIn: undefined, owedDueAt: undefined };
      const flush = { address, seq, head, envelope, records, ...unbroken };
      await world.archive.append(flush);
      await world.archive.setResident(address, false);
      await world.during(node.start());

      const looked = await world.during(node.look(address));
      const said = await world.during(
        node.send(address, saying({ type: "code.rotate", joinCode: "CODE99" }, { by: TARA })),
      );
      await world.clock.advance(60_000);
      const later = await world.during(node.records(address, seq, 1_000));
      await world.during(node.stop());
      const stored = (await world.archive.find(address))?.envelope ?? "";
      const lines = later.map((record) => ({ seq: record.seq, line: encodeRecord(record) }));
      const held = replay(MACHINES, before, lines);

      expect(looked?.living.persist()).toEqual(decodeEnvelope(address, envelope).snapshot);
      const isNewest = before.envelope.machineVersion === MACHINES.session.at(-1)?.version;
      expect(seqOf(said)).toBe(before.living.over ? "session-over" : seq + (isNewest ? 1 : 2));
      expect(held.living.over || held.living.machineVersion === 2).toBe(true);
      expect(sealed(address, held)).toBe(sealedText(address, stored));
      expect(held.envelope.owed.filter(({ kind }) => kind === "effect")).toEqual([]);
    });
  },
);

test("C24: each script of a version has its stored bytes, and all stored bytes a script", () => {
  const scripts = Object.entries(SCRIPTS).flatMap(([version, histories]) =>
    Object.keys(histories).map((name) => `${version}/${name}`),
  );

  expect(FIXTURES.map(({ version, name }) => `${version}/${name}`).sort()).toEqual(scripts.sort());
  expect(readdirSync(FOLDER).sort()).toEqual(
    MACHINES.session.map(({ kind, version }) => `${kind}-${version}`).sort(),
  );
});

const PERFORMERS = {
  releaseCode: async (_: unknown, params: object) => ({ ...params, type: "code.released" }),
  revokeSeat: async (_: unknown, params: object) => ({ ...params, type: "seat.revoked" }),
};

/** The first record is a birth: nothing was there before, so it is born once more. */
function bearAgain(address: Address, line: string, epoch: string): Held {
  const { machineVersion, message, at, by } = decodeRecord(line);
  const machine = machineOf(MACHINES, address.kind, machineVersion);
  const letter: Letter = {
    incoming: { by, message, rank: "host" },
    ...{ settles: undefined, claim: undefined, receivedAt: at },
    resolve: () => undefined,
    reject: () => undefined,
  };
  const start = { epoch, head: chainStart(address, epoch) };
  const batch = birthBatch(machine.birth(message, { at, seq: 1, by }), letter, start);
  if ("code" in batch) {
    throw new TypeError(`the birth is refused today: ${batch.code}`);
  }
  expect(batch.lines).toEqual([line]);
  return batch.after;
}

function sealed(address: Address, { envelope, living }: Held): string {
  return sealedText(address, sealEnvelope(address, { ...envelope, snapshot: living.persist() }));
}

function fixtureOf(version: keyof typeof SCRIPTS, name: string): Fixture {
  const read = (suffix: string): string =>
    readFileSync(join(FOLDER, version, `${name}.${suffix}`), "utf8");
  const lines = read("records").trimEnd().split("\n");
  return {
    ...{ version, name, envelope: read("envelope") },
    address: { tenantId: parseTenantId("t1"), kind: "session", id: parseActorId(name) },
    records: lines.map((line, at) => ({ seq: at + 1, line })),
  };
}

function parseVersion(version: string): keyof typeof SCRIPTS {
  return version as keyof typeof SCRIPTS;
}
