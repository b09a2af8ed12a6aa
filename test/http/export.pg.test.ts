/** Export: a lesson as a file, with what the format cannot say; hidden like the lesson itself. */
import { afterAll, beforeAll, expect, test } from "bun:test";
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
      message: expect.stringContaining("picture"),
    });
  }
});

test("import wants the type of its format, and a package that can be read", async () => {
  const asked = (search: string, body: string, type: string) =>
    school.ask("POST", `${PATH}/import?format=${search}`, { token: teacher, body, type });
  expect((await asked("qti3", "Sun? {T}", "text/plain")).status).toBe(415);
  expect((await asked("gift", "Sun? {T}", "application/zip")).status).toBe(415);
  expect((await asked("gift", "Sun? {T}", "application/json")).status).toBe(415);
  expect((await asked("qti3", "no zip", "application/zip")).status).toBe(422);
  expect((await asked("qti3", "x".repeat(4_200_000), "application/zip")).status).toBe(413);
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
