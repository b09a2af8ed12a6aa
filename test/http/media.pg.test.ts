/** Pictures over HTTP: who sends, who sees, and what is refused. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { MEDIA_MAX } from "../../db/media.ts";
import { type School, openLobby, openSchool } from "../support/school.ts";
import { run } from "../support/statement.ts";

const PATH = "/api/v1/media";
const DOT = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);

let school: School;
let teacher: string;
beforeAll(async () => {
  school = await openSchool();
  teacher = await school.tokenOf("north", "teacher");
});
afterAll(() => school.close());

function sent(body: Uint8Array<ArrayBuffer> | string, type = "image/png", token = teacher) {
  return school.ask("POST", PATH, { token, body, type });
}

async function shown(id: string, token: string) {
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${school.url}${PATH}/${id}`, { headers });
}

test("a picture is sent by a teacher and shown to the school, its students and guests", async () => {
  const { status, body } = await sent(new Uint8Array(DOT));
  expect([status, body]).toEqual([
    201,
    {
      ...{ id: expect.any(String), mediaType: "image/webp", width: 1, height: 1 },
      ...{ bytes: expect.any(Number), markdown: `![](media:${String(body["id"])})` },
    },
  ]);
  const id = String(body["id"]);
  const { code } = await openLobby(school, teacher);
  const guest = await school.ask("POST", "/api/v1/join", { json: { code, name: "Gus" } });
  const student = await school.tokenOf("north", "student");
  for (const token of [teacher, student, String(guest.body["accessToken"])]) {
    const answer = await shown(id, token);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/webp"]);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect((await new Bun.Image(bytes).metadata()).format).toBe("webp");
  }
  const south = await school.tokenOf("south", "teacher");
  expect((await shown(id, south)).status).toBe(404);
  expect((await fetch(`${school.url}${PATH}/${id}`)).status).toBe(401);
  const again = await sent(new Uint8Array(DOT));
  expect(again.body).toEqual(body);
});

test("what is no picture, too large, or from a student is refused", async () => {
  const student = await school.tokenOf("north", "student");
  const dot = new Uint8Array(DOT);
  const codes = await Promise.all(
    [
      sent("<svg/>", "image/svg+xml"),
      sent(dot, "application/json"),
      sent("no picture", "image/png"),
      sent(dot.slice(0, 40), "image/png"),
      sent(new Uint8Array(8 * 1024 * 1024 + 1), "image/jpeg"),
      sent(dot, "image/png", student),
    ].map(async (reply) => (await reply).body["code"]),
  );
  expect(codes).toEqual([
    ...["unsupported-media-type", "unsupported-media-type", "invalid", "invalid"],
    ...["too-large", "not-found"],
  ]);
});

test("a school's pictures have a limit, at which those that are kept are still taken", async () => {
  let databaseUrl = "";
  const fresh = await openSchool({}, (url) => {
    databaseUrl = url;
    return Promise.resolve(url);
  });
  try {
    const token = await fresh.tokenOf("north", "teacher");
    const ask = (body: Uint8Array<ArrayBuffer>) =>
      fresh.ask("POST", PATH, { token, body, type: "image/png" });
    expect((await ask(new Uint8Array(DOT))).status).toBe(201);
    await run(
      databaseUrl,
      `insert into media select 'north', 'x' || n, 'image/webp', 1, 1, '', 'x', 1
         from generate_series(1, ${MEDIA_MAX - 1}) n`,
    );
    expect((await ask(new Uint8Array(DOT))).status).toBe(201);
    const other = await new Bun.Image(DOT).resize(3, 3).png().bytes();
    expect((await ask(new Uint8Array(other))).body["code"]).toBe("not-accepted");
  } finally {
    await fresh.close();
  }
});
