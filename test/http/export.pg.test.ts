/** Export: a lesson as a file, with what the format cannot say; hidden like the lesson itself. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { zipSync } from "fflate";
import { sql } from "kysely";
import { asTenant } from "../../db/as-tenant.ts";
import { MEDIA_MAX } from "../../db/media.ts";
import { parseTenantId } from "../../machines/ids.ts";
import { type School, openSchool, pathsOf } from "../support/school.ts";

const PATH = "/api/v1/lessons";
const LESSON = {
  title: "Photosynthèse 1",
  standards: [{ framework: "NGSS", code: "MS-LS1-6", title: "Photosynthesis", steps: ["leaf"] }],
  steps: [
    {
      id: "leaf",
      kind: "item",
      item: { kind: "true-false", prompt: "Leaves = green?", correct: true },
    },
    { kind: "item", item: { kind: "open-text", prompt: "Why?", limitMs: 30_000 } },
  ],
};

let school: School;
let teacher: string;
let path: string;
beforeAll(async () => {
  school = await openSchool();
  teacher = await school.tokenOf("north", "teacher");
  const made = await school.ask("POST", PATH, { token: teacher, json: LESSON });
  path = `${PATH}/${String(made.body["id"])}/export`;
});
afterAll(() => school.close());

test("a lesson is exported as GIFT, with the list of what is lost", async () => {
  const { status, body } = await school.ask("GET", `${path}?format=gift`, { token: teacher });

  expect(status).toBe(200);
  expect(body).toMatchObject({
    format: "gift",
    file: "photosynthese-1.gift",
    mediaType: "text/plain",
    text: "[markdown]Leaves \\= green? {TRUE}\n\n[markdown]Why? {}\n",
    lost: [
      { path: "/title", message: "Changed" },
      { path: "/standards/0" },
      { path: "/steps/1/item/limitMs" },
    ],
  });
});

test("a lesson is exported as a package of QTI 3, which import takes", async () => {
  const { body } = await school.ask("GET", `${path}?format=qti3`, { token: teacher });
  expect(body).toMatchObject({
    file: "photosynthese-1.zip",
    mediaType: "application/zip",
    lost: [],
  });

  const bytes = new Uint8Array(Buffer.from(String(body["base64"]), "base64"));
  const sent = { token: teacher, body: bytes, type: "application/zip" };
  const reply = await school.ask("POST", `${PATH}/import?format=qti3`, sent);
  expect(reply.status).toBe(201);
  expect(reply.body).toMatchObject({ ...LESSON, version: 1, status: "published", lost: [] });
});

test("a picture stays with the school, and is listed", async () => {
  const body = "A leaf:\n\n![a leaf](media:a1)";
  const json = { title: "T", steps: [{ kind: "content", title: "T", body }] };
  const made = await school.ask("POST", PATH, { token: teacher, json });
  for (const format of ["gift", "qti3"]) {
    const file = `${PATH}/${String(made.body["id"])}/export?format=${format}`;
    const reply = await school.ask("GET", file, { token: teacher });
    expect(reply.body["lost"]).toContainEqual({
      path: "/steps/0",
      code: "no-picture",
      message: expect.stringContaining("picture"),
    });
  }
});

describe("pictures of a package", () => {
  const DOT = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
    "base64",
  );
  const countIn = async (tenant: string): Promise<number> => {
    const rows = await asTenant(school.db, parseTenantId(tenant), (tx) =>
      tx.q.selectFrom("media").select("id").execute(),
    );
    return rows.length;
  };
  const sent = (token: string, bytes: Uint8Array<ArrayBuffer>) =>
    school.ask("POST", `${PATH}/import?format=qti3`, {
      token,
      body: bytes,
      type: "application/zip",
    });
  const pictured = async (): Promise<Uint8Array<ArrayBuffer>> => {
    const body = new Uint8Array(DOT);
    const medium = await school.ask("POST", "/api/v1/media", {
      ...{ token: teacher, body, type: "image/png" },
    });
    const text = `A leaf:\n\n![a leaf](media:${String(medium.body["id"])})`;
    const json = { title: "Seen", steps: [{ kind: "content", title: "T", body: text }] };
    const made = await school.ask("POST", PATH, { token: teacher, json });
    const file = `${PATH}/${String(made.body["id"])}/export?format=qti3`;
    const reply = await school.ask("GET", file, { token: teacher });
    expect(reply.body["lost"]).toEqual([]);
    return new Uint8Array(Buffer.from(String(reply.body["base64"]), "base64"));
  };
  const pictureOf = (body: Readonly<Record<string, unknown>>): string =>
    /!\[a leaf\]\(media:(\w+)\)/.exec(JSON.stringify(body["steps"]))?.[1] ?? "";

  test("LP1: they go along, are kept once in their school, and anew in another", async () => {
    const bytes = await pictured();
    const before = await countIn("north");
    const again = await sent(teacher, bytes);
    expect([again.status, again.body["lost"]]).toEqual([201, []]);
    expect(await countIn("north")).toBe(before);

    const south = await school.tokenOf("south", "teacher");
    const other = await sent(south, bytes);
    expect([other.status, other.body["lost"]]).toEqual([201, []]);
    const shown = `${school.url}/api/v1/media/${pictureOf(other.body)}`;
    const seen = await fetch(shown, { headers: { authorization: `Bearer ${south}` } });
    expect([seen.status, seen.headers.get("content-type")]).toEqual([200, "image/webp"]);
  });

  test("LP1: a package of which nothing is imported leaves no picture behind", async () => {
    const south = await school.tokenOf("south", "teacher");
    const before = await countIn("south");
    const other = await new Bun.Image(DOT).resize(5, 5).png().bytes();
    const bytesOf = (text: string) => new TextEncoder().encode(text);
    const resource = '<resource identifier="r" type="imsqti_item_xmlv3p0" href="0.xml"/>';
    const item =
      '<qti-assessment-item identifier="r"><qti-item-body><img src="a.png" alt="a"/>' +
      "<qti-hotspot-interaction/></qti-item-body></qti-assessment-item>";
    const bytes = zipSync({
      "imsmanifest.xml": bytesOf(`<manifest><resources>${resource}</resources></manifest>`),
      "0.xml": bytesOf(item),
      "a.png": new Uint8Array(other),
    });
    expect((await sent(south, new Uint8Array(bytes))).status).toBe(422);
    expect(await countIn("south")).toBe(before);
  });

  test("a school that has no room for more keeps the lesson, and the picture is listed", async () => {
    const bytes = await pictured();
    const full = await openSchool();
    try {
      await asTenant(full.db, parseTenantId("north"), (tx) =>
        sql`insert into media select 'north', 'x' || n, 'image/webp', 1, 1, '', 'x', 1
              from generate_series(1, ${MEDIA_MAX}) n`.execute(tx.q),
      );
      const token = await full.tokenOf("north", "teacher");
      const search = `${PATH}/import?format=qti3`;
      const reply = await full.ask("POST", search, { token, body: bytes, type: "application/zip" });
      expect(reply.status).toBe(201);
      expect(JSON.stringify(reply.body["lost"])).toContain("a school keeps at most");
      expect(JSON.stringify(reply.body["steps"])).toContain("A leaf:\\n\\na leaf");
    } finally {
      await full.close();
    }
  });
});

test("import wants the type of its format, and a package that can be read", async () => {
  const asked = (search: string, body: string, type: string) =>
    school.ask("POST", `${PATH}/import?format=${search}`, { token: teacher, body, type });
  expect((await asked("qti3", "Sun? {T}", "text/plain")).status).toBe(415);
  expect((await asked("gift", "Sun? {T}", "application/zip")).status).toBe(415);
  expect((await asked("gift", "Sun? {T}", "application/json")).status).toBe(415);
  expect((await asked("qti3", "no zip", "application/zip")).status).toBe(422);
  expect((await asked("qti3", "x".repeat(17_000_000), "application/zip")).status).toBe(413);
});

test("another format is refused by name", async () => {
  const reply = await school.ask("GET", `${path}?format=docx`, { token: teacher });
  expect([reply.status, pathsOf(reply)]).toEqual([422, ["/format"]]);
});

test("students, guardians and other schools are told that there is no such lesson", async () => {
  const strangers = [
    await school.tokenOf("north", "student"),
    await school.tokenOf("north", "guardian"),
    await school.tokenOf("south", "teacher"),
  ];
  for (const token of strangers) {
    expect((await school.ask("GET", `${path}?format=gift`, { token })).status).toBe(404);
  }
});
