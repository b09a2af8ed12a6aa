/** Users: kept by owners and admins, of their own school alone. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Reply, type School, itemsOf, openSchool, pathsOf } from "../support/school.ts";

const PATH = "/api/v1/users";

let school: School;
let owner: string;
let admin: string;
beforeAll(async () => {
  school = await openSchool();
  owner = await school.tokenOf("north", "owner");
  admin = await school.tokenOf("north", "admin");
});
afterAll(() => school.close());

function make(json: object, token = owner): Promise<Reply> {
  return school.ask("POST", PATH, { token, json });
}

function signIn(email: string, password: string): Promise<Reply> {
  const json = { tenant: "north", email, password };
  return school.ask("POST", "/api/v1/auth/sign-in", { json });
}

test("a user is made, signs in, is changed, signs in again, and is deleted", async () => {
  const email = "Ada@School.example";
  const made = await make({ email, name: " Ada ", role: "student", password: "first password" });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ email, name: "Ada", role: "student", disabledAt: null });
  expect(made.text).not.toContain("assword");
  const path = `${PATH}/${String(made.body["id"])}`;
  const { refreshToken } = (await signIn(email, "first password")).body;

  const json = { role: "teacher", password: "second password" };
  const changed = await school.ask("PATCH", path, { token: admin, json });
  expect(changed.body).toMatchObject({ email, role: "teacher" });
  const refresh = { json: { refreshToken } };
  expect((await school.ask("POST", "/api/v1/auth/refresh", refresh)).status).toBe(401);
  expect((await signIn(email, "first password")).status).toBe(401);
  expect((await signIn(email, "second password")).body["user"]).toMatchObject({ role: "teacher" });

  await school.ask("PATCH", path, { token: admin, json: { disabled: true } });
  expect((await signIn(email, "second password")).status).toBe(401);
  expect((await school.ask("DELETE", path, { token: admin })).status).toBe(204);
  expect((await school.ask("GET", path, { token: admin })).status).toBe(404);
});

test("who is only renamed stays signed in", async () => {
  const email = "grace@school.example";
  const json = { email, name: "Grace", role: "student", password: "first password" };
  const made = await make(json);
  const { refreshToken } = (await signIn(email, "first password")).body;

  const path = `${PATH}/${String(made.body["id"])}`;
  const renamed = await school.ask("PATCH", path, { token: admin, json: { name: "Grace H." } });

  expect(renamed.body).toMatchObject({ name: "Grace H." });
  const refresh = { json: { refreshToken } };
  expect((await school.ask("POST", "/api/v1/auth/refresh", refresh)).status).toBe(200);
});

test("an address is one person's within a school, whatever its case", async () => {
  const reply = await make({ email: "TEACHER@school.example", name: "Two", role: "teacher" });
  expect([reply.status, pathsOf(reply)]).toEqual([422, ["/email"]]);
});

test("lists narrow by role and never show another school", async () => {
  const all = itemsOf(await school.ask("GET", `${PATH}?role=teacher`, { token: owner }));
  expect(all.map((each) => each["role"])).toEqual(["teacher", "teacher"]);
  expect(JSON.stringify(all)).not.toContain("south");
});

test("teachers and students keep nobody, admins no owners, and nobody himself", async () => {
  for (const person of ["teacher", "student", "guardian"]) {
    const token = await school.tokenOf("north", person);
    expect((await school.ask("GET", PATH, { token })).status).toBe(403);
    expect((await make({ email: "x@y.example", name: "X", role: "student" }, token)).status).toBe(
      403,
    );
  }
  const json = { name: "Other" };
  const ask = (token: string, id: string) => school.ask("PATCH", `${PATH}/${id}`, { token, json });
  expect((await ask(admin, "north-owner")).status).toBe(403);
  expect((await ask(owner, "north-owner")).status).toBe(403);
  expect((await ask(owner, "north-admin")).status).toBe(200);
  expect(
    (
      await make(
        { email: "o@y.example", name: "O", role: "owner" },
        await school.tokenOf("north", "owner"),
      )
    ).status,
  ).toBe(201);
});

test("the key makes one user", async () => {
  const headers = { "idempotency-key": "one-user" };
  const json = { email: "once@school.example", name: "Once", role: "student" };
  const first = await school.ask("POST", PATH, { token: owner, json, headers });
  const again = await school.ask("POST", PATH, { token: owner, json, headers });
  expect([first.status, again.body]).toEqual([201, first.body]);
});
