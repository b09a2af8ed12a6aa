/**
 * A reader of Prometheus' text format that takes nothing on trust: what is out of order, named
 * wrongly, doubled or not escaped is an error with its line.
 */

export interface Scraped {
  readonly type: string;
  readonly help: string;
  /** By name and labels as written, such as `up{job="a"}`. */
  readonly samples: ReadonlyMap<string, number>;
}

interface Family {
  readonly help: string;
  type: string | undefined;
  readonly samples: Map<string, number>;
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"`;
const SAMPLE = new RegExp(String.raw`^(${NAME})(\{(?:${LABEL}(?:,${LABEL})*)?\})? (\S+)$`, "u");
const HELP = new RegExp(String.raw`^# HELP (${NAME}) ((?:[^\\]|\\[\\n])+)$`, "u");
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge)$`, "u");
const VALUE = /^(?:[+-]?Inf|NaN|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

/** The families, in the order in which they stand. */
export function parseScrape(text: string): ReadonlyMap<string, Scraped> {
  const families = new Map<string, Family>();
  if (!text.endsWith("\n")) {
    throw new Error("expected the last line to end");
  }
  for (const line of text.slice(0, -1).split("\n")) {
    note(line, families);
  }
  return new Map([...families].map(([name, family]) => [name, checked(name, family)]));
}

function note(line: string, families: Map<string, Family>): void {
  const [, helped, help] = HELP.exec(line) ?? [];
  const [, typed, type] = TYPE.exec(line) ?? [];
  const [, named = "", labels = "", value = ""] = SAMPLE.exec(line) ?? [];
  const [current, family] = [...families].at(-1) ?? [];
  if (helped !== undefined && help !== undefined && !families.has(helped)) {
    families.set(helped, { help, type: undefined, samples: new Map() });
  } else if (typed !== undefined && typed === current && family?.type === undefined) {
    Object.assign(family ?? {}, { type });
  } else if (named !== "" && named === current && family?.type !== undefined) {
    noteSample(line, `${named}${labels}`, { value, family });
  } else {
    throw new Error(`expected HELP, TYPE or a sample in its place, found: ${line}`);
  }
}

function noteSample(
  line: string,
  key: string,
  { value, family }: { readonly value: string; readonly family: Family },
): void {
  if (!VALUE.test(value) || family.samples.has(key)) {
    throw new Error(`expected a number, once, found: ${line}`);
  }
  family.samples.set(key, Number(value.replace("Inf", "Infinity")));
}

function checked(name: string, { help, type, samples }: Family): Scraped {
  if (type === undefined || (type === "counter") !== name.endsWith("_total")) {
    throw new Error(`expected a type, and that of its name, for ${name}, found ${String(type)}`);
  }
  return { help, type, samples };
}
