/**
 * Instants as clients write them: RFC 3339 with an offset, of days that exist.
 *
 * Reckoned here: what a parser of the platform makes of a fraction is its own business, and a
 * replay must come to the same millisecond (C24).
 */

/** `YYYY-MM-DDThh:mm[:ss[.s]]` with an offset, which is what makes it an instant. */
export const INSTANT =
  "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,9})?)?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)$";
const PATTERN = new RegExp(INSTANT);
const MINUTE_MS = 60_000;
/** The calendar repeats after 400 years; `Date.UTC` takes the years 0 to 99 for others. */
const CYCLE_YEARS = 400;
const CYCLE_MS = 146_097 * 24 * 60 * MINUTE_MS;

/** Undefined: not an instant. A parser alone would take the 30th of February for March. */
export function instantMs(text: string): number | undefined {
  if (!PATTERN.test(text)) {
    return undefined;
  }
  const [year, month, day, hour, minute, second] = [0, 5, 8, 11, 14, 17].map((at, part) =>
    numberAt(text, at, part === 0 ? 4 : 2),
  );
  const midnight = new Date(Date.UTC((year ?? 0) + CYCLE_YEARS, (month ?? 0) - 1, day));
  if (midnight.getUTCDate() !== day) {
    return undefined;
  }
  const minutes = (hour ?? 0) * 60 + (minute ?? 0) - offsetMinutes(text);
  const seconds = text[16] === ":" ? (second ?? 0) * 1_000 + fractionMs(text) : 0;
  return midnight.getTime() - CYCLE_MS + minutes * MINUTE_MS + seconds;
}

/** What is finer than a millisecond is cut off. */
function fractionMs(text: string): number {
  const [, digits = ""] = /\.(\d+)/.exec(text) ?? [];
  return Number(digits.slice(0, 3).padEnd(3, "0"));
}

function offsetMinutes(text: string): number {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(text) ?? [];
  const offset = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === "-" ? -offset : offset;
}

function numberAt(text: string, at: number, digits: number): number {
  return Number(text.slice(at, at + digits));
}
