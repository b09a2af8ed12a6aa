/** The editor of lessons in the browser: what is wrong is said in the author's language. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { CATALOGUE, LANGUAGES } from "../../src/pages/words/words.ts";
import { faultsOf, hasBrowser, keepPicture, openBrowser } from "../support/browser.ts";
import { PASSWORD, type SchoolServer, startSchoolServer } from "../support/server.ts";

const PHONE = { width: 360, height: 740 };

describe.skipIf(!hasBrowser())("editor", () => {
  let browser: Browser;
  let school: SchoolServer;

  beforeAll(async () => {
    [browser, school] = await Promise.all([openBrowser(), startSchoolServer()]);
  });
  afterAll(async () => {
    await browser.close();
    await school.stop();
  });

  const signedIn = async (options: object): Promise<Page> => {
    const context = await browser.newContext({ viewport: PHONE, locale: "en", ...options });
    const page = await context.newPage();
    await page.goto(`${school.url}/teach`);
    await page.locator("#school").fill("north");
    await page.locator("#email").fill("teacher@school.example");
    await page.locator("#password").fill(PASSWORD);
    await page.locator("form button[type=submit]").click();
    await page.locator("li").first().waitFor();
    return page;
  };

  test.each([...LANGUAGES])("what is wrong with a lesson is said in %s", async (language) => {
    const page = await signedIn({ locale: language });
    const words = CATALOGUE[language];
    await page.getByRole("link", { name: words["t.new-lesson"] }).click();
    await page.getByRole("button", { name: words["t.add-question"] }).click();
    await page.getByLabel(words["t.lesson-title"], { exact: true }).fill("Leaves");
    await page.getByLabel(words["t.prompt"]).fill("?");
    await page.getByRole("button", { name: words["t.save"] }).click();
    const faults = page.locator("ul.notice-bad");
    await faults.waitFor();
    const text = await faults.innerText();
    expect(text).toContain(words["t.fault.empty"]);
    expect(text).not.toContain("Expected");
    expect(await faultsOf(page)).toEqual([]);
    await keepPicture(page, `teach-faults-360-${language}`);
    await page.context().close();
  });
});
