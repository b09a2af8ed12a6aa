/** A lesson as the server keeps it, and what of it beside its steps is edited as text. */
import type { Standard } from "../../db/lesson-row.ts";
import type { LessonVisibility } from "../../db/schema.ts";
import type { Step } from "../../machines/learning-session/item.ts";

export interface LessonSummary {
  readonly id: string;
  readonly title: string;
  readonly language: string;
  readonly status: "draft" | "published";
  readonly version: number;
  readonly publishedVersion: number | null;
  readonly visibility: LessonVisibility;
  readonly tags: readonly string[];
  readonly standards: readonly Standard[];
  readonly mayChange: boolean;
}

export interface KeptLesson extends LessonSummary {
  readonly steps: readonly Step[];
}

/** What is typed: one tag a line, one standard a line as `framework | code | title`. */
export interface AboutDraft {
  readonly tags: string;
  readonly standards: string;
}

const APART = " | ";

export function aboutOf({ tags, standards }: KeptLesson): AboutDraft {
  return { tags: tags.join("\n"), standards: standards.map(lineOf).join("\n") };
}

function lineOf({ framework, code, title }: Standard): string {
  return [framework, code, ...(title === undefined ? [] : [title])].join(APART);
}

export function tagsIn(text: string): readonly string[] {
  return [...new Set(linesIn(text))];
}

/** A standard by what tells it from others, in which it is also shown. */
function keyOf({ framework, code }: Standard): string {
  return `${framework}${APART}${code}`;
}

/** Which of the lesson's standards this step serves, by their keys. */
export function servedBy(stepId: string, standards: readonly Standard[]): readonly string[] {
  return standards.filter(({ steps }) => steps?.includes(stepId) === true).map(keyOf);
}

/** Those that are typed now, each once: what a step may be said to serve. */
export function standardKeysIn(text: string): readonly string[] {
  return [...new Set(linesIn(text).map((line) => keyOf(standardIn(line))))];
}

/** A standard that no step serves is the whole lesson's. */
export function standardsIn(
  text: string,
  steps: readonly { readonly id: string; readonly standards: readonly string[] }[],
): readonly Standard[] {
  return linesIn(text).map((line) => {
    const standard = standardIn(line);
    const key = keyOf(standard);
    const serving = steps.filter(({ standards }) => standards.includes(key)).map(({ id }) => id);
    return serving.length === 0 ? standard : { ...standard, steps: serving };
  });
}

function standardIn(line: string): Standard {
  const [framework = "", code = "", ...rest] = line.split("|").map((part) => part.trim());
  const title = rest.join(APART);
  return { framework, code, ...(title === "" ? {} : { title }) };
}

function linesIn(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
