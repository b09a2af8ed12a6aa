/** The report in a real browser, beside its rounds: groups, questions of the class, files. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { faultsOf, hasBrowser, keepPicture, openBrowser } from "../support/browser.ts";
import { parsePart } from "../support/school.ts";
import { PASSWORD, type SchoolServer, startSchoolServer } from "../support/server.ts";

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

describe.skipIf(!hasBrowser())("the report in the browser", () => {
  let browser: Browser;
  let school: SchoolServer;
  let sessionId: string;

  const post = async (path: string, json: object, token?: string) => {
    const response = await fetch(`${school.url}/api/v1${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(json),
    });
    expect([path, json, response.ok]).toEqual([path, json, true]);
    return parsePart(await response.json());
  };

  /** Two groups, each asked once; Ada answers, and asks the class. */
  beforeAll(async () => {
    [browser, school] = await Promise.all([openBrowser(), startSchoolServer()]);
    const [north] = school.schools;
    const token = await school.signIn(north, "teacher");
    const made = await post("/sessions", { lessonId: north.lessonId }, token);
    sessionId = String(made["id"]);
    const send = async (json: object, by = token) =>
      post(`/sessions/${sessionId}/commands`, json, by);
    await send({ type: "session.open-lobby" });
    const seats = await Promise.all(
      ["Ada", "بدر"].map((name) => post("/join", { code: made["joinCode"], name })),
    );
    await send({ type: "session.start" });
    const groups = seats.map(({ participantId }, index) => ({
      name: index === 0 ? "Reds" : "Blues",
      participantIds: [participantId],
    }));
    const planned = await send({ type: "groups.plan", strategy: "by-hand", groups });
    await send({ type: "groups.open" });
    for (const [index, { accessToken }] of seats.entries()) {
      const groupId = `g${Number(planned["seq"])}-${index + 1}`;
      const item = { kind: "true-false", prompt: "The sun is a star.", correct: true };
      const opened = await send({ type: "round.open", item, groupId });
      const roundId = `r${Number(opened["seq"])}`;
      const answer = { value: index === 0 };
      await send({ type: "answer.submit", roundId, answer }, String(accessToken));
      await send({ type: "round.close", roundId });
    }
    const asked = await send(
      { type: "question.ask", text: "Why <b> is it hot?" },
      String(seats[0]?.["accessToken"]),
    );
    await send({ type: "question.resolve", questionId: `q${Number(asked["seq"])}` });
    await send({ type: "session.end" });
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await school.stop();
  });

  const opened = async (locale: string): Promise<Page> => {
    const context = await browser.newContext({ viewport: DESK, locale });
    const page = await context.newPage();
    await page.goto(`${school.url}/teach`);
    await page.locator("#school").fill("north");
    await page.locator("#email").fill("teacher@school.example");
    await page.locator("#password").fill(PASSWORD);
    await page.locator("form button[type=submit]").click();
    await page.locator("#email").waitFor({ state: "detached" });
    await page.goto(`${school.url}/teach#/session/${sessionId}/report`);
    await page.locator("[data-part=groups]").waitFor();
    return page;
  };

  const fileOf = async (page: Page, name: string | RegExp): Promise<string> => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      button(page, name).click(),
    ]);
    return Bun.file((await download.path()) ?? "").text();
  };

  test("has groups with their shares, questions with who asked, and files of each", async () => {
    const page = await opened("en");
    const groups = page.locator("[data-part=groups]");
    await groups.getByRole("rowheader", { name: "Reds" }).waitFor();
    expect(await groups.getByRole("cell").allTextContents()).toEqual(["Ada", "100%", "بدر", "0%"]);
    const questions = page.locator("[data-part=questions]");
    expect(await questions.getByRole("listitem").allTextContents()).toEqual([
      "Why <b> is it hot?Ada · Votes: 0answered",
    ]);
    await page.getByText("Group Reds").waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await keepPicture(page, "teach-report-groups-1280");
    expect(await fileOf(page, "Download PDF")).toStartWith("%PDF-");
    expect(await fileOf(page, "Download CSV: Groups")).toStartWith("groupId,group,rounds");
    expect(await fileOf(page, /Download CSV: Questions/)).toContain("Why <b> is it hot?");
    await page.setViewportSize(PHONE);
    expect(await page.evaluate("document.documentElement.scrollWidth > innerWidth")).toBe(false);
    await keepPicture(page, "teach-report-groups-360");
    await page.context().close();
  }, 60_000);

  test("is set in the language of the page", async () => {
    const page = await opened("ar");
    expect(await fileOf(page, "تنزيل PDF")).toContain("/Lang (ar)");
    expect(await faultsOf(page)).toEqual([]);
    await keepPicture(page, "teach-report-groups-ar");
    await page.context().close();
  }, 60_000);
});
