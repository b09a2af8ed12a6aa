/** Standards of a lesson: lines of a curriculum that it, or some of its steps, serve. */
import { Type } from "@sinclair/typebox";
import type { Standard } from "../../db/lesson-row.ts";
import {
  FIELD_ERRORS_MAX,
  STEPS_MAX,
  TITLE_CHARS_MAX,
} from "../../machines/learning-session/item.ts";
import type { FieldError } from "../../machines/refusal.ts";

/** Codes of frameworks have some ten characters, their URIs below a hundred. */
export const STANDARD_CHARS_MAX = 100;
/** A unit of work serves a handful; what lists a whole curriculum is no lesson. */
export const STANDARDS_MAX = 30;

const Part = Type.String({ minLength: 1, maxLength: STANDARD_CHARS_MAX });

export const StandardShape = Type.Object(
  {
    framework: Part,
    code: Part,
    title: Type.Optional(Type.String({ minLength: 1, maxLength: TITLE_CHARS_MAX })),
    steps: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        maxItems: STEPS_MAX,
        description: "Ids of the steps that serve it; without it, the lesson as a whole.",
      }),
    ),
  },
  { additionalProperties: false, $id: "Standard" },
);

export const Standards = Type.Array(StandardShape, {
  maxItems: STANDARDS_MAX,
  description: "Each code of a framework once.",
});

/** Equal for the same line of the same curriculum. */
export function standardKey({ framework, code }: Standard): string {
  return JSON.stringify([framework, code]);
}

/** What the schema cannot say: each standard once, and steps that are there. */
export function standardErrors(
  standards: readonly Standard[],
  stepIds: ReadonlySet<string>,
): readonly FieldError[] {
  const keys = standards.map(standardKey);
  const found = standards.flatMap(({ steps = [] }, index): readonly FieldError[] => {
    const isTwice = keys.indexOf(keys[index] ?? "") < index;
    const message = "Expected to be distinct, but it is there twice";
    const path = `/standards/${index}`;
    const strange = steps.flatMap((id, at): readonly FieldError[] =>
      stepIds.has(id) && steps.indexOf(id) === at
        ? []
        : [{ path: `${path}/steps/${at}`, code: "no-step", message: "Expected a step's id, once" }],
    );
    return isTwice ? [{ path: `${path}/code`, code: "twice", message }, ...strange] : strange;
  });
  return found.slice(0, FIELD_ERRORS_MAX);
}
