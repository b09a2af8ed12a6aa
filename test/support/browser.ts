/**
 * Debian's Chromium for the tests of the pages, driven by playwright-core.
 *
 * Where there is no Chromium those suites are skipped and say so loudly; under CI=true that is a
 * failure.
 */
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { Page } from "playwright-core";
import { browserPath } from "../../ops/servers/browser.ts";

export { openBrowser } from "../../ops/servers/browser.ts";

const ARTEFACTS = `${import.meta.dir}/../../artefacts/pages`;

/** Whether the suites of the pages can run; throws under CI=true where they cannot. */
export function hasBrowser(): boolean {
  if (browserPath === undefined) {
    const sentence = "There is no chromium on the PATH: the pages are not tested.";
    if (process.env["CI"] === "true") {
      throw new Error(sentence);
    }
    console.warn(sentence);
  }
  return browserPath !== undefined;
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
