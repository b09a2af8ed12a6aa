/** The pages as they are served: language, policy, size, caching. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type SchoolServer, startSchoolServer } from "../support/server.ts";

/** Of script, compressed, that the first view of a page loads. */
const SCRIPT_BYTES_MAX = 150_000;

describe("pages", () => {
  let school: SchoolServer;
  beforeAll(async () => {
    school = await startSchoolServer();
  });
  afterAll(() => school.stop());

  const pageAt = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${school.url}${path}`, { headers });
    return { response, html: await response.text() };
  };
  const assetsIn = (html: string): readonly string[] =>
    [...html.matchAll(/\/assets\/[\w.-]+/g)].map(([path]) => path);

  test.each(["/", "/join/K7PM4X", "/teach", "/board/abc"])(
    "PG3: %s lets nothing in that this server did not send",
    async (path) => {
      const { response, html } = await pageAt(path);
      expect(response.status).toBe(200);
      const policy = response.headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
      const loaded = html.replaceAll(/<a [^>]*>/g, "");
      expect(loaded).not.toMatch(/(src|href)="(?!\/assets\/|data:image)/);
      expect(html).not.toMatch(/\son\w+=|<style/);
    },
  );

  test("PG4: a page is in the reader's language, and says which and in which direction", async () => {
    const arabic = await pageAt("/", { "accept-language": "ar,en;q=0.5" });
    expect(arabic.html).toContain('<html lang="ar" dir="rtl"');
    expect(arabic.response.headers.get("content-language")).toBe("ar");
    expect(arabic.response.headers.get("vary")).toContain("Accept-Language");
    const german = await pageAt("/teach?lang=de", { "accept-language": "ar" });
    expect(german.html).toContain('<html lang="de" dir="ltr"');
    expect(german.html).toContain("Unterrichten");
    expect(german.html).not.toContain("s.code");
  });

  test("what an address says is text in the form that is drawn from it", async () => {
    const { html } = await pageAt('/join/"><b>x?lang="><b>');
    expect(html).not.toContain("<b>");
    expect((await pageAt("/join/k7pm4x")).html).toContain('value="K7PM4X"');
  });

  test.each(["/", "/teach", "/board/abc"])(
    "the script of %s is small, precompressed and kept for good",
    async (path) => {
      const { html } = await pageAt(path);
      const scripts = assetsIn(html).filter((each) => each.endsWith(".js"));
      const sizes = await Promise.all(
        scripts.map(async (each) => {
          const response = await fetch(`${school.url}${each}`, {
            headers: { "accept-encoding": "br" },
            decompress: false,
          });
          expect(response.headers.get("content-encoding")).toBe("br");
          expect(response.headers.get("cache-control")).toContain("immutable");
          return (await response.arrayBuffer()).byteLength;
        }),
      );
      expect(scripts.length).toBeGreaterThan(0);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(SCRIPT_BYTES_MAX);
    },
  );

  test("who takes no compression gets none, and a file that is not there is not there", async () => {
    const { html } = await pageAt("/");
    const style = assetsIn(html).find((each) => each.endsWith(".css")) ?? "";
    const plain = await fetch(`${school.url}${style}`, {
      headers: { "accept-encoding": "br;q=0, gzip;q=0" },
      decompress: false,
    });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(await plain.text()).toContain(":root{");
    expect((await fetch(`${school.url}/assets/..%2fserver.ts`)).status).toBe(404);
    expect((await fetch(`${school.url}/assets/none.js`)).status).toBe(404);
  });
});
