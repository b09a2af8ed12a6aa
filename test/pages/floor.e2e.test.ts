/**
 * The floor in a real browser: reactions, a nudge, a hand that is called, a page that is hidden, a
 * second tab, and questions that are unpinned and taken down.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { faultsOf, hasBrowser, keepPicture, openBrowser } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { PASSWORD, type SchoolServer, startSchoolServer } from "../support/server.ts";

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

describe.skipIf(!hasBrowser())("the floor in the browser", () => {
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

  const personOf = (name: string) =>
    teacher.locator("li[data-person]").filter({ has: teacher.getByText(name, { exact: true }) });

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

  test("a reaction is counted for all, and pressing too often is no error", async () => {
    const [ada, bob] = await Promise.all([joined("Ada"), joined("Bob")]);
    const clap = button(ada, /^Applause/);

    await clap.click();
    await clap.click({ force: true });
    await clap.click({ force: true });

    await ada.getByText("Sent: Applause").waitFor({ state: "attached" });
    await bob.locator(".reactions").getByText("1", { exact: true }).waitFor();
    await teacher.locator(".reactions").getByText("1", { exact: true }).waitFor();
    await ada.locator('.reaction[aria-disabled="false"]').first().waitFor();
    await clap.click();
    await bob.locator(".reactions").getByText("2", { exact: true }).waitFor();
    expect(await ada.locator(".notice-bad").count()).toBe(0);
    expect(await faultsOf(ada)).toEqual([]);
    expect(await faultsOf(teacher)).toEqual([]);
    await keepPicture(ada, "student-reactions-360");
    await Promise.all([ada.context().close(), bob.context().close()]);
  }, 60_000);

  test("a nudge and a call are loud, for whom they are alone, also after a reload, until heard", async () => {
    const [cem, dora] = await Promise.all([joined("Cem"), joined("Dora")]);
    await personOf("Cem").getByText("Manage").click();
    await personOf("Cem").getByLabel("What you want to say").fill("Try <b>once</b> more");
    await personOf("Cem").getByRole("button", { name: "Nudge" }).click();
    await personOf("Cem").getByText("Sent.").waitFor();
    const told = cem.getByRole("alert").getByText("Try <b>once</b> more");
    await told.waitFor();
    expect(await cem.title()).toContain("Try <b>once</b> more");
    expect(await faultsOf(cem)).toEqual([]);
    await keepPicture(cem, "student-nudge-360");

    await cem.reload();
    await told.waitFor();
    await button(cem, "All right").click();
    await told.waitFor({ state: "detached" });
    await cem.reload();
    await cem.getByRole("heading", { name: "Nothing to answer now" }).waitFor();
    expect(await told.count()).toBe(0);

    await button(cem, "Raise hand").click();
    await button(teacher, "Call on Cem").click();
    await cem.getByRole("alert").getByText("It is your turn").waitFor();
    await keepPicture(cem, "student-called-360");
    expect(await dora.locator("[data-told]").count()).toBe(0);
    expect(await faultsOf(teacher)).toEqual([]);
    await Promise.all([cem.context().close(), dora.context().close()]);
  }, 60_000);

  test("the longest name fits a phone of the teacher, with the hand of its owner up", async () => {
    const page = await joined("W".repeat(40));
    await button(page, "Raise hand").click();
    await button(teacher, `Call on ${"W".repeat(40)}`).waitFor();

    await teacher.setViewportSize(PHONE);

    expect(await teacher.evaluate("document.documentElement.scrollWidth > innerWidth")).toBe(false);
    await teacher.setViewportSize(DESK);
    await page.context().close();
  }, 60_000);

  test("whose page is hidden is away for the teacher, and here again when he looks", async () => {
    const page = await joined("Eda");
    const frames: string[] = [];
    page.on("websocket", (socket) =>
      socket.on("framereceived", ({ payload }) => frames.push(String(payload))),
    );
    await page.reload();
    await page.getByRole("heading", { name: "Nothing to answer now" }).waitFor();
    const turn = (state: "hidden" | "visible"): Promise<void> =>
      page.evaluate(`
        Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true });
        document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
      `);

    await turn("hidden");
    await personOf("Eda").getByText("away").waitFor();
    await turn("visible");
    await turn("hidden");
    await turn("visible");

    await personOf("Eda").getByText("here").waitFor();
    await turn("hidden");
    await personOf("Eda").getByText("away").waitFor();
    await page.context().setOffline(true);
    await personOf("Eda")
      .getByText(/reconnecting|offline/)
      .waitFor();
    await page.context().setOffline(false);
    await personOf("Eda").getByText("away").waitFor();
    expect(frames.length).toBeGreaterThan(0);
    expect(frames.join("\n")).not.toContain("rate-limited");
    await page.context().close();
  }, 60_000);

  test("a second tab takes over, the first says so and offers to take it back", async () => {
    const first = await joined("Finn");
    const second = await first.context().newPage();
    await second.goto(school.url);
    await second.getByRole("heading", { name: "Nothing to answer now" }).waitFor();

    await first.getByRole("heading", { name: "open somewhere else" }).waitFor();
    expect(await first.getByRole("button").allInnerTexts()).toEqual(["Use this one instead"]);
    expect(await faultsOf(first)).toEqual([]);
    await keepPicture(first, "student-superseded-360");
    await button(first, "Use this one instead").click();

    await first.getByRole("heading", { name: "Nothing to answer now" }).waitFor();
    await second.getByRole("heading", { name: "open somewhere else" }).waitFor();
    await first.context().setOffline(true);
    await first.getByText("You are offline").waitFor();
    await first.context().setOffline(false);
    await first.getByText("You are offline").waitFor({ state: "detached" });
    await button(first, "Raise hand").click();
    await first.getByText("Place in the queue").waitFor();
    await second.getByRole("heading", { name: "open somewhere else" }).waitFor();
    await first.context().close();
  }, 60_000);

  test("a question is shown, unpinned and taken down; the next one may follow in ten seconds", async () => {
    const [board] = await Promise.all([
      teacher.context().waitForEvent("page"),
      button(teacher, "Open the board").click(),
    ]);
    await board.getByText("Ready for the next question").waitFor();
    await teacher.bringToFront();
    const [gus, hana] = await Promise.all([joined("Gus"), joined("Hana")]);
    await gus.getByLabel("Ask the teacher a question").fill("Why?");
    await button(gus, "Send question").click();
    await gus.getByText("Your question was sent.").waitFor();
    await gus.getByText(/You can ask again in \d+ s/).waitFor();
    await gus.getByLabel("Ask the teacher a question").fill("And how?");
    await button(gus, "Send question").click({ force: true });
    expect(await gus.getByLabel("Ask the teacher a question").inputValue()).toBe("And how?");
    expect(await gus.locator(".notice-bad").count()).toBe(0);

    await button(teacher, "Show to all: Why?").click();
    await hana.getByText("Why?").first().waitFor();
    await board.locator("[data-wall]").getByText("Why?").waitFor();
    expect(await faultsOf(board)).toEqual([]);
    await keepPicture(board, "board-questions-1280");
    await button(teacher, "Unpin: Why?").click();
    await board.locator("[data-wall]").waitFor({ state: "detached" });
    await button(teacher, "Show to all: Why?").waitFor();
    expect(await faultsOf(teacher)).toEqual([]);
    await keepPicture(teacher, "teach-questions-1280");
    await button(teacher, "Take down: Why?").click();
    await teacher.getByRole("dialog").getByRole("button", { name: "Take down: Why?" }).click();
    await eventually(async () => (await hana.getByText("Why?").count()) === 0);
    await eventually(async () => (await gus.getByText("Why?").count()) === 0);

    await gus.getByText(/You can ask again in \d+ s/).waitFor({ state: "detached" });
    await button(gus, "Send question").click();
    await button(teacher, "Show to all: And how?").waitFor();
    await Promise.all([gus.context().close(), hana.context().close()]);
  }, 60_000);
});
