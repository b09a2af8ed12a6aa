/** The editor of lessons in the browser, and what its lists are narrowed by. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { CATALOGUE, LANGUAGES } from "../../src/pages/words/words.ts";
import { faultsOf, hasBrowser, keepPicture, openBrowser } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
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

  test("an import that cannot be read names its lines in the teacher's language", async () => {
    const page = await signedIn({ locale: "de" });
    const words = CATALOGUE["de"];
    await page.getByRole("button", { name: words["t.import"] }).click();
    await page
      .getByLabel(words["t.import-text"])
      .fill("::Good:: Fine? {T}\n\n::Bad:: What { =a ~b");
    await page.getByRole("button", { name: words["t.do-import"], exact: true }).click();
    const faults = page.locator("ul.notice-bad");
    await faults.waitFor();
    expect(await faults.innerText()).toBe(`Zeile 3: ${words["t.fault.no-question"]}`);
    expect(await faultsOf(page)).toEqual([]);
    await page.context().close();
  });

  test("steps have tags and standards of their own, and the list is narrowed by both", async () => {
    const page = await signedIn({ viewport: { width: 1280, height: 800 } });
    const save = async (): Promise<void> => {
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved.").waitFor();
    };
    await page.getByRole("link", { name: "New lesson" }).click();
    await page.getByLabel("Title", { exact: true }).fill("Leaves");
    await page.locator("#tags").fill("botany");
    await page.locator("#standards").fill("NGSS | MS-LS1-6 | Light\nNGSS | MS-LS2-1");
    await page.getByRole("button", { name: "Add text" }).click();
    await page.getByRole("button", { name: "Add text" }).click();
    const second = page.getByRole("region", { name: "Step 2" });
    await second.getByText("Tags and standards of this step").click();
    await second.getByLabel("Tags of this step").fill("cells\nlight");
    await second.getByLabel("NGSS | MS-LS1-6").check();
    await save();
    expect(await faultsOf(page)).toEqual([]);
    await page.reload();
    await second.getByText("Tags and standards of this step").click();
    expect(await second.getByLabel("Tags of this step").inputValue()).toBe("cells\nlight");
    expect(await second.getByLabel("NGSS | MS-LS1-6").isChecked()).toBe(true);
    expect(await second.getByLabel("NGSS | MS-LS2-1").isChecked()).toBe(false);
    await keepPicture(page, "teach-step-about-1280");

    await page.getByRole("link", { name: "Back" }).click();
    const lessons = page.locator("ul.list > li").filter({ has: page.getByText("Start a session") });
    await page.getByRole("button", { name: "Standard: NGSS MS-LS1-6" }).click();
    await page.getByRole("button", { name: "No longer only: Standard: NGSS MS-LS1-6" }).waitFor();
    await eventually(async () => (await lessons.count()) === 1);
    await page.getByRole("button", { name: "Tag: botany", exact: true }).click();
    await page.getByRole("button", { name: "No longer only: Tag: botany" }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await keepPicture(page, "teach-narrowed-1280");
    await page.getByRole("button", { name: "No longer only: Standard" }).click();
    await page.getByRole("button", { name: "No longer only: Tag" }).click();
    await eventually(async () => (await lessons.count()) > 1);
    await page.setViewportSize(PHONE);
    expect(await page.evaluate("document.documentElement.scrollWidth > innerWidth")).toBe(false);
    await page.context().close();
  });
});
