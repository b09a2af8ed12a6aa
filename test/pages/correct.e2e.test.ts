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
  let ada: Page;
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
    await keepPicture(page, `${picture}-360`);
    expect(await page.evaluate("document.documentElement.scrollWidth > innerWidth")).toBe(false);
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
    [ada, bob] = await Promise.all([joined(code, "Ada"), joined(code, "Bob")]);
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await school.stop();
  });

  test("a name and attendance are set by hand in the roster", async () => {
    await personOf("Ada").getByText("Manage").click();
    const attendance = teacher.getByLabel("Attendance of Ada");
    expect(await attendance.inputValue()).toBe("");
    await attendance
      .locator("option", { hasText: /^as measured: \w+$/ })
      .waitFor({ state: "attached" });
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

  /** Asks a step, has it answered, and waits until it is scored. */
  const asked = async (step: number, answer: (page: Page) => Promise<void>): Promise<void> => {
    await button(teacher, `Ask Step ${step}`).click();
    for (const page of [ada, bob]) {
      await answer(page);
      await button(page, "Send answer").click();
      await page.locator('[data-status="saved"]').waitFor();
    }
    await button(teacher, "Close answers").click();
    await teacher.locator('[data-stage="scored"]').waitFor();
  };

  test("an open text is graded by hand, and its student reads points and comment", async () => {
    await teacher.getByRole("link", { name: "Back" }).click();
    await asked(10, (page) => page.getByLabel("Your answer").fill("Rain is\nold."));
    await button(teacher, "Reveal the answer").click();
    await ada.getByText("Thank you, noted").waitFor();
    await teacher.getByRole("link", { name: "Report" }).click();
    const card = teacher.locator('[data-asked="open-text"]');
    await card.getByText("To grade: 2").click();
    const grade = card.getByRole("form", { name: "Grade of Ada" });
    await grade.getByLabel("Points").fill("7");
    await grade.getByText(/A number from 0 to \d+/).waitFor();
    await grade.getByRole("button", { name: "Save" }).click({ force: true });
    expect(await grade.getByText("Saved.").count()).toBe(0);
    await grade.getByLabel("Points").fill("0,5");
    await grade.getByLabel("Comment that Ada reads").fill("<b>Nearly</b>: say why.");
    expect(await faultsOf(teacher)).toEqual([]);
    await keepPicture(teacher, "teach-grading-1280");
    await fitsPhone(teacher, "teach-grading");

    await grade.getByRole("button", { name: "Save" }).click();

    await grade.getByText("Saved.").waitFor();
    await card.getByText("To grade: 1").waitFor();
    await card.locator('[data-answer="Ada"]').getByText("by hand").waitFor();
    await ada.getByText("0.5 of 1 points").waitFor();
    await ada.getByText("<b>Nearly</b>: say why.").waitFor();
    expect(await bob.getByText("Nearly").count()).toBe(0);
    expect(await faultsOf(ada)).toEqual([]);
    await keepPicture(ada, "student-graded-360");
  }, 60_000);

  test("a key is corrected in the run of the lesson: all results change that were wrong", async () => {
    await teacher.getByRole("link", { name: "Back" }).click();
    await asked(2, (page) =>
      page.getByRole("radio", { name: page === ada ? "Pacific" : "Atlantic" }).check(),
    );
    const round = teacher.locator("[data-round]");
    await round.getByText("Correct the key").click();
    await round.getByText("the lesson keeps its own key").waitFor();
    const score = round.getByRole("button", { name: "Score again" });
    await round.getByRole("checkbox", { name: "Pacific" }).uncheck();
    await round.getByText("At least one answer must be right").waitFor();
    await score.click({ force: true });
    expect(await round.getByText("Results that changed").count()).toBe(0);
    await round.getByRole("checkbox", { name: "Pacific" }).check();
    await round.getByRole("checkbox", { name: "Atlantic" }).check();
    await score.click();
    await round.getByText("Results that changed: 1").waitFor();
    expect(await faultsOf(teacher)).toEqual([]);
    await keepPicture(teacher, "teach-key-choices-1280");
    await fitsPhone(teacher, "teach-key-choices");

    await button(teacher, "Reveal the answer").click();
    await bob.getByText("1 of 1 points").waitFor();
    await round.getByRole("checkbox", { name: "Atlantic" }).uncheck();
    await score.click();
    await round.getByText("Results that changed: 1").waitFor();
    await bob.getByText("0 of 1 points").waitFor();
    await button(teacher, "Ask Step 3").waitFor();
  }, 60_000);

  test("a key of each kind is corrected in the report, by keyboard too", async () => {
    await asked(4, (page) => page.getByRole("radio", { name: "False" }).check());
    await asked(5, (page) => page.getByLabel("Your answer, a number").fill("212"));
    await asked(6, (page) => page.getByLabel("Your answer").fill("HOH"));
    await asked(7, async (page) => {
      await page.getByLabel("Goes with liquid to gas").selectOption("erosion");
      await page.getByLabel("Goes with gas to liquid").selectOption("condensation");
      await page.getByLabel("Goes with liquid to solid").selectOption("freezing");
    });
    await asked(8, async (page) => {
      for (const [index, name] of ["River", "Rain", "Evaporation"].entries()) {
        const rows = page.locator(".ordering li");
        while (!(await rows.nth(index).innerText()).includes(name)) {
          await button(page, `Move up: ${name}`).click();
        }
      }
    });
    await teacher.getByRole("link", { name: "Report" }).click();
    const formOf = async (kind: string) => {
      const card = teacher.locator(`[data-asked="${kind}"]`);
      const summary = card.locator("summary").filter({ hasText: "Correct the key" });
      await summary.focus();
      await teacher.keyboard.press("Enter");
      return card;
    };
    const changed = async (kind: string, n: number): Promise<void> => {
      const card = teacher.locator(`[data-asked="${kind}"]`);
      await card.getByRole("button", { name: "Score again" }).focus();
      await teacher.keyboard.press("Enter");
      await card.getByText(`Results that changed: ${n}`).waitFor();
    };

    const truth = await formOf("true-false");
    await truth.getByRole("radio", { name: "False" }).check();
    await changed("true-false", 2);
    const number = await formOf("numeric");
    await number.getByRole("button", { name: "Add an answer" }).click();
    await number.getByLabel("Answer 2", { exact: true }).fill("many");
    await number.getByText("Numbers, please").waitFor();
    await number.getByLabel("Answer 2", { exact: true }).fill("212");
    await changed("numeric", 2);
    const text = await formOf("short-text");
    await text.getByRole("button", { name: "Add an answer" }).click();
    await text.getByLabel("Answer 2", { exact: true }).fill("hoh");
    await text.getByLabel("Share, %: 2").fill("50");
    await changed("short-text", 2);
    const pairs = await formOf("matching");
    await pairs.getByLabel("Goes with liquid to gas").selectOption("erosion");
    await changed("matching", 2);
    const order = await formOf("ordering");
    for (const name of ["River", "River", "River", "Rain", "Rain"]) {
      await order.getByRole("button", { name: `Move up: ${name}` }).click();
    }
    await changed("ordering", 2);
    await changed("ordering", 0);

    expect(await faultsOf(teacher)).toEqual([]);
    await keepPicture(teacher, "teach-keys-1280");
    await fitsPhone(teacher, "teach-keys");
  }, 120_000);

  test("who has answered reads his answers, points and comment once the lesson is over", async () => {
    await teacher.getByRole("link", { name: "Back" }).click();
    await button(teacher, "End the lesson").click();
    await teacher.getByRole("dialog").getByRole("button", { name: "End the lesson" }).click();
    const answers = bob.locator(".card").filter({ hasText: "Your answers" });
    await answers.getByText("What surprised you today?").waitFor();
    await answers.locator("li").last().getByText("Put the water cycle").waitFor();
    expect(await answers.getByRole("listitem").first().getByText("points").count()).toBe(0);
    await teacher.getByRole("link", { name: "Report" }).click();
    await teacher.locator('[data-asked="open-text"] summary').click();
    const grade = teacher.getByRole("form", { name: "Grade of Bobby" });
    await grade.getByLabel("Points").fill("1");
    await grade.getByLabel("Comment that Bobby reads").fill("Well said.");
    await grade.getByRole("button", { name: "Save" }).click();

    await answers.getByText("1 of 1 points").waitFor();
    await answers.getByText("Well said.").waitFor();
    expect(await ada.getByText("Well said.").count()).toBe(0);
    expect(await faultsOf(bob)).toEqual([]);
    await keepPicture(bob, "student-over-graded-360");
  }, 60_000);

  test("who is no host reads the report, and has nothing to correct it by", async () => {
    const fragment = new URL(teacher.url()).hash;
    const owner = await opened("/teach", { viewport: DESK });
    await owner.locator("#school").fill("north");
    await owner.locator("#email").fill("owner@school.example");
    await owner.locator("#password").fill(PASSWORD);
    await button(owner, "Sign in").click();
    await owner.getByRole("heading", { name: "Lessons" }).waitFor();
    await owner.goto(`${school.url}/teach${fragment}`);
    await owner.locator('[data-asked="open-text"] summary').click();
    await owner.locator('[data-answer="Ada"]').getByText("by hand").waitFor();
    await owner.waitForLoadState("networkidle");

    expect(await owner.getByLabel(/^Attendance of/).count()).toBe(0);
    expect(await button(owner, /^Grade/).count()).toBe(0);
    expect(await owner.getByText("Correct the key").count()).toBe(0);
    await owner.context().close();
  }, 60_000);

  test("in Arabic it reads from right to left, and fits a phone", async () => {
    const { hash } = new URL(teacher.url());
    await teacher.goto(`${school.url}/teach?lang=ar${hash}`);
    for (const kind of ["open-text", "numeric"]) {
      const details = teacher.locator(`[data-asked="${kind}"] details`);
      await details.first().locator("summary").click();
    }
    await button(teacher, "احتساب من جديد").waitFor();
    await fitsPhone(teacher, "teach-keys-ar");
  }, 60_000);
});
