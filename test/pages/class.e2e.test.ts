/**
 * A whole lesson in a real browser: a teacher, five students in contexts of their own, a board.
 *
 * One student goes offline and comes back, one opens a second tab, one is removed, one needs extra
 * time, and the server is killed and started again in the middle of a round. The steps are tests in
 * order: each goes on where the one before it ended.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { faultsOf, hasBrowser, keepPicture, openBrowser } from "../support/browser.ts";
import { createChildServer } from "../support/child-server.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const PASSWORD = "a demo password";
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };
const WALL = { width: 1920, height: 1080 };
const NAMES = ["Ada", "<script>alert(1)</script>", "ليلى", "Zoë 🦊", "Оленка"] as const;
const WITHIN_MS = 15_000;
/** Nine rounds in one step, each with its grace, on a machine that is busy. */
const STEP_MS_MAX = 60_000;

const server = createChildServer({
  DATA_DIR: temporaryDirectory("pages"),
  DEMO_PASSWORD: PASSWORD,
  NODE_ENV: "test",
});
const held: { browser?: Browser; contexts: BrowserContext[] } = { contexts: [] };
const failures: string[] = [];

async function open(options: object = {}): Promise<Page> {
  const context = await held.browser?.newContext({ viewport: PHONE, locale: "en", ...options });
  if (context === undefined) {
    throw new Error("expected a browser that is open");
  }
  held.contexts.push(context);
  context.setDefaultTimeout(WITHIN_MS);
  context.on("weberror", (error) => failures.push(String(error.error())));
  context.on("page", (page) => watchPolicy(page));
  return context.newPage();
}

/** What the page's own policy refused is a fault of the page. */
function watchPolicy(page: Page): void {
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) {
      failures.push(message.text());
    }
  });
}

/** Of a step that failed: what everybody saw then. */
async function keepAll(): Promise<void> {
  const pages = held.contexts.flatMap((context) => context.pages());
  await Promise.all(pages.map((page, index) => keepPicture(page, `failed-${index}`)));
}

/** What follows a step that failed would only wait in vain. */
const course = { isBroken: false };
function step(name: string, run: () => void | Promise<void>): void {
  test(name, () => stepped(run), STEP_MS_MAX);
}

async function stepped(run: () => void | Promise<void>): Promise<void> {
  if (course.isBroken) {
    throw new Error("a step before this one failed");
  }
  course.isBroken = true;
  try {
    await run();
    course.isBroken = false;
  } finally {
    await (course.isBroken ? keepAll() : undefined);
  }
}

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const statusOf = (page: Page, status: string) => page.locator(`[data-status="${status}"]`);
const personOf = (page: Page, name: string) =>
  page.locator("li[data-person]").filter({ has: page.getByText(name, { exact: true }) });

