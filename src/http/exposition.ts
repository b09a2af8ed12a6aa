/**
 * Prometheus' text format, version 0.0.4: what is measured, as lines.
 *
 * Invariants:
 * 1. HELP and TYPE come once and before the samples of their family, which stand together.
 * 2. What a label or a help holds cannot break out of its line.
 */

export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  /** Of letters, digits and `_`; a counter's ends in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
  readonly samples: readonly Sample[];
}

export function expose(families: readonly Family[]): string {
  return families.map((family) => linesOf(family).join("")).join("");
}

function linesOf({ name, help, type, samples }: Family): readonly string[] {
  return [
    `# HELP ${name} ${escapeLine(help)}\n`,
    `# TYPE ${name} ${type}\n`,
    ...samples.map(({ labels, value }) => `${name}${labelsOf(labels)} ${numberOf(value)}\n`),
  ];
}

function labelsOf(labels: Sample["labels"]): string {
  const pairs = Object.entries(labels).map(([name, text]) => {
    return `${name}="${escapeLine(text).replaceAll('"', String.raw`\"`)}"`;
  });
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLine(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", String.raw`\n`);
}

function numberOf(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) {
    return String(value);
  }
  return value > 0 ? "+Inf" : "-Inf";
}
