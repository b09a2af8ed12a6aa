/** What clients are told of an actor that is kept apart: once, clearly, nothing of its inside. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parkActor } from "../../db/actors.ts";
import { asTenant } from "../../db/as-tenant.ts";
import { parseActorId, parseTenantId } from "../../machines/ids.ts";
import { createClient } from "../../src/client/client.ts";
import { PASSWORD, type School, openLobby, openSchool } from "../support/school.ts";
import { connect } from "../support/talker.ts";

const REASON = "its history can be shown up to 3, and 7 was acknowledged";
const COMMAND = { type: "session.start" };

let school: School;
let teacher: string;
let id: string;

beforeAll(async () => {
  school = await openSchool();
  teacher = await school.tokenOf("north", "teacher");
  ({ id } = await openLobby(school, teacher));
  const address = {
    tenantId: parseTenantId("north"),
    kind: "session",
    id: parseActorId(id),
  } as const;
  const { runtime } = school.server;
  await runtime.catchUp(address.tenantId);
  await asTenant(school.db, address.tenantId, (tx) =>
    parkActor(tx, { ...address, reason: REASON, at: 1 }),
  );
  expect(await runtime.repair(address)).toBe("quarantined");
}, 60_000);

afterAll(() => school.close(), 30_000);

function expectClear(found: unknown): void {
  expect(found).toMatchObject({ code: "internal", status: 500 });
  expect(found).not.toHaveProperty("retryAfterMs");
  const said = JSON.stringify(found);
  expect(said).toContain("lost on our side");
  expect(said).toContain("Sending it again does not help");
  expect(said).not.toMatch(/history|acknowledged|north|quarantin|parked/i);
}

describe("a session that is kept apart", () => {
  test("C18: is refused over HTTP, to look at and to command, without a word of trying again", async () => {
    const at = `/api/v1/sessions/${id}`;
    const looked = await school.ask("GET", at, { token: teacher });
    const paged = await school.ask("GET", `${at}/records`, { token: teacher });
    const sent = await school.ask("POST", `${at}/commands`, { token: teacher, json: COMMAND });

    for (const { status, headers, body } of [looked, paged, sent]) {
      expect(status).toBe(500);
      expect(headers.get("retry-after")).toBeNull();
      expectClear(body);
    }
    const logged = school.log.events.filter(({ event }) => event === "request.failed");
    expect(String(logged.at(-1)?.fields["error"])).toContain(REASON);
  });

  test("C18: is refused over a socket, to watch and to command, and the socket stays", async () => {
    const talker = await connect(school.url, { token: teacher });
    const actor = `session/${id}`;
    const watched = await talker.ask("watch", { actor });
    const sent = await talker.ask("send", { actor, id: "c1", command: COMMAND });

    for (const { ok, problem } of [watched, sent]) {
      expect(ok).toBe(false);
      expectClear(problem);
    }
    expect(talker.ended()).toBeUndefined();
    talker.close();
  });

  test("C18: is given up at once by our own client, instead of being sent again and again", async () => {
    const client = createClient({ url: school.url });
    await client.signIn({ tenant: "north", email: "teacher@school.example", password: PASSWORD });

    const watched = client.watch(`session/${id}`);
    const told = await watched.until(({ status }) => status === "ended");
    const answer = await client.http.get(`/sessions/${id}`).catch((error: unknown) => error);

    expect(told).toMatchObject({ status: "ended", reason: "internal" });
    expect(String(answer)).toContain("lost on our side");
    client.close();
  });
});
