/** Export: a lesson as a file, with what the format cannot say; hidden like the lesson itself. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type School, openSchool, pathsOf } from "../support/school.ts";

const PATH = "/api/v1/lessons";
const LESSON = {
  title: "Photosynthèse 1",
  steps: [
    { kind: "item", item: { kind: "true-false", prompt: "Leaves = green?", correct: true } },
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
    lost: [{ path: "/title", message: "Changed" }, { path: "/steps/1/item/limitMs" }],
  });
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
