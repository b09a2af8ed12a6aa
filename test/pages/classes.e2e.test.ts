/** Classes in a real browser: made, filled, taught, and looked at over their sessions. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { faultsOf, hasBrowser, keepPicture, openBrowser } from "../support/browser.ts";
import { parsePart } from "../support/school.ts";
import { PASSWORD, type SchoolServer, startSchoolServer } from "../support/server.ts";
import { factOf } from "../support/taught.ts";

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };
const TEST_MS_MAX = 60_000;
const WITHIN_MS = 10_000;

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

/** Nothing sticks out of a narrow page. */
const fits = (page: Page) =>
  page.evaluate<boolean>("document.documentElement.scrollWidth <= innerWidth");

describe.skipIf(!hasBrowser())("classes in the browser", () => {
  let browser: Browser;
  let school: SchoolServer;
  let teacher: Page;

  const opened = async (path: string, options: object): Promise<Page> => {
    const context = await browser.newContext({ viewport: DESK, locale: "en", ...options });
    context.setDefaultTimeout(WITHIN_MS);
    const page = await context.newPage();
    await page.goto(`${school.url}${path}`);
    await page.locator("h1").first().waitFor();
    return page;
  };

  const signedIn = async (person: string, options: object = {}, path = "/teach"): Promise<Page> => {
    const page = await opened(path, options);
    await page.locator("#school").fill("north");
    await page.locator("#email").fill(`${person}@school.example`);
    await page.locator("#password").fill(PASSWORD);
    await page.locator('button[type="submit"]').click();
    await page.locator('a[href^="#/lesson/new"]').waitFor();
    return page;
  };

  beforeAll(async () => {
    [browser, school] = await Promise.all([openBrowser(), startSchoolServer()]);
    teacher = await signedIn("teacher");
  }, TEST_MS_MAX);

  afterAll(async () => {
    await browser.close();
    await school.stop();
  });

  const ask = async (path: string, token: string, json: object): Promise<unknown> => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const body = JSON.stringify(json);
    return (await fetch(`${school.url}/api/v1${path}`, { method: "POST", headers, body })).json();
  };

  /** The student of the class comes and is right about the first question. */
  const taught = async (code: string): Promise<void> => {
    const [north] = school.schools;
    const [host, student] = await Promise.all([
      school.signIn(north, "teacher"),
      school.signIn(north, "student"),
    ]);
    const { sessionId } = parsePart(await ask("/join", student, { code }));
    const path = `/sessions/${String(sessionId)}/commands`;
    const opened = await ask(path, host, { type: "round.open", stepId: "ocean" });
    const { roundId } = factOf(opened, "round.opened");
    await ask(path, student, { type: "answer.submit", roundId, answer: { choice: "b" } });
    await ask(path, host, { type: "round.close", roundId });
  };

  const makeClass = async (page: Page, title: string): Promise<void> => {
    await page.getByLabel("Name of the class").fill(title);
    await button(page, "Make class").click();
    await page.getByRole("heading", { name: title }).waitFor();
    await page.getByText("Nobody is in this class yet.").waitFor();
  };

  test(
    "an owner's list makes accounts, whose passwords are shown once",
    async () => {
      const owner = await signedIn("owner", { viewport: PHONE });
      await makeClass(owner, "9a");
      await owner.getByText("Paste a list").click();
      const names = ["Nia Nova", "نور", "Zoë O’Neil"].map(
        (name, n) => `${name}\tn${n}@school.example`,
      );
      await owner.getByLabel("List of students").fill(names.join("\n"));
      await button(owner, "Add all").click();
      await owner.getByText("New accounts.").waitFor();
      const passwords = await owner.locator("td code").allInnerTexts();
      expect(passwords.filter((each) => /^([a-z2-9]{4}-?){3}$/.test(each))).toHaveLength(3);
      expect([await fits(owner), await faultsOf(owner)]).toEqual([true, []]);
      await keepPicture(owner, "class-passwords-360");
      await owner.reload();
      await owner.getByRole("heading", { name: "Students: 3" }).waitFor();
      expect(await owner.locator("td code").count()).toBe(0);
      await owner.context().close();
    },
    TEST_MS_MAX,
  );

  test(
    "a teacher makes a class, fills it by search and by a list, and renames it",
    async () => {
      await makeClass(teacher, "7b <Biology>");
      expect(await faultsOf(teacher)).toEqual([]);
      await teacher.getByRole("searchbox").fill("THE STU");
      await teacher.keyboard.press("Enter");
      await button(teacher, "Add The student").click();
      await teacher.locator('[data-member="The student"]').waitFor();
      await teacher.getByText("in the class").waitFor();

      await teacher.getByText("Paste a list").click();
      const list = teacher.getByLabel("List of students");
      await list.fill("no address\nBo, owner@school.example");
      await button(teacher, "Add all").click();
      await teacher.getByText("Line 1: there is no e-mail address.").waitFor();
      await list.fill("\nnobody@school.example\nBo, owner@school.example");
      await button(teacher, "Add all").click();
      await teacher.getByText("Line 2: no student has this address.").waitFor();
      expect(await faultsOf(teacher)).toEqual([]);
      await keepPicture(teacher, "class-list-wrong-1280");
      // More than are sent at once: the line is that of the whole list.
      await list.fill(`${"student@school.example\n".repeat(51)}nobody@school.example`);
      await button(teacher, "Add all").click();
      await teacher.getByText("Line 52: no student has this address.").waitFor();
      await list.fill("Whoever <n0@school.example>");
      await button(teacher, "Add all").click();
      await teacher.getByText("Everybody of the list is in the class.").waitFor();
      await teacher.getByRole("heading", { name: "Students: 2" }).waitFor();

      await button(teacher, /^Remove.*Nia Nova/).click();
      await teacher.getByRole("heading", { name: "Students: 1" }).waitFor();
      await list.fill("n0@school.example; n1@school.example");
      await button(teacher, "Add all").click();
      await teacher.getByRole("heading", { name: "Students: 3" }).waitFor();
      await button(teacher, "Add all").waitFor();
      await teacher.getByLabel("Name of the class").fill("8b");
      await button(teacher, "Rename").click();
      await teacher.getByRole("heading", { name: "8b" }).waitFor();
      await keepPicture(teacher, "class-1280");
      expect(await faultsOf(teacher)).toEqual([]);
    },
    TEST_MS_MAX,
  );

  test(
    "a session for a class shows who has not come, and so does its report",
    async () => {
      await teacher.goto(`${school.url}/teach#/`);
      await teacher.getByLabel("Start sessions for").selectOption({ label: "8b" });
      expect(await faultsOf(teacher)).toEqual([]);
      await keepPicture(teacher, "teach-home-classes-1280");
      await button(teacher, /^Start a session/)
        .first()
        .click();
      await button(teacher, "Open the lobby").click();
      await teacher.getByText("Not here yet: 3").click();
      await teacher.locator("[data-missing]").getByText("The student").waitFor();
      await button(teacher, "Start the lesson").click();
      await taught((await teacher.locator("[data-code]").getAttribute("data-code")) ?? "");
      await teacher.getByText("Not here yet: 2").waitFor();
      expect(await teacher.locator("[data-missing]").innerText()).toBe("Nia Nova\nنور");
      await teacher.locator('[data-stage="scored"]').waitFor();
      await keepPicture(teacher, "teach-run-class-1280");
      expect(await faultsOf(teacher)).toEqual([]);
      await button(teacher, "End the lesson").click();
      await button(teacher, "End the lesson").last().click();
      await teacher.locator('[data-phase="wrapup"]').waitFor();
      await teacher.getByRole("link", { name: "Report" }).click();
      const row = teacher.getByRole("row").filter({ hasText: "Nia Nova" });
      await row.getByText("absent").waitFor();
      await keepPicture(teacher, "report-class-1280");
    },
    TEST_MS_MAX,
  );

  test(
    "the report of a class has its sessions and students, on a desk and on a phone",
    async () => {
      await teacher.goto(`${school.url}/teach#/`);
      await teacher.getByText(/Wrapping up ·.*8b/).waitFor();
      await teacher.getByRole("link", { name: /^Report.*8b/ }).click();
      await teacher.getByRole("heading", { name: "Share of points by session" }).waitFor();
      await teacher
        .getByText(/absent: 2$/)
        .first()
        .waitFor();
      expect(await faultsOf(teacher)).toEqual([]);
      await keepPicture(teacher, "class-report-1280");
      for (const [language, scheme] of [
        ["ar", "dark"],
        ["de", "light"],
      ] as const) {
        const options = { viewport: PHONE, colorScheme: scheme };
        const phone = await signedIn("teacher", options, `/teach?lang=${language}`);
        const seen = async (name: string): Promise<void> => {
          await keepPicture(phone, `classes-${language}-${name}-360`);
          expect([await fits(phone), await faultsOf(phone)]).toEqual([true, []]);
        };
        const report = phone.locator('a[href^="#/class/"][href$="/report"]');
        await report.waitFor();
        await seen("home");
        await report.click();
        await phone.locator("table").waitFor();
        await seen("report");
        await phone.locator('a[href^="#/class/"]').click();
        await phone.locator("[data-member]").first().waitFor();
        await seen("class");
        await phone.context().close();
      }
    },
    TEST_MS_MAX,
  );

  test(
    "a class is archived, found among the archived, and deleted",
    async () => {
      await teacher.goto(`${school.url}/teach#/`);
      await teacher.getByRole("link", { name: /^Open.*8b/ }).click();
      await button(teacher, "Archive").click();
      await button(teacher, "Take up again").waitFor();
      await teacher.getByRole("link", { name: "Back" }).click();
      await teacher.getByLabel("Show archived classes").check();
      await teacher.getByRole("link", { name: /^Open.*8b/ }).click();
      await button(teacher, "Delete").click();
      await button(teacher, "Delete").last().click();
      await teacher.getByText("No classes yet.").waitFor();
      expect(await teacher.getByLabel("Start sessions for").count()).toBe(0);
    },
    TEST_MS_MAX,
  );
});
