/**
 * Corrections in a real browser: attendance and names by hand, points and comments, and keys.
 *
 * The tests are one lesson in order: each goes on where the one before it ended.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { faultsOf, hasBrowser, keepPicture, openBrowser } from "../support/browser.ts";
import { PASSWORD, type SchoolServer, startSchoolServer } from "../support/server.ts";

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };
const WITHIN_MS = 15_000;

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

describe.skipIf(!hasBrowser())("corrections in the browser", () => {
  let browser: Browser;
  let school: SchoolServer;
  let teacher: Page;
  let bob: Page;

  const opened = async (path: string, options: object): Promise<Page> => {
    const context = await browser.newContext({ locale: "en", ...options });
    context.setDefaultTimeout(WITHIN_MS);
    const page = await context.newPage();
    await page.goto(`${school.url}${path}`);
    await page.locator("h1").first().waitFor();
    return page;
  };

  const joined = async (code: string, name: string): Promise<Page> => {
    const page = await opened(`/join/${code}`, { viewport: PHONE });
    await page.getByLabel("Your name").fill(name);
    await button(page, "Join").click();
    await page.getByRole("heading", { name: "Nothing to answer now" }).waitFor();
    return page;
  };

  const personOf = (name: string) =>
    teacher.locator("li[data-person]").filter({ has: teacher.getByText(name, { exact: true }) });

  /** On a phone nothing is wider than the screen. */
  const fitsPhone = async (page: Page, picture: string): Promise<void> => {
    await page.setViewportSize(PHONE);
    expect(await page.evaluate("document.documentElement.scrollWidth > innerWidth")).toBe(false);
    await keepPicture(page, `${picture}-360`);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await faultsOf(page)).toEqual([]);
    await keepPicture(page, `${picture}-360-dark`);
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize(DESK);
  };

  beforeAll(async () => {
    [browser, school] = await Promise.all([openBrowser(), startSchoolServer()]);
    teacher = await opened("/teach", { viewport: DESK });
    await teacher.locator("#school").fill("north");
    await teacher.locator("#email").fill("teacher@school.example");
    await teacher.locator("#password").fill(PASSWORD);
    await button(teacher, "Sign in").click();
    await button(teacher, /^Start a session/)
      .first()
      .click();
    await button(teacher, "Open the lobby").click();
    await button(teacher, "Start the lesson").click();
    const code = (await teacher.locator("[data-code]").getAttribute("data-code")) ?? "";
    [, bob] = await Promise.all([joined(code, "Ada"), joined(code, "Bob")]);
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await school.stop();
  });

  test("a name and attendance are set by hand in the roster", async () => {
    await personOf("Ada").getByText("Manage").click();
    const attendance = teacher.getByLabel("Attendance of Ada");
    expect(await attendance.inputValue()).toBe("");
    expect(await attendance.locator("option").first().innerText()).toMatch(/^as measured: \w+$/);
    await attendance.selectOption("late");
    await personOf("Ada").getByText("Saved.").waitFor({ state: "attached" });
    expect(await attendance.inputValue()).toBe("late");
    await personOf("Bob").getByText("Manage").click();
    await personOf("Bob").getByLabel("Name in this lesson").fill("Bobby");
    await personOf("Bob").getByRole("button", { name: "Rename" }).click();
    await personOf("Bobby").waitFor();
    await bob.reload();
    await bob.getByRole("heading", { name: "Nothing to answer now" }).waitFor();
    expect(await faultsOf(teacher)).toEqual([]);
    await keepPicture(teacher, "teach-manage-1280");
    await fitsPhone(teacher, "teach-manage");
  }, 60_000);

  test("attendance is marked in the report, and taken back to what was measured", async () => {
    await teacher.getByRole("link", { name: "Report" }).click();
    const ofAda = teacher.getByLabel("Attendance of Ada");
    await ofAda.waitFor();
    expect(await ofAda.inputValue()).toBe("late");
    await ofAda.selectOption("");
    await teacher.getByText("Saved.").first().waitFor({ state: "attached" });
    expect(await ofAda.inputValue()).toBe("");
    await teacher.getByLabel("Attendance of Bobby").selectOption("excused");
    await teacher.getByText("Saved.").nth(1).waitFor({ state: "attached" });
    await teacher.reload();
    await teacher.getByLabel("Attendance of Bobby").waitFor();
    expect(await teacher.getByLabel("Attendance of Bobby").inputValue()).toBe("excused");
    expect(await faultsOf(teacher)).toEqual([]);
  }, 60_000);
});
