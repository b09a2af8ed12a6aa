/** The environment: every variable, its default, and the sentence when it cannot be. */
import { describe, expect, test } from "bun:test";
import { resolve } from "node:path";
import { ConfigInvalid, configTable, parseConfig } from "../../src/config.ts";

function sentenceFor(environment: Record<string, string>): string {
  try {
    parseConfig(environment);
    return "accepted";
  } catch (error) {
    return error instanceof ConfigInvalid ? error.message : "another error";
  }
}

describe("config", () => {
  test("nothing set is the embedded default", () => {
    expect(parseConfig({})).toEqual({
      mode: "development",
      port: 3_000,
      host: "127.0.0.1",
      dataDir: resolve("./data"),
      databaseUrl: undefined,
      redisUrl: undefined,
      redisDurability: "required",
      roles: ["http", "channels", "worker", "journal"],
      publicUrl: undefined,
      logLevel: "info",
      corsOrigins: [],
      requestsPerMinute: 120,
      demoPassword: undefined,
    });
    expect(parseConfig({ PORT: " ", REDIS_URL: "", NODE_ENV: "production" }).host).toBe("0.0.0.0");
  });

  test("an impossible value is one sentence that names its variable", () => {
    const impossible = [
      ["PORT", "70000"],
      ["PORT", "3000x"],
      ["PORT", "-1"],
      ["HOST", "a b"],
      ["DATABASE_URL", "mysql://x"],
      ["DATABASE_URL", "nonsense"],
      ["REDIS_URL", "http://x"],
      ["REDIS_DURABILITY", "everysec"],
      ["ROLES", "http,cook"],
      ["ROLES", "http,http"],
      ["ROLES", "http"],
      ["PUBLIC_URL", "school.example"],
      ["PUBLIC_URL", "https://school.example/?x=1"],
      ["LOG_LEVEL", "loud"],
      ["CORS_ORIGINS", "https://app.example/path"],
      ["CORS_ORIGINS", "*"],
      ["REQUESTS_PER_MINUTE", "0"],
      ["REQUESTS_PER_MINUTE", "1e3"],
      ["DEMO_PASSWORD", "short"],
      ["NODE_ENV", "staging"],
      ["HOST", "x".repeat(5_000)],
    ] as const;
    for (const [name, value] of impossible) {
      expect(sentenceFor({ [name]: value })).toMatch(new RegExp(`^${name} must [^.]*.*\\.$`));
    }
  });

  test("a secret in a broken URL is not repeated", () => {
    expect(sentenceFor({ DATABASE_URL: "pg://user:hunter2@host/db" })).not.toContain("hunter2");
    expect(sentenceFor({ DEMO_PASSWORD: "hunter2" })).not.toContain("hunter2");
  });

  test("whatever is set comes out typed", () => {
    const config = parseConfig({
      DATABASE_URL: "postgres://db/school",
      REDIS_URL: "rediss://cache:6380",
      ROLES: "worker, journal",
      PUBLIC_URL: "https://school.example/",
      CORS_ORIGINS: "https://a.example, https://b.example",
    });
    expect(config.roles).toEqual(["worker", "journal"]);
    expect(config.publicUrl).toBe("https://school.example");
    expect(config.corsOrigins).toEqual(["https://a.example", "https://b.example"]);
  });

  test("the table has every variable once, with a default and a meaning", () => {
    const names = configTable().map((row) => row.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain("ROLES");
    for (const row of configTable()) {
      expect([row.byDefault === "", row.meaning.endsWith(".")]).toEqual([false, true]);
    }
  });
});
