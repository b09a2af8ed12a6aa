/**
 * What is wrong with a field of a lesson, or became of it in another format, in the reader's
 * language: where, and what.
 *
 * Paths are the server's; codes are translated, and a code without words is said as the server did.
 */
import type { FieldError } from "../../machines/refusal.ts";

/** `/steps/2/item/choices/1/text`: the step, then what of it. */
const IN_STEP = /^\/steps\/(\d+)(.*)$/;
/** The limit of a round is typed in seconds. */
const SECOND_MS = 1_000;

/** A word of the page, filled in; undefined: there is none. */
export type Say = (
  key: string,
  values?: Readonly<Record<string, string | number>>,
) => string | undefined;

export function textOfFault(error: FieldError, say: Say): string {
  const [whole, index, inner = ""] = IN_STEP.exec(error.path) ?? [];
  const step = whole === undefined ? "" : (say("t.step-n", { n: Number(index) + 1 }) ?? "");
  const part = partOf(whole === undefined ? error.path : inner, say);
  const both = step === "" || part === "" ? undefined : say("t.fault-part", { step, part });
  const line = error.line === undefined ? "" : (say("t.in.line-n", { n: error.line }) ?? "");
  const where = both ?? `${step}${part}${line}`;
  const what = reasonOf(error, say);
  const text = where === "" ? what : (say("t.fault-at", { where, what }) ?? what);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The first name of the path that a reader knows, with its number, and what of that is meant. */
function partOf(path: string, say: Say): string {
  const names = path.split("/").slice(1);
  const words = names.flatMap((name, at) => {
    const n = Number(names[at + 1] ?? Number.NaN) + 1;
    return (Number.isNaN(n) ? say(`t.in.${name}`) : say(`t.in.${name}-n`, { n })) ?? [];
  });
  const [whole = "", part] = words;
  return (part === undefined ? undefined : say("t.fault-part", { step: whole, part })) ?? whole;
}

/** What is particular to a field before what is always so. */
function reasonOf({ path, code, message, limit = 0 }: FieldError, say: Say): string {
  const field = path.split("/").at(-1) ?? "";
  const values = { limit: field === "limitMs" ? limit / SECOND_MS : limit };
  return say(`t.fault.${field}.${code}`, values) ?? say(`t.fault.${code}`, values) ?? message;
}
