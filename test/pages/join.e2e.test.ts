/**
 * The way in, in a real browser: the form that the server draws, and joining with an account.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { CATALOGUE, LANGUAGES } from "../../src/pages/words/words.ts";
import { faultsOf, hasBrowser, keepPicture, openBrowser } from "../support/browser.ts";
import { type Lesson, openLesson } from "../support/lesson.ts";
import { PASSWORD, type SchoolServer, startSchoolServer } from "../support/server.ts";

const PHONE = { width: 360, height: 740 };

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

describe.skipIf(!hasBrowser())("joining in the browser", () => {
  let browser: Browser;
  let school: SchoolServer;
  let lesson: Lesson;

  beforeAll(async () => {
    [browser, school] = await Promise.all([openBrowser(), startSchoolServer()]);
    lesson = await openLesson(school);
  }, 60_000);

  afterAll(async () => {
    lesson.close();
    await browser.close();
    await school.stop();
  });

  const contextWith = (options: object = {}): Promise<BrowserContext> =>
    browser.newContext({ viewport: PHONE, locale: "en", ...options });

  const fillAccount = async (page: Page, password: string): Promise<void> => {
    await page.getByLabel("School").fill("north");
    await page.getByLabel("E-mail").fill("student@school.example");
    await page.getByLabel("Password").fill(password);
  };

  const isIn = (page: Page): Promise<void> =>
    page.getByRole("heading", { name: "Nothing to answer now" }).waitFor();

  test.each([...LANGUAGES])(
    "the form is there without any script, and the script takes it as it is, in %s",
    async (language) => {
      const [bare, whole] = await Promise.all([
        contextWith({ locale: language, javaScriptEnabled: false }),
        contextWith({ locale: language }),
      ]);
      const faults: string[] = [];
      whole.on("weberror", (error) => faults.push(String(error.error())));
      whole.on("console", (message) =>
        message.type() === "error" ? faults.push(message.text()) : undefined,
      );
      const [drawn, page] = await Promise.all([bare.newPage(), whole.newPage()]);
      const path = `${school.url}/join/k7pm4x?lang=${language}`;

      await Promise.all([drawn.goto(path), page.goto(path)]);
      await page.waitForLoadState("networkidle");

      const textOf = (each: Page): Promise<string> => each.locator("#page").innerText();
      expect(await textOf(drawn)).toContain(CATALOGUE[language]["s.title"]);
      expect(await textOf(drawn)).toBe(await textOf(page));
      expect(await drawn.locator("#code").inputValue()).toBe("K7PM4X");
      expect(await drawn.locator("header a").getAttribute("href")).toBe(`/teach?lang=${language}`);
      expect(faults).toEqual([]);
      await Promise.all([bare.close(), whole.close()]);
    },
    30_000,
  );

  test("what is typed before the script has come is kept, and good", async () => {
    const context = await contextWith();
    const page = await context.newPage();
    const held = Promise.withResolvers<undefined>();
    await page.route(/\/assets\/join-/, async (route) => {
      await held.promise;
      await route.continue();
    });
    await page.goto(school.url, { waitUntil: "commit" });
    await page.getByLabel("Join code").fill(lesson.joinCode);
    await page.getByLabel("Your name").fill("Early");

    held.resolve(undefined);
    await page.waitForLoadState("networkidle");

    expect(await page.getByLabel("Join code").inputValue()).toBe(lesson.joinCode);
    await button(page, "Join").click();
    await isIn(page);
    await context.close();
  }, 30_000);

  test("who comes back to a seat never sees the form", async () => {
    const context = await contextWith();
    const page = await context.newPage();
    await page.goto(`${school.url}/join/${lesson.joinCode}`);
    await page.getByLabel("Your name").fill("Back");
    await button(page, "Join").click();
    await isIn(page);
    const held = Promise.withResolvers<undefined>();
    await page.route(/\/assets\/join-/, async (route) => {
      await held.promise;
      await route.continue();
    });

    await page.reload({ waitUntil: "commit" });
    await page.getByLabel("Join code").waitFor({ state: "attached" });

    expect(await page.getByLabel("Join code").isVisible()).toBe(false);
    held.resolve(undefined);
    await isIn(page);
    await context.close();
  }, 30_000);

  test("where the network lost the rest of the script, joining says so, and then asks again", async () => {
    const context = await contextWith();
    const page = await context.newPage();
    const first = await (await fetch(school.url)).text();
    const isLater = ({ pathname }: URL): boolean =>
      pathname.startsWith("/assets/shared-") && !first.includes(pathname);
    await page.route(isLater, (route) => route.abort());
    await page.goto(school.url);
    await page.getByLabel("Join code").fill(lesson.joinCode);
    await page.getByLabel("Your name").fill("Lost");
    await button(page, "Join").click();
    await page.getByRole("alert").getByText("The server cannot be reached").waitFor();

    await page.unroute(isLater);
    await button(page, "Join").click();

    await isIn(page);
    await context.close();
  }, 30_000);

  test("with an account: signed in and joined in one step, and still so after a reload", async () => {
    const context = await contextWith();
    const page = await context.newPage();
    await page.goto(school.url);
    await button(page, "I have an account").click();
    await page.getByLabel("Join code").fill(lesson.joinCode);
    expect(await page.getByLabel("Your name").count()).toBe(0);
    await fillAccount(page, "not the password");
    await button(page, "Join").click();
    await page.getByRole("alert").getByText("is not right").waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await keepPicture(page, "join-account-360");
    await fillAccount(page, PASSWORD);
    await button(page, "Join").click();
    await isIn(page);
    await page.reload();
    await isIn(page);

    await lesson.room.until(({ view }) => JSON.stringify(view).includes("The student"));
    await button(page, "Leave the lesson").click();
    await page.getByRole("dialog").getByRole("button", { name: "Leave the lesson" }).click();
    await page.getByText("Signed in as The student").waitFor();
    expect(await page.getByLabel("Your name").count()).toBe(0);
    expect(await faultsOf(page)).toEqual([]);
    await keepPicture(page, "join-signed-in-360");
    await page.goto(`${school.url}/join/${lesson.joinCode}`);
    await page.getByText("Signed in as The student").waitFor();
    await button(page, "Join").click();
    await isIn(page);
    await context.close();
  }, 60_000);

  test("a code that is wrong leaves one signed in; who signs out is nobody here", async () => {
    const context = await contextWith();
    const page = await context.newPage();
    await page.goto(`${school.url}/join/BBBBBB`);
    await button(page, "I have an account").click();
    await fillAccount(page, PASSWORD);
    await button(page, "Join").click();
    await page.getByRole("alert").getByText("No lesson has this code now").waitFor();
    await page.getByText("Signed in as The student").waitFor();

    await button(page, "Sign out").click();

    await page.getByLabel("School").waitFor();
    await button(page, "Back").click();
    await page.getByLabel("Your name").fill("Guest after all");
    await page.getByLabel("Join code").fill(lesson.joinCode);
    await button(page, "Join").click();
    await isIn(page);
    await context.close();
  }, 60_000);
});
