/** `bun run rebuild` on the embedded default: refused beside its server, done without it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "../../src/client/client.ts";
import { type ChildServer, createChildServer } from "../support/child-server.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const PASSWORD = "a password for tests";
/** The server is started twice, and its Postgres four times, on a machine that may be busy. */
const LIMIT_MS = 120_000;
const dataDir = temporaryDirectory("rebuild");
let server: ChildServer;

beforeAll(async () => {
  server = createChildServer({ DATA_DIR: dataDir, DEMO_PASSWORD: PASSWORD });
  await server.start();
}, 90_000);

afterAll(() => server.kill(), 30_000);

async function rebuild(...flags: readonly string[]) {
  const run = Bun.spawn([process.execPath, "ops/rebuild/main.ts", ...flags], {
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], DATA_DIR: dataDir },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, said] = await Promise.all([run.stdout.text(), run.stderr.text()]);
  return { code: await run.exited, out, said };
}

async function teacher() {
  const client = createClient({ url: server.url });
  await client.signIn({ tenant: "demo", email: "teacher@demo.example", password: PASSWORD });
  return client;
}

describe("bun run rebuild on the embedded store", () => {
  test(
    "waits for nobody while a server has it, and brings it back once that is stopped",
    async () => {
      const client = await teacher();
      const lessons = await client.http.get<{ items: { id: string }[] }>("/lessons");
      const lessonId = lessons.items[0]?.id;
      const made = await client.http.post<{ id: string }>("/sessions", { lessonId });
      const opened = { type: "session.open-lobby" };
      await client.http.post(`/sessions/${made.id}/commands`, opened);

      const beside = await rebuild();
      server.signal("SIGTERM");
      expect(await server.ended()).toBe(0);
      for (const end of ["", "-wal", "-shm"]) {
        rmSync(join(dataDir, `actors.sqlite${end}`), { force: true });
      }
      const after = await rebuild();

      expect(beside).toMatchObject({ code: 1, out: "" });
      expect(beside.said).toContain("in use by another process");
      expect(beside.said).toContain("stop it, run this, start it again");
      expect(after.out).toMatch(/^1 mended: /);
      expect(after.code).toBe(0);
      await server.start();
      const { http } = await teacher();
      const found = await http.get<{ state: unknown; seq: number }>(`/sessions/${made.id}`);
      expect(found).toMatchObject({ seq: 2 });
    },
    LIMIT_MS,
  );

  test("says how it is used when it is asked, and when it is not understood", async () => {
    const helped = await rebuild("--help");
    const odd = await rebuild("--actor", "nobody");

    expect(helped).toMatchObject({ code: 0, said: "" });
    expect(helped.out).toContain("usage: bun run rebuild");
    expect(odd).toMatchObject({ code: 1, out: "" });
    expect(odd.said).toContain("expected an address <tenant>/<kind>/<id>");
  });
});
