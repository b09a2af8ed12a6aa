/** Instants as clients write them: RFC 3339 with an offset, of days that exist. */

/** `YYYY-MM-DDThh:mm[:ss[.s]]` with an offset, which is what makes it an instant. */
export const INSTANT =
  "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,9})?)?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)$";
const PATTERN = new RegExp(INSTANT);

/** Undefined: not an instant. A parser alone would take the 30th of February for March. */
export function instantMs(text: string): number | undefined {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split("-").map(Number);
  const isDay = day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  return PATTERN.test(text) && isDay ? Date.parse(text) : undefined;
}
