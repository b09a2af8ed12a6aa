/** Moments as they are typed and said. */
import { describe, expect, test } from "bun:test";
import { momentIn, momentOf, nextHour, typedMoment } from "../../src/pages/moment.ts";

const AT = Date.UTC(2026, 8, 1, 7, 5);

describe("a moment", () => {
  test("that is typed is the one that was shown, to the minute", () => {
    expect(momentIn(typedMoment(AT + 59_999))).toBe(AT);
    expect(typedMoment(AT)).toMatch(/^2026-0[89]-\d\dT\d\d:\d\d$/);
  });

  test("is none as long as it is half typed", () => {
    expect(momentIn("")).toBeUndefined();
    expect(momentIn("2026-09")).not.toBe(AT);
    expect(momentIn("soon")).toBeUndefined();
  });

  test("is said with its day and its time zone, in the language of the page", () => {
    expect(momentOf(AT, "en")).toMatch(/^Tue, Sep 1, 2026, .*\d (AM|PM) \S+$/);
    expect(momentOf(AT, "de")).toMatch(/^Di\., 1\. Sept\. 2026/);
    expect(momentOf(AT, "ar")).not.toBe(momentOf(AT, "en"));
  });

  test("to begin at is the next full hour that leaves time to prepare", () => {
    expect(nextHour(AT, 3_600_000)).toBe(Date.UTC(2026, 8, 1, 9));
    expect(nextHour(Date.UTC(2026, 8, 1, 8), 0)).toBe(Date.UTC(2026, 8, 1, 8));
  });
});
