/** Signing in, staying in and getting out: two schools with the same e-mail addresses. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { asTenant } from "../../db/as-tenant.ts";
import { updateUser } from "../../db/users.ts";
import { parseTenantId, parseUserId } from "../../machines/ids.ts";
import { SIGN_IN_FAILURES } from "../../src/http/limits.ts";
import { PASSWORD, type Reply, type School, openSchool, parsePart } from "../support/school.ts";

let school: School;
beforeAll(async () => {
  school = await openSchool();
});
afterAll(() => school.close());

function signIn(tenant: string, email: string, password = PASSWORD): Promise<Reply> {
  return school.ask("POST", "/api/v1/auth/sign-in", { json: { tenant, email, password } });
}

function refresh(token: unknown): Promise<Reply> {
  return school.ask("POST", "/api/v1/auth/refresh", { json: { refreshToken: token } });
}

function me(token: unknown): Promise<Reply> {
  return school.ask("GET", "/api/v1/me", { token: String(token) });
}

describe("sign-in", () => {
  test("the same address and password in two schools are two people", async () => {
    const north = await signIn("north", "teacher@school.example");
    const south = await signIn("south", "teacher@school.example");

    expect(north.status).toBe(200);
    expect(north.body).toMatchObject({
      expiresInS: 900,
      user: { id: "north-teacher", tenantId: "north", role: "teacher" },
    });
    expect(south.body["user"]).toMatchObject({ id: "south-teacher", tenantId: "south" });
    const { body } = await me(south.body["accessToken"]);
    expect(body).toMatchObject({
      kind: "user",
      name: "teacher of south",
      tenant: { slug: "south", timeZone: "UTC" },
    });
  });

  test("case and outer space of slug and address do not matter", async () => {
    expect((await signIn(" North ", " Student@School.Example ")).status).toBe(200);
  });

  test("unknown school, unknown address, wrong password and disabled user get one answer", async () => {
    await asTenant(school.db, parseTenantId("south"), (tx) =>
      updateUser(tx, parseUserId("south-guardian"), { disabledAt: 1 }),
    );
    const replies = [
      await signIn("nowhere", "teacher@school.example"),
      await signIn("north", "nobody@school.example"),
      await signIn("north", "admin@school.example", "wrong"),
      await signIn("south", "guardian@school.example"),
    ];
    const answers = replies.map(({ body }) => JSON.stringify({ ...body, requestId: "" }));
    expect(replies[0]?.body).toMatchObject({ status: 401, code: "unauthenticated" });
    expect(new Set(answers).size).toBe(1);
  });

  test("failures are counted per account, and the limit says how long to wait", async () => {
    for (let failure = 0; failure < SIGN_IN_FAILURES; failure += 1) {
      expect((await signIn("north", "student2@school.example", "wrong")).status).toBe(401);
    }
    const limited = await signIn("north", "student2@school.example");
    const other = await signIn("south", "student2@school.example");

    expect([limited.status, limited.body["code"]]).toEqual([429, "rate-limited"]);
    expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(limited.body["retryAfterMs"])).toBeGreaterThan(0);
    expect(other.status).toBe(200);
  });

  test("guesses at the same time are as many as guesses one after the other", async () => {
    const guesses = Array.from({ length: 4 * SIGN_IN_FAILURES }, (_, guess) => `wrong ${guess}`);
    const replies = await Promise.all(
      [...guesses, PASSWORD].map((each) => signIn("south", "teacher2@school.example", each)),
    );
    const statuses = replies.map(({ status }) => status);

    expect(statuses.filter((each) => each === 401)).toHaveLength(SIGN_IN_FAILURES);
    expect(statuses.filter((each) => each === 429)).toHaveLength(3 * SIGN_IN_FAILURES + 1);
    expect(statuses.at(-1)).toBe(429);
  });

  test("the JWK set holds public halves only", async () => {
    const { body, text } = await school.ask("GET", "/.well-known/jwks.json");
    expect(body["keys"]).toMatchObject([{ kty: "EC", crv: "P-256", alg: "ES256", use: "sig" }]);
    expect(text).not.toContain('"d"');
  });
});

describe("refresh", () => {
  test("a token is replaced, and for a minute gives the same successor again", async () => {
    const first = (await signIn("north", "teacher@school.example")).body["refreshToken"];
    const second = await refresh(first);
    const again = await refresh(first);

    expect(second.status).toBe(200);
    expect(second.body["refreshToken"]).not.toBe(first);
    expect(again.body["refreshToken"]).toBe(second.body["refreshToken"]);
    expect(second.body["user"]).toMatchObject({ id: "north-teacher" });
    expect((await me(again.body["accessToken"])).status).toBe(200);
  });

  test("use after the grace ends the whole family, of that school alone", async () => {
    const first = (await signIn("north", "admin@school.example")).body["refreshToken"];
    const south = (await signIn("south", "admin@school.example")).body["refreshToken"];
    const second = (await refresh(first)).body["refreshToken"];
    await asTenant(school.db, parseTenantId("north"), (tx) =>
      tx.q
        .updateTable("refresh_tokens")
        .set((eb) => ({ used_at: eb("used_at", "-", 61_000) }))
        .where("used_at", "is not", null)
        .execute(),
    );

    expect((await refresh(first)).status).toBe(401);
    expect((await refresh(second)).status).toBe(401);
    expect((await refresh(south)).status).toBe(200);
  });

  test("two refreshes at once give one successor", async () => {
    const first = (await signIn("north", "teacher@school.example")).body["refreshToken"];
    const both = await Promise.all([refresh(first), refresh(first), refresh(first)]);
    expect(new Set(both.map(({ body }) => body["refreshToken"])).size).toBe(1);
  });

  test("a disabled user's refresh token opens nothing", async () => {
    const token = (await signIn("south", "student@school.example")).body["refreshToken"];
    await asTenant(school.db, parseTenantId("south"), (tx) =>
      updateUser(tx, parseUserId("south-student"), { disabledAt: 1 }),
    );
    expect((await refresh(token)).status).toBe(401);
  });

  test("sign-out ends the family, for refreshing and for access", async () => {
    const { body } = await signIn("north", "owner@school.example");
    const token = String(body["accessToken"]);
    const out = await school.ask("POST", "/api/v1/auth/sign-out", { token });

    expect(out.status).toBe(204);
    expect((await refresh(body["refreshToken"])).status).toBe(401);
    expect((await me(token)).status).toBe(401);
  });

  test("sign-out takes a refresh token where the access token is gone", async () => {
    const { body } = await signIn("north", "owner@school.example");
    const json = { refreshToken: body["refreshToken"] };
    expect((await school.ask("POST", "/api/v1/auth/sign-out", { json })).status).toBe(204);
    expect((await refresh(body["refreshToken"])).status).toBe(401);
    expect((await school.ask("POST", "/api/v1/auth/sign-out", {})).status).toBe(401);
  });
});

describe("limits of requests", () => {
  test("each person has 120 requests a minute, and hears what is left", async () => {
    const strict = await openSchool({ REQUESTS_PER_MINUTE: "3" });
    try {
      const teacher = await strict.tokenOf("north", "teacher");
      const student = await strict.tokenOf("north", "student");
      const statuses: number[] = [];
      let last: Reply | undefined;
      for (let request = 0; request < 4; request += 1) {
        last = await strict.ask("GET", "/api/v1/me", { token: teacher });
        statuses.push(last.status);
      }
      expect(statuses).toEqual([200, 200, 200, 429]);
      expect(last?.headers.get("ratelimit-limit")).toBe("3");
      expect(last?.headers.get("ratelimit-remaining")).toBe("0");
      expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(parsePart(last?.body)["code"]).toBe("rate-limited");
      expect((await strict.ask("GET", "/api/v1/me", { token: student })).status).toBe(200);
    } finally {
      await strict.close();
    }
  });
});
