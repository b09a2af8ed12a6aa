/**
 * Schedules in a real browser: a session for later, its list, another time, who comes too early,
 * and a lobby that opens, or never does.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { faultsOf, hasBrowser, keepPicture, openBrowser } from "../support/browser.ts";
import { PASSWORD, type SchoolServer, startSchoolServer } from "../support/server.ts";

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };
const WITHIN_MS = 15_000;
/** Far from any change of clocks; the browser is told its zone. */
const LATER = "2031-01-15T09:30";
const LATEST = "2031-01-16T14:00";
const ZONE = "Pacific/Auckland";

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

describe.skipIf(!hasBrowser())("schedules in the browser", () => {
  let browser: Browser;
  let school: SchoolServer;
  let teacher: Page;
  let code: string;

  const opened = async (path: string, options: object = {}): Promise<Page> => {
    const context = await browser.newContext({
      ...{ locale: "en", timezoneId: ZONE, viewport: DESK },
      ...options,
    });
    context.setDefaultTimeout(WITHIN_MS);
    const page = await context.newPage();
    await page.goto(`${school.url}${path}`);
    await page.locator("h1").first().waitFor();
    return page;
  };

  const signIn = async (page: Page, who: string): Promise<void> => {
    await page.locator("#school").fill("north");
    await page.locator("#email").fill(`${who}@school.example`);
    await page.locator("#password").fill(PASSWORD);
    await button(page, "Sign in").click();
    await page.getByRole("heading", { name: "Lessons" }).waitFor();
  };

  beforeAll(async () => {
    [browser, school] = await Promise.all([openBrowser(), startSchoolServer()]);
    teacher = await opened("/teach");
    await signIn(teacher, "teacher");
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await school.stop();
  });

  const rows = (page: Page) => page.locator("[data-scheduled]");

  test("a session is scheduled from its lesson, for a time that is to come, in a named zone", async () => {
    await teacher.locator("summary").filter({ hasText: "Schedule" }).first().click();
    const time = teacher.getByLabel("Date and time of the beginning");
    await teacher.getByText(`time zone of this browser: ${ZONE}`).waitFor();
    await time.fill("2020-01-01T10:00");
    await teacher.getByText("Choose a time that is still to come.").waitFor();
    await button(teacher, "Schedule").click({ force: true });
    expect(await rows(teacher).count()).toBe(0);
    await time.fill(LATER);
    await teacher.getByText("Wed, Jan 15, 2031, 9:30 AM GMT+13").waitFor();
    expect(await faultsOf(teacher)).toEqual([]);
    await button(teacher, "Schedule").click();

    await rows(teacher).getByText("Wed, Jan 15, 2031, 9:30 AM GMT+13").waitFor();
    await teacher.getByText("Scheduled: Water on Earth").waitFor({ state: "attached" });
    code = (await rows(teacher).locator("bdi[dir=ltr]").innerText()).replace(" ", "");
    expect(code).toMatch(/^\w{6}$/);
    await rows(teacher).getByText("Change the time").waitFor();
    expect(await faultsOf(teacher)).toEqual([]);
    await keepPicture(teacher, "teach-scheduled-1280");
  }, 60_000);

  test("who comes early reads when it begins, in his own time and language", async () => {
    const early = async (options: object, label: string): Promise<Page> => {
      const page = await opened(`/join/${code}`, { viewport: PHONE, ...options });
      await page.locator("#name").fill("Ada");
      await button(page, label).click();
      await page.locator(".notice-bad").waitFor();
      return page;
    };
    const english = await early({ timezoneId: "Europe/Berlin" }, "Join");
    expect(await english.locator(".notice-bad").innerText()).toMatch(
      /not open yet\. It begins Tue, Jan 14, 2031, 9:30\sPM GMT\+1\./,
    );
    expect(await faultsOf(english)).toEqual([]);
    await keepPicture(english, "join-early-360");
    const german = await early({ locale: "de", timezoneId: "Europe/Berlin" }, "Teilnehmen");
    expect(await german.locator(".notice-bad").innerText()).toContain("Di., 14. Jan. 2031, 21:30");
    await Promise.all([english.context().close(), german.context().close()]);
  }, 60_000);

  test("another time is set in the list, and in the lesson's own screen", async () => {
    await rows(teacher).getByText("Change the time").click();
    const form = rows(teacher).getByLabel("Date and time of the beginning");
    expect(await form.inputValue()).toBe(LATER);
    await form.fill(LATEST);
    await rows(teacher).getByRole("button", { name: "Save" }).click();
    await rows(teacher).getByText("Saved.").waitFor();
    await rows(teacher).locator(".when").getByText("Jan 16, 2031, 2:00").waitFor();
    await teacher.setViewportSize(PHONE);
    expect(await teacher.evaluate("document.documentElement.scrollWidth > innerWidth")).toBe(false);
    await teacher.emulateMedia({ colorScheme: "dark" });
    expect(await faultsOf(teacher)).toEqual([]);
    await keepPicture(teacher, "teach-scheduled-360-dark");
    await teacher.emulateMedia({ colorScheme: "light" });
    await teacher.setViewportSize(DESK);

    await rows(teacher).getByRole("link", { name: "Open" }).click();
    await teacher.getByText("Begins Thu, Jan 16, 2031, 2:00 PM GMT+13").waitFor();
    await teacher.getByText("Change the time").click();
    await teacher.getByLabel("Date and time of the beginning").fill(LATER);
    await button(teacher, "Save").click();
    await teacher.getByText("Begins Wed, Jan 15, 2031").waitFor();
    expect(await faultsOf(teacher)).toEqual([]);
    await keepPicture(teacher, "teach-run-scheduled-1280");
    await teacher.getByRole("link", { name: "Back" }).click();
    await rows(teacher).locator(".when").getByText("Jan 15, 2031, 9:30").waitFor();
  }, 60_000);

  test("who may do nothing with it has no buttons: they follow what the session lets him do", async () => {
    const owner = await opened("/teach");
    await signIn(owner, "owner");
    await rows(owner).getByRole("link", { name: "Open" }).waitFor();
    await owner.waitForLoadState("networkidle");
    expect(await rows(owner).getByRole("button").count()).toBe(0);
    expect(await rows(owner).getByText("Change the time").count()).toBe(0);
    await owner.context().close();
  }, 60_000);

  test("its lobby opens from the list; another one is cancelled, and is then one of the others", async () => {
    await button(teacher, "Open the lobby").click();
    await button(teacher, "Start the lesson").waitFor();
    expect(await teacher.getByText("Begins Wed").count()).toBe(0);
    await teacher.getByRole("link", { name: "Back" }).click();
    await teacher.getByRole("heading", { name: "Sessions" }).waitFor();
    expect(await rows(teacher).count()).toBe(0);
    await teacher.locator("summary").filter({ hasText: "Schedule" }).first().click();
    await teacher.getByLabel("Date and time of the beginning").fill(LATER);
    await button(teacher, "Schedule").click();
    await button(teacher, "Cancel the session").click();
    await teacher.getByRole("dialog").getByRole("button", { name: "Cancel the session" }).click();

    await rows(teacher).waitFor({ state: "detached" });
    await teacher.getByText("Cancelled").waitFor();
  }, 60_000);

  test("a session that was made for now is scheduled on its screen, and a class has its own", async () => {
    const token = await school.signIn(school.schools[0], "teacher");
    const made = await fetch(`${school.url}/api/v1/classes`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ title: "7b" }),
    });
    expect(made.status).toBe(201);
    await button(teacher, /^Start a session/)
      .first()
      .click();
    await teacher.locator("summary").filter({ hasText: "Schedule" }).click();
    await teacher.getByLabel("Date and time of the beginning").fill(LATER);
    await button(teacher, "Schedule").or(button(teacher, "Save")).click();
    await teacher.getByText("Begins Wed, Jan 15, 2031").waitFor();
    await teacher.locator('[data-phase="scheduled"]').waitFor();
    await teacher.getByRole("link", { name: "Back" }).click();
    await rows(teacher).waitFor();
    await teacher.reload();
    await teacher.getByLabel("Start sessions for").selectOption({ label: "7b" });
    await teacher.locator("summary").filter({ hasText: "Schedule" }).first().click();
    await teacher.getByLabel("Date and time of the beginning").fill(LATEST);
    await button(teacher, "Schedule").click();

    await rows(teacher).nth(1).getByText("7b").waitFor();
    await rows(teacher).nth(1).getByText("Jan 16, 2031").waitFor();
    expect(await rows(teacher).first().getByText("7b").count()).toBe(0);
  }, 60_000);
});
