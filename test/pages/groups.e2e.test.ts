/** A class in groups in a real browser: made, opened, asked apart, told, and called back. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { faultsOf, hasBrowser, keepPicture, openBrowser } from "../support/browser.ts";
import { PASSWORD, type SchoolServer, startSchoolServer } from "../support/server.ts";

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

describe.skipIf(!hasBrowser())("groups in the browser", () => {
  let browser: Browser;
  let school: SchoolServer;
  let teacher: Page;
  let code: string;

  const opened = async (path: string, viewport: typeof PHONE): Promise<Page> => {
    const context = await browser.newContext({ viewport, locale: "en" });
    const page = await context.newPage();
    await page.goto(`${school.url}${path}`);
    await page.locator("h1").first().waitFor();
    return page;
  };

  const joined = async (name: string): Promise<Page> => {
    const page = await opened(`/join/${code}`, PHONE);
    await page.getByLabel("Your name").fill(name);
    await button(page, "Join").click();
    await page.getByRole("heading", { name: "Nothing to answer now" }).waitFor();
    return page;
  };

  beforeAll(async () => {
    [browser, school] = await Promise.all([openBrowser(), startSchoolServer()]);
    teacher = await opened("/teach", DESK);
    await teacher.locator("#school").fill("north");
    await teacher.locator("#email").fill("teacher@school.example");
    await teacher.locator("#password").fill(PASSWORD);
    await button(teacher, "Sign in").click();
    await button(teacher, /^Start a session/)
      .first()
      .click();
    await button(teacher, "Open the lobby").click();
    await button(teacher, "Start the lesson").click();
    code = (await teacher.locator("[data-code]").getAttribute("data-code")) ?? "";
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await school.stop();
  });

  test("who chose a group is asked in it, alone with it, and called back with all", async () => {
    const [ada, bob] = await Promise.all([joined("Ada"), joined("Bob")]);
    await teacher.getByLabel("How to make groups").selectOption("self-selected");
    await teacher.getByLabel("Number of groups").fill("2");
    await button(teacher, "Plan groups").click();
    await button(ada, /^Join .?group 1/).click();
    await ada.getByRole("heading", { name: /^Group/ }).waitFor();
    await button(bob, /^Join .?group 2/).click();
    await teacher.getByLabel(/^Group of .*Bob/).waitFor();
    expect(await faultsOf(ada)).toEqual([]);
    expect(await faultsOf(teacher)).toEqual([]);

    await teacher.getByLabel("Minutes, or empty").fill("10");
    await button(teacher, "Open groups").click();
    await bob.getByText(/^In your group/).waitFor();
    await bob.getByRole("timer").waitFor();
    await button(teacher, "Ask 1").click();
    await ada.locator("[data-round], .question").first().waitFor();
    await teacher.locator('[data-group="1"] [data-stage="open"]').waitFor();
    expect(await bob.locator(".question").count()).toBe(0);
    await keepPicture(ada, "student-group-360");
    await keepPicture(teacher, "teach-groups-1280");
    expect(await faultsOf(teacher)).toEqual([]);

    await ada.getByRole("radio", { name: "Atlantic" }).check();
    await button(ada, "Send answer").click();
    await ada.locator('[data-status="saved"]').waitFor();
    const group = teacher.locator('[data-group="1"]');
    await group.getByRole("button", { name: "Close answers" }).click();
    await group.getByText("Correct the key").click();
    await group.getByRole("checkbox", { name: "Atlantic" }).check();
    await group.getByRole("button", { name: "Score again" }).click();
    await group.getByText("Results that changed: 1").waitFor();
    expect(await faultsOf(teacher)).toEqual([]);

    await teacher.getByLabel("Announcement to all groups").fill("Draw <it>");
    await button(teacher, "Tell groups").click();
    await bob.getByText("Draw <it>").waitFor();
    await button(teacher, "Call everybody back").click();
    await button(teacher, "Call everybody back").last().click();
    await teacher.locator('[data-groups="closing"]').waitFor();
    await ada.locator('[data-groups="closing"]').waitFor();

    await button(teacher, "Pause").click();
    await teacher.locator('[data-groups="closing"] [data-frozen]').waitFor();
    await ada.locator('[data-groups="closing"] [data-frozen]').waitFor();
    await keepPicture(ada, "student-group-paused-360");
    await button(teacher, "Resume").click();
    await ada.locator('[data-groups="closing"] [data-frozen]').waitFor({ state: "detached" });

    expect(await faultsOf(bob)).toEqual([]);
    await Promise.all([ada.context().close(), bob.context().close()]);
  }, 60_000);
});
