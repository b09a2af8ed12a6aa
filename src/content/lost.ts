/**
 * What a lesson loses in another format: each part that would not come back as it was.
 *
 * Nothing here knows a format. A step is written, read back, and both are held against each other,
 * so the list cannot forget what a format, a parser or a mistake of ours does to a text. Invariant:
 * LO1: Without an entry for a step, the step comes back meaning the same. Ids are names within one
 *    lesson, and may change; so may what is only written out, such as one point.
 */
import type { Item, Step } from "../../machines/learning-session/item.ts";
import { weightsOf } from "../../machines/learning-session/score.ts";
import type { FieldError } from "../../machines/refusal.ts";
import { picturesIn } from "./picture-marks.ts";

/** `back` undefined: the format has no place for the step at all. */
export function lostOf(step: Step, back: Step | undefined, path: string): readonly FieldError[] {
  if (back === undefined) {
    const what = step.kind === "item" ? step.item.kind : step.kind;
    const message = `Left out: the format cannot hold this ${what}`;
    return [{ path, code: "no-kind", message }];
  }
  return differences(meantBy(step), meantBy(back), path);
}

/** Where a text shows a picture that does not go along: its words do, the file stays here. */
export function lostPictures(
  steps: readonly Step[],
  isLost: (id: string) => boolean = () => true,
): readonly FieldError[] {
  const message = "Left out: the file of the picture, which only this school shows";
  return steps.flatMap((step, index): readonly FieldError[] =>
    picturesIn([step]).some(isLost)
      ? [{ path: `/steps/${index}`, code: "no-picture", message }]
      : [],
  );
}

/** Both are JSON; one entry for each part that is gone, new or changed. */
export function differences(before: unknown, after: unknown, path: string): readonly FieldError[] {
  if (isBranch(before) && isBranch(after) && Array.isArray(before) === Array.isArray(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) =>
      differences(Reflect.get(before, name), Reflect.get(after, name), `${path}/${name}`),
    );
  }
  if (Object.is(before, after)) {
    return [];
  }
  return after === undefined
    ? [{ path, code: "no-place", message: "Left out: the format has no place for it" }]
    : [{ path, code: "changed", message: "Changed" }];
}

function isBranch(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Without ids, and without what is the same written out or left out. */
function meantBy(step: Step): object {
  const bare =
    step.kind === "content"
      ? { ...step, id: "" }
      : { kind: step.kind, item: { ...step.item, ...meantKey(step.item) } };
  return parsePlain(JSON.stringify(bare, (name, value: unknown) => kept(name, value)));
}

function kept(name: string, value: unknown): unknown {
  const isDefault =
    name === "id" ||
    (name === "points" && value === 1) ||
    (["title", "explanation", "feedback", "rubric"].includes(name) && value === "") ||
    (["tags", "extra"].includes(name) && Array.isArray(value) && value.length === 0) ||
    (name === "feedback" && isBranch(value) && Object.keys(value).length === 0);
  return isDefault ? undefined : value;
}

/** Each choice with the weight that it has if nothing is written. */
function meantKey(item: Item): object {
  if (item.kind !== "single-choice" && item.kind !== "multiple-choice") {
    return {};
  }
  const weights = weightsOf(item);
  return { choices: item.choices.map((choice) => ({ ...choice, weight: weights.get(choice.id) })) };
}

function parsePlain(text: string): object {
  return JSON.parse(text) as object;
}
