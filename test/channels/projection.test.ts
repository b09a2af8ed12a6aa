/** One document for all who see the same; and a client that fits into a page. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import type { ActorRecord } from "../../actors/envelope.ts";
import { parseParticipantId } from "../../machines/ids.ts";
import { type Standing, SYSTEM } from "../../machines/principal.ts";
import { type Machines, UnknownVersion } from "../../machines/versions.ts";
import { documentFor, project } from "../../src/channels/projection.ts";
import { createDesk } from "../../src/desk.ts";
import { quietLog } from "../support/fake-clock.ts";
import { openWorld } from "../support/nodes.ts";
import { tallyTwoMachine } from "../support/tally-two.ts";
import { tallyMachine } from "../support/tally.ts";

const RECORD: ActorRecord = {
  seq: 7,
  at: 0,
  machineVersion: 1,
  by: SYSTEM,
  message: { type: "add" },
  facts: [
    {
      type: "round.opened",
      parts: [
        { to: "everyone", fields: { deadlineAt: "class" } },
        { to: "hosts", fields: { slow: "slow" } },
        { to: "p:slow", fields: { deadlineAt: "later" } },
      ],
    },
  ],
  state: "counting",
};

function student(participantId: string, since = 1): Standing {
  return {
    role: "student",
    audience: "class",
    participantId: parseParticipantId(participantId),
    since,
  };
}

describe("a projection", () => {
  test("is one object for everybody who reads the same bytes, and another where they differ", async () => {
    const world = await openWorld();
    const machines: Machines = { session: [tallyMachine] };
    const log = quietLog();
    const runtime = world.node();
    const publicUrl = (): string => "";
    const desk = createDesk({ runtime, machines, preparers: {}, now: () => 0, log, publicUrl });
    const actor = "session/s1";

    const projection = project(desk, { machines, kind: "session", actor }, RECORD);

    const [one, two, slow] = ["ann", "bob", "slow"].map((name) => projection.of(student(name)));
    expect(one).toBe(two);
    expect(one?.facts[0]?.["deadlineAt"]).toBe("class");
    expect(slow?.facts[0]?.["deadlineAt"]).toBe("later");
    expect(projection.of(student("late", 8))).toBeUndefined();
    await world.store.close();
  });

  test("is of whoever asks, in whatever order they ask", async () => {
    const world = await openWorld();
    const tally = { ...tallyMachine, can: (_: unknown, role: string) => [role] };
    const machines: Machines = { session: [tally] };
    const parts = { preparers: {}, now: () => 0, log: quietLog(), publicUrl: () => "" };
    const desk = createDesk({ runtime: world.node(), machines, ...parts });
    const of = { machines, kind: "session", actor: "session/s1" } as const;
    const standing = fc.record({
      role: fc.constantFrom("student", "host"),
      audience: fc.constantFrom("class", "own", "hosts", "board"),
      participantId: fc.constantFrom("ann", "bob", "slow").map(parseParticipantId),
      since: fc.constantFrom(1, 8),
    });
    fc.assert(
      fc.property(fc.array(standing), (standings) => {
        const projection = project(desk, of, RECORD);
        for (const each of standings) {
          expect(projection.of(each)).toEqual(documentFor(desk, of, RECORD, each));
        }
      }),
    );
    await world.store.close();
  });

  test("C25: carries the state of its own seq, and what the version that made it could do then", async () => {
    const world = await openWorld();
    const machines: Machines = { session: [tallyMachine, tallyTwoMachine] };
    const parts = { preparers: {}, now: () => 0, log: quietLog(), publicUrl: () => "" };
    const desk = createDesk({ runtime: world.node(), machines, ...parts });
    const of = { machines, kind: "session", actor: "session/s1" } as const;
    const seen = (record: Partial<ActorRecord>) =>
      project(desk, of, { ...RECORD, ...record }).of(student("ann"));

    expect(seen({})).toMatchObject({ state: "counting", can: tallyMachine.can("counting", "") });
    expect(seen({ machineVersion: 2 })?.can).toContain("double");
    expect(seen({ machineVersion: 2, state: "over" })).toMatchObject({ state: "over", can: [] });
    expect(() => seen({ machineVersion: 3 })).toThrow(UnknownVersion);
    await world.store.close();
  });
});

describe("the client", () => {
  test("is bundled for browsers without anything of Node or of the server", async () => {
    const built = await Bun.build({ entrypoints: ["src/client/client.ts"], target: "browser" });

    const text = (await built.outputs[0]?.text()) ?? "";
    expect(built.success).toBe(true);
    expect(text).toContain("createClient");
    expect(text).not.toMatch(/from\s*"(node:|bun)/);
    expect(text).not.toContain("learning-session");
  });
});
