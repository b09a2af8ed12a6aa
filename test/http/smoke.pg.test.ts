/** The HTTP door as a whole: a lesson taught by hand over nothing but HTTP. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type School, LESSON, command, openLobby, openSchool } from "../support/school.ts";

let school: School;
beforeAll(async () => {
  school = await openSchool();
});
afterAll(() => school.close());

test("a lesson is taught from sign-in to the report over HTTP", async () => {
  const teacher = await school.tokenOf("north", "teacher");
  const { id, code } = await openLobby(school, teacher);
  const joined = await school.ask("POST", "/api/v1/join", { json: { code, name: "Ada" } });
  console.log(joined.status, joined.text);
  const guest = String(joined.body["accessToken"]);
  await command(school, teacher, id, { type: "session.start" });
  const opened = await command(school, teacher, id, { type: "round.open", stepId: "s2" });
  console.log(JSON.stringify(opened));
  const seen = await school.ask("GET", `/api/v1/sessions/${id}`, { token: guest });
  console.log(seen.text);
  const rec = await school.ask("GET", `/api/v1/sessions/${id}/records`, { token: guest });
  console.log(rec.text);
  const docs = await school.ask("GET", `/docs/json`);
  console.log(docs.status, docs.text.length);
  await Bun.write("/tmp/openapi.json", docs.text);
  expect(LESSON.title).toBe("Photosynthesis");
});
