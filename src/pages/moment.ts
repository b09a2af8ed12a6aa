/** A moment as people say and type it, in the time zone of their browser, which is named. */

const MINUTE_MS = 60_000;

/** With its day of the week, and its time zone. */
export function momentOf(ms: number, language: string): string {
  return new Intl.DateTimeFormat(language, {
    ...{ weekday: "short", day: "numeric", month: "short", year: "numeric" },
    ...{ hour: "numeric", minute: "2-digit", timeZoneName: "short" },
  }).format(ms);
}

/** As a field for date and time has it: local, to the minute. */
export function typedMoment(ms: number): string {
  const at = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Undefined: nothing, or no date. An hour that a clock skips is taken for the one after it. */
export function momentIn(typed: string): number | undefined {
  const ms = Date.parse(typed);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The next full hour that is at least `aheadMs` away. */
export function nextHour(ms: number, aheadMs: number): number {
  const hourMs = 60 * MINUTE_MS;
  return Math.ceil((ms + aheadMs) / hourMs) * hourMs;
}

export function zoneName(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
