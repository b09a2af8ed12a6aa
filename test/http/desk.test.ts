/** The desk on a node whose copy of the actor is older than what another node has committed. */
import { expect, test } from "bun:test";
import { parseUserId } from "../../machines/ids.ts";
import type { Principal } from "../../machines/principal.ts";
import { MACHINES } from "../../machines/catalog.ts";
import { createDesk } from "../../src/desk.ts";
import { ADDRESS, HOST, openWorld, saying } from "../support/nodes.ts";

const ADMIN: Principal = { kind: "user", userId: parseUserId("ada"), role: "admin", name: "Ada" };
const ACTOR = `session/${ADDRESS.id}`;

const birth = {
  type: "session.create",
  title: "A lesson",
  language: "en",
  lessonId: "l1",
  steps: [],
  joinCode: "BCDFGH",
  host: { userId: "teacher", name: "Tara" },
  startsAt: null,
  settings: {},
};

test("C5: nobody is refused on the word of a copy that is older than his role", async () => {
  const world = await openWorld();
  const machine = MACHINES.session[0];
  const [one, two] = [world.node({ machine }), world.node({ machine })];
  await world.during(one.birth(ADDRESS, birth, HOST));
  const desk = createDesk({
    runtime: one,
    machines: MACHINES,
    preparers: {},
    now: () => world.clock.now(),
    log: world.log,
    publicUrl: () => "https://school.example",
  });
  const caller = { tenantId: ADDRESS.tenantId, principal: ADMIN, expiresAt: Infinity };
  const open = { actor: ACTOR, command: { type: "session.open-lobby" } };
  const before = await world.during(desk.send(caller, open));
  const promotion = { type: "participant.promote", userId: "ada", name: "Ada", role: "admin" };
  await world.during(two.send(ADDRESS, saying(promotion)));

  const after = await world.during(desk.send(caller, open));

  expect(before).toMatchObject({ ok: false, problem: { code: "not-allowed" } });
  expect(after).toMatchObject({ ok: true, seq: 3 });
});
