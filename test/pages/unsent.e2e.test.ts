/**
 * Answers that are not saved yet, in a real browser: a reload without a network, a change on the
 * way, a browser that keeps nothing, a lesson that takes an answer once.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { hasBrowser, openBrowser } from "../support/browser.ts";
import { type Lesson, openLesson } from "../support/lesson.ts";
import { type SchoolServer, startSchoolServer } from "../support/server.ts";

/** A machine that is busy takes several times as long. */
setDefaultTimeout(60_000);

const PHONE = { width: 360, height: 740 };
const ESSAY = { kind: "open-text", prompt: "Why is the sky blue?", rubric: "Light." } as const;

const statusOf = (page: Page, status: string) => page.locator(`[data-status="${status}"]`);
const fieldOf = (page: Page) => page.getByRole("textbox", { name: "Your answer" });
const button = (page: Page, name: string) => page.getByRole("button", { name });

describe.skipIf(!hasBrowser())("an answer that is not saved yet", () => {
  let browser: Browser;
  let school: SchoolServer;
  const lessons: Lesson[] = [];

  beforeAll(async () => {
    [browser, school] = await Promise.all([openBrowser(), startSchoolServer()]);
  }, 60_000);

  afterAll(async () => {
    lessons.forEach((each) => each.close());
    await browser.close();
    await school.stop();
  });

  const taught = async (settings: object = {}): Promise<Lesson> => {
    const lesson = await openLesson(school, { settings });
    lessons.push(lesson);
    return lesson;
  };

  const joined = async ({ joinCode }: Lesson, name: string, prepare?: Prepare): Promise<Page> => {
    const context = await browser.newContext({ viewport: PHONE, locale: "en" });
    await prepare?.(context);
    const page = await context.newPage();
    await page.goto(`${school.url}/join/${joinCode}`);
    await page.getByLabel("Your name").fill(name);
    await button(page, "Join").click();
    return page;
  };
  type Prepare = (context: BrowserContext) => Promise<unknown>;

  const asked = async ({ room }: Lesson): Promise<string> => {
    const opened = await room.send({ type: "round.open", item: ESSAY });
    expect(opened.ok).toBe(true);
    const { view } = await room.until(({ seq }) => opened.ok && seq >= opened.seq);
    return String(Object(view["round"]).roundId);
  };

  const isGiven = ({ room }: Lesson, text: string): boolean =>
    JSON.stringify(room.view["round"]).includes(text);

  test("PG12: what was typed without a network is there after a reload, and leaves then", async () => {
    const lesson = await taught();
    const page = await joined(lesson, "Ada");
    await asked(lesson);
    await fieldOf(page).waitFor();
    // The channel only: the page itself can be loaded again.
    await page.context().route("**/socket.io/**", (route) => route.abort());
    await page.routeWebSocket(/socket\.io/, (socket) => socket.close());
    await page.evaluate("dispatchEvent(new Event('offline'))");
    await fieldOf(page).fill("Scattering, which I typed in the tunnel");
    await button(page, "Send answer").click();
    await statusOf(page, "sending").waitFor();
    const again = await page.context().newPage();
    await page.close();
    await page.context().unroute("**/socket.io/**");
    await again.goto(school.url);

    expect(await fieldOf(again).inputValue()).toBe("Scattering, which I typed in the tunnel");
    await again.locator("[data-status=drafted], [data-status=saved]").waitFor({ timeout: 8_000 });
    expect(await again.evaluate("localStorage.getItem('toolboxai.filling')")).toBeNull();
    await again.context().close();
  });

  test("PG12: another seat of the same browser does not see it", async () => {
    const lesson = await taught();
    const page = await joined(lesson, "Bea");
    const roundId = await asked(lesson);
    await fieldOf(page).waitFor();
    await page.evaluate(
      ([actor, id]) =>
        localStorage.setItem(
          "toolboxai.filling",
          JSON.stringify({
            ...{ actor, participantId: "somebody-else", roundId: id },
            filling: { answer: { text: "not mine" }, typed: "" },
          }),
        ),
      [lesson.actor, roundId],
    );
    await page.reload();
    expect(await fieldOf(page).inputValue()).toBe("");
    await page.context().close();
  });

  test("PG13: a change while the first answer is on its way follows it, and counts", async () => {
    const lesson = await taught();
    const page = await joined(lesson, "Cleo");
    await asked(lesson);
    await fieldOf(page).waitFor();
    await page.context().setOffline(true);
    await fieldOf(page).fill("first thought");
    await button(page, "Send answer").click();
    await statusOf(page, "sending").waitFor();
    await fieldOf(page).fill("second thought");
    await button(page, "Send answer").click();
    await statusOf(page, "sending").waitFor();
    await page.context().setOffline(false);

    await statusOf(page, "saved").waitFor();
    expect(await fieldOf(page).inputValue()).toBe("second thought");
    await lesson.room.until(() => isGiven(lesson, "second thought"));
    await page.context().close();
  });

  test("a seat is asked for again before the form says that there is none", async () => {
    const lesson = await taught();
    const page = await joined(lesson, "Cy");
    await asked(lesson);
    await fieldOf(page).waitFor();
    let tries = 0;
    await page.route("**/auth/refresh", (route) => {
      tries += 1;
      return tries <= 7 ? route.abort() : route.continue();
    });
    await page.goto(school.url);

    await fieldOf(page).waitFor();
    expect(tries).toBeGreaterThan(7);
    await page.context().close();
  });

  test("a browser that keeps nothing joins and answers as any other", async () => {
    const lesson = await taught();
    const page = await joined(lesson, "Dot", (context) =>
      context.addInitScript(() => {
        Object.defineProperty(globalThis, "localStorage", {
          get: () => {
            throw new DOMException("denied", "SecurityError");
          },
        });
      }),
    );
    await asked(lesson);
    await fieldOf(page).fill("kept nowhere");
    await button(page, "Send answer").click();
    await statusOf(page, "saved").waitFor();
    await page.context().close();
  });

  test("where answers are final, nothing can be changed that would not be taken", async () => {
    const strict = await taught({ amend: false });
    const page = await joined(strict, "Eve");
    await asked(strict);
    await fieldOf(page).fill("once and for all");
    await button(page, "Send answer").click();
    await statusOf(page, "saved").waitFor();
    expect(await fieldOf(page).isDisabled()).toBe(true);
    await page.context().close();
  });
});