describe.skipIf(!hasBrowser())("a class in the browser", () => {
  let teacher: Page;
  let board: Page;
  let students: readonly Page[];

  beforeAll(async () => {
    [held.browser] = await Promise.all([openBrowser(), server.start()]);
  });

  afterAll(async () => {
    await held.browser?.close();
    await server.kill();
  });

  const student = (index: number): Page => {
    const page = students[index];
    if (page === undefined) {
      throw new RangeError(`expected a student ${index}`);
    }
    return page;
  };

  const ask = async (step: number): Promise<void> => {
    await button(teacher, `Ask Step ${step}`).click();
    await teacher.locator('[data-stage="open"]').waitFor();
  };

  step("a teacher signs in, starts a session and opens the lobby and the board", async () => {
    teacher = await open({ viewport: DESK });
    await teacher.goto(`${server.url}/teach`);
    expect(await faultsOf(teacher)).toEqual([]);
    await keepPicture(teacher, "teach-sign-in-1280");
    await teacher.getByLabel("School").fill("demo");
    await teacher.getByLabel("E-mail").fill("teacher@demo.example");
    await teacher.getByLabel("Password").fill(PASSWORD);
    await button(teacher, "Sign in").click();
    await button(teacher, /^Start a session/).waitFor();
    expect(await faultsOf(teacher)).toEqual([]);
    await keepPicture(teacher, "teach-home-1280");
    await button(teacher, /^Start a session/).click();
    await button(teacher, "Open the lobby").click();
    await button(teacher, "Start the lesson").waitFor();
    const [opened] = await Promise.all([
      teacher.context().waitForEvent("page"),
      button(teacher, "Open the board").click(),
    ]);
    board = opened;
    await board.setViewportSize(WALL);
    await board.getByRole("img", { name: /QR code/ }).waitFor();
    expect(new URL(board.url()).hash).toBe("");
    expect(await faultsOf(board)).toEqual([]);
    await keepPicture(board, "board-lobby-1920");
    // A tab behind another one is drawn once a second, and every click would wait for that.
    await teacher.bringToFront();
  });

  step("five students join by code and name, whatever the name is made of", async () => {
    const code = (await teacher.locator("[data-code]").getAttribute("data-code")) ?? "";
    students = await Promise.all(
      NAMES.map(async (name, index) => {
        const page = await open({ colorScheme: index % 2 === 0 ? "light" : "dark" });
        await page.goto(server.url);
        if (index < 2) {
          await button(page, "Join").waitFor();
          expect(await faultsOf(page)).toEqual([]);
          await keepPicture(page, `join-360-${index === 0 ? "light" : "dark"}`);
        }
        await page.getByLabel("Join code").fill(code.toLowerCase());
        await page.getByLabel("Your name").fill(name);
        await button(page, "Join").click();
        await page.getByRole("heading", { name: "You are in" }).waitFor();
        return page;
      }),
    );
    await teacher.getByText("Here: 5 of 5").waitFor();
    for (const name of NAMES) {
      await personOf(teacher, name).waitFor();
    }
    await keepPicture(student(0), "student-lobby-360");
    expect(await faultsOf(student(0))).toEqual([]);
    await keepPicture(teacher, "teach-lobby-1280");
  });

  step("a name that is taken is refused in words, with another one to take", async () => {
    const page = await open();
    const code = (await teacher.locator("[data-code]").getAttribute("data-code")) ?? "";
    await page.goto(`${server.url}/join/${code}`);
    await page.getByLabel("Your name").fill("ada");
    await button(page, "Join").click();
    await page.getByRole("alert").getByText("Somebody here has this name").waitFor();
    await page.context().close();
  });

  step(
    "PG7: an answer is sent and seen to be saved; who has extra time has it at once",
    async () => {
      await button(teacher, "Start the lesson").click();
      await personOf(teacher, "Zoë 🦊").getByText("Manage").click();
      await personOf(teacher, "Zoë 🦊").getByLabel("Extra time").selectOption("2");
      await personOf(teacher, "Zoë 🦊").getByText("Time × 2").first().waitFor();
      await ask(2);
      const ada = student(0);
      await ada.locator(".prompt").getByText("Which ocean is the largest?").waitFor();
      expect(await faultsOf(ada)).toEqual([]);
      await keepPicture(ada, "student-question-360-light");
      await keepPicture(student(1), "student-question-360-dark");
      await ada.getByRole("radio", { name: "Pacific" }).check();
      await statusOf(ada, "drafted").waitFor();
      await button(ada, "Send answer").click();
      await statusOf(ada, "saved").waitFor();
      expect(
        await ada.getByRole("status").filter({ hasText: "Your answer is saved." }).count(),
      ).toBe(1);
      await personOf(teacher, "Ada").getByText("answered").waitFor();
      const secondsOf = async (page: Page): Promise<number> => {
        const [minutes = 0, seconds = 0] = (await page.getByRole("timer").innerText())
          .split(":")
          .map(Number);
        return minutes * 60 + seconds;
      };
      expect(await secondsOf(student(3))).toBeGreaterThan((await secondsOf(ada)) + 30);
    },
  );

  step("PG8: who goes offline is told so, and the answer is saved once he is back", async () => {
    const page = student(1);
    await page.context().setOffline(true);
    await page.getByRole("alert").getByText("You are offline").waitFor();
    await page.getByRole("radio", { name: "Atlantic" }).check();
    await button(page, "Send answer").click();
    await statusOf(page, "sending").getByText("Not saved yet").waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await keepPicture(page, "student-offline-360");
    await page.context().setOffline(false);
    await statusOf(page, "saved").waitFor();
    await teacher.getByText("Answered: 2 of 5").first().waitFor();
  });

  step("a second tab has the same seat and the draft of the first", async () => {
    const first = student(2);
    await first.getByRole("radio", { name: "Indian" }).check();
    await statusOf(first, "drafted").waitFor();
    const second = await first.context().newPage();
    await second.goto(server.url);
    await second.locator(".prompt").getByText("Which ocean is the largest?").waitFor();
    expect(await second.getByRole("radio", { name: "Indian" }).isChecked()).toBe(true);
    await button(second, "Send answer").click();
    await statusOf(second, "saved").waitFor();
    await teacher.getByText("Answered: 3 of 5").first().waitFor();
    await first.close();
    students = students.with(2, second);
  });

  step("who is removed is told so, and sees nothing of the lesson any more", async () => {
    await personOf(teacher, "Оленка").getByText("Manage").click();
    await personOf(teacher, "Оленка").getByRole("button", { name: "Remove" }).first().click();
    await teacher.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await student(4).getByRole("heading", { name: "You are not in this lesson" }).waitFor();
    expect(await student(4).locator(".prompt").count()).toBe(0);
    await keepPicture(student(4), "student-removed-360");
  });

  step("the server is killed in the middle of the round; all go on by themselves", async () => {
    await keepPicture(teacher, "teach-round-1280");
    expect(await faultsOf(teacher)).toEqual([]);
    await server.kill();
    await student(0).getByRole("alert").getByText("connection was lost").waitFor();
    await server.start();
    await student(0).getByText("connection was lost").waitFor({ state: "detached" });
    await statusOf(student(0), "saved").waitFor();
    await student(3).getByRole("radio", { name: "Pacific" }).check();
    await button(student(3), "Send answer").click();
    await statusOf(student(3), "saved").waitFor();
    await teacher.getByText("Answered: 4 of 4").first().waitFor();
  });

  step("the result is shown after the reveal, to everyone his own", async () => {
    await button(teacher, "Close answers").click();
    await button(teacher, "Reveal the answer").click();
    await student(0).getByText("1 of 1 points").waitFor();
    await student(1).getByText("0 of 1 points").waitFor();
    await board.getByText("Right answer").first().waitFor();
    for (const [page, name] of [
      [student(0), "student-result-360-light"],
      [student(1), "student-result-360-dark"],
      [teacher, "teach-revealed-1280"],
      [board, "board-revealed-1920"],
    ] as const) {
      expect([name, await faultsOf(page)]).toEqual([name, []]);
      await keepPicture(page, name);
    }
    expect(await board.getByText("Ada").count()).toBe(0);
  });

  step("every kind of question can be answered", async () => {
    const page = student(0);
    const saved = async (step: number, fill: () => Promise<void>): Promise<void> => {
      await button(teacher, "Done").click();
      await ask(step);
      await fill();
      expect([step, await faultsOf(page)]).toEqual([step, []]);
      await button(page, "Send answer").click();
      await statusOf(page, "saved").waitFor();
      await button(teacher, "Close answers").click();
      await teacher.locator('[data-stage="scored"]').waitFor();
    };
    await saved(3, async () => {
      await page.getByRole("checkbox", { name: "Ice", exact: true }).check();
      await page.getByRole("checkbox", { name: "Steam" }).check();
    });
    await saved(4, () => page.getByRole("radio", { name: "True" }).check());
    await saved(5, () => page.getByLabel("Your answer, a number").fill("100,2"));
    await saved(6, () => page.getByLabel("Your answer").fill("H2O"));
    await saved(7, async () => {
      await page.getByLabel("Goes with liquid to gas").selectOption("evaporation");
      await keepPicture(page, "student-matching-360");
    });
    await saved(8, async () => {
      await button(page, "Move up: River").click();
      await keepPicture(page, "student-ordering-360");
    });
    await saved(9, () => page.getByRole("radio", { name: "Mostly" }).check());
    await saved(10, () => page.getByLabel("Your answer").fill("Ice <b>floats</b>."));
  });

  step(
    "a raised hand is seen, a question is shown and voted for, and a text is shown to the class",
    async () => {
      await button(student(0), "Raise hand").click();
      await student(0).getByText("Place in the queue: 1").waitFor();
      await personOf(teacher, "Ada").getByText("hand up").waitFor();
      await student(0).getByLabel("Ask the teacher a question").fill("Why is <b>ice</b> light?");
      await button(student(0), "Send question").click();
      await button(teacher, "Show to all: Why is <b>ice</b> light?").click();
      await button(student(1), /I ask this too/).click();
      await teacher.getByText("Votes: 1").waitFor();
      expect(await faultsOf(student(1))).toEqual([]);
      await button(teacher, "Answered: Why is <b>ice</b> light?").click();
      await button(teacher, "Done").click();
      await button(teacher, "Show Step 1").click();
      await student(0).getByRole("heading", { name: "The water cycle" }).waitFor();
      await keepPicture(student(0), "student-text-360");
    },
  );

  step("PG8: an answer that is sent in a pause is saved when the pause is over", async () => {
    await ask(4);
    const page = student(0);
    await page.getByRole("radio", { name: "False" }).waitFor();
    await button(teacher, "Pause").click();
    await page.getByText("The lesson is paused").waitFor();
    await page.getByRole("radio", { name: "False" }).check();
    await button(page, "Send answer").click();
    await statusOf(page, "sending").waitFor();
    await keepPicture(page, "student-paused-360");
    await button(teacher, "Resume").click();
    await statusOf(page, "saved").waitFor();
    expect(await page.getByText("The lesson is paused").count()).toBe(0);
  });

  step("the lesson ends, and its report has pictures, rows and a CSV", async () => {
    await button(teacher, "End the lesson").click();
    await teacher.getByRole("dialog").getByRole("button", { name: "End the lesson" }).click();
    await student(0).getByRole("heading", { name: "The lesson has ended" }).waitFor();
    await keepPicture(student(0), "student-ended-360");
    await teacher.getByRole("link", { name: "Report" }).click();
    await teacher.getByRole("rowheader", { name: "Ada" }).waitFor();
    expect(await faultsOf(teacher)).toEqual([]);
    await keepPicture(teacher, "teach-report-1280");
    const [download] = await Promise.all([
      teacher.waitForEvent("download"),
      button(teacher, /^Download CSV$/).click(),
    ]);
    const text = await Bun.file((await download.path()) ?? "").text();
    expect(text).toStartWith("participantId,name,attendance,points");
    expect(text).toContain("Ada");
    await teacher.setViewportSize(PHONE);
    await keepPicture(teacher, "teach-report-360");
  });

  step("no script of the page failed, and its policy refused nothing", () => {
    expect(failures).toEqual([]);
  });
});
