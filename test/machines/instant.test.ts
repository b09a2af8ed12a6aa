/** Instants: what a parser finds where all parsers agree, and one thing where they do not. */
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { instantMs } from "../../machines/learning-session/instant.ts";

const pad = (n: number, digits = 2): string => String(n).padStart(digits, "0");

test("C24: an instant is the millisecond that a parser finds, whatever its year and offset", () => {
  const parts = fc.tuple(
    fc.date({
      min: new Date(-62_000_000_000_000),
      max: new Date(253_000_000_000_000),
      noInvalidDate: true,
    }),
    fc.constantFrom("Z", "+00:00", "-00:30", "+05:45", "-23:59", "+14:00"),
    fc.constantFrom("", ":07", ":59.9", ":00.04", ":31.123"),
  );
  fc.assert(
    fc.property(parts, ([date, offset, seconds]) => {
      const [years, months, days] = [
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
      ];
      const time = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}${seconds}${offset}`;
      const text = `${pad(years, 4)}-${pad(months)}-${pad(days)}T${time}`;
      expect(instantMs(text)).toBe(Date.parse(text));
    }),
    { numRuns: 500 },
  );
});

test("C24: what is finer than a millisecond is cut off", () => {
  expect(instantMs("2026-01-05T08:00:00.999999999Z")).toBe(Date.UTC(2026, 0, 5, 8, 0, 0, 999));
});

test.each([
  "2026-02-30T08:00Z",
  "2025-02-29T08:00Z",
  "2026-01-05T08:00",
  "2026-13-01T08:00Z",
  "noon",
])("%s is no instant", (text) => {
  expect(instantMs(text)).toBeUndefined();
});
