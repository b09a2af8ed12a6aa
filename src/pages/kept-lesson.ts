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

/** What a standard was said to be for before stays, as far as its steps are still there. */
export function standardsIn(
  text: string,
  before: readonly Standard[],
  stepIds: readonly string[],
): readonly Standard[] {
  return linesIn(text).map((line) => {
    const [framework = "", code = "", ...rest] = line.split("|").map((part) => part.trim());
    const title = rest.join(APART);
    const known = before.find((each) => each.framework === framework && each.code === code);
    const steps = known?.steps?.filter((id) => stepIds.includes(id)) ?? [];
    return {
      framework,
      code,
      ...(title === "" ? {} : { title }),
      ...(steps.length === 0 ? {} : { steps }),
    };
  });
}

function linesIn(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
