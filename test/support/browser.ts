/**
 * Debian's Chromium for the tests of the pages, driven by playwright-core.
 *
 * Where there is no Chromium those suites are skipped and say so loudly; under CI=true that is a
 * failure.
 */
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { type Browser, type Page, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"] as const;
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
] as const;
const ARTEFACTS = `${import.meta.dir}/../../artefacts/pages`;

const path = NAMES.map((name) => Bun.which(name)).find((each) => each !== null);

/** Whether the suites of the pages can run; throws under CI=true where they cannot. */
export function hasBrowser(): boolean {
  if (path === undefined) {
    const sentence = "There is no chromium on the PATH: the pages are not tested.";
    if (process.env["CI"] === "true") {
      throw new Error(sentence);
    }
    console.warn(sentence);
  }
  return path !== undefined;
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: path ?? "chromium", args: [...FLAGS] });
}

/** Kept in `artefacts/pages`, for people to look at. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  await mkdir(ARTEFACTS, { recursive: true });
  await page.screenshot({ path: `${ARTEFACTS}/${name}.png`, fullPage: true });
}

const axe = readFileSync(Bun.resolveSync("axe-core/axe.min.js", import.meta.dir), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds wrong with the page as it stands, a line each; empty: nothing. */
export async function faultsOf(page: Page): Promise<readonly string[]> {
  // By evaluation, which the page's policy does not forbid as it would a script element.
  await page.evaluate(axe);
  const found: unknown = await page.evaluate(`
    axe.run(document, { runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map((node) => id + " " + node.html.slice(0, 160))))
  `);
  return Array.isArray(found) ? found.map(String) : [];
}
