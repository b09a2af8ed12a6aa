/** Numbers and times as people read them; pure, so that a language is the only input. */

const SECOND_MS = 1_000;
const MINUTE_S = 60;
const HOUR_S = 3_600;

/** What is left, as `1:05`, in the digits of the language; a begun second counts as whole. */
export function clockOf(ms: number, language: string): string {
  const seconds = Math.max(0, Math.ceil(ms / SECOND_MS));
  const whole = (value: number, digits: number): string =>
    new Intl.NumberFormat(language, { minimumIntegerDigits: digits, useGrouping: false }).format(
      value,
    );
  const rest = whole(seconds % MINUTE_S, 2);
  if (seconds < HOUR_S) {
    return `${whole(Math.floor(seconds / MINUTE_S), 1)}:${rest}`;
  }
  const minutes = whole(Math.floor((seconds % HOUR_S) / MINUTE_S), 2);
  return `${whole(Math.floor(seconds / HOUR_S), 1)}:${minutes}:${rest}`;
}

export function numberOf(value: number, language: string): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(value);
}

export function shareOf(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
}

export function percentOf(share: number, language: string): string {
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(
    share,
  );
}

/** Codes are read aloud and typed: two groups are easier than one. */
export function spacedCode(code: string): string {
  return `${code.slice(0, 3)} ${code.slice(3)}`.trim();
}

/** `{name}` in a text of the catalogue becomes the value; a name without a value stays. */
export function filled(
  text: string,
  values: Readonly<Record<string, string | number>>,
  language: string,
): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return typeof value === "number" ? numberOf(value, language) : (value ?? whole);
  });
}
