/** A lesson as it was sent, judged as a whole and ready to be kept. */
import type { Ids } from "../../actors/clock.ts";
import type { LessonContent, LessonSummary, Standard } from "../../db/lesson-row.ts";
import type { Json } from "../../machines/json.ts";
import { completed } from "../../machines/learning-session/item-wish.ts";
import { LANGUAGE_DEFAULT, parseLesson } from "../content/lesson.ts";
import { standardErrors } from "../content/standards.ts";
import { type Problem, problem } from "../problem.ts";
import type { Read } from "./body.ts";
import type { LessonChange, StepWish } from "./lesson-shapes.ts";

/** What was sent, or imported: already of the shape that a schema can say. */
export interface LessonInput {
  readonly title: string;
  readonly language?: string;
  readonly status?: LessonSummary["status"];
  readonly tags?: readonly string[];
  readonly standards?: readonly Standard[];
  readonly steps: readonly StepWish[];
}

/** What was left out is filled in; then everything that a schema cannot say is judged. */
export function contentOf(wish: LessonInput, ids: Ids): Read<LessonContent> {
  const { title, language = LANGUAGE_DEFAULT, status = "draft", tags = [], standards = [] } = wish;
  const steps = wish.steps.map((step) => {
    const id = step.id ?? ids.next();
    return step.kind === "item" ? { ...step, id, item: completed(step.item) } : { ...step, id };
  });
  const lesson = parseLesson({ title, language, steps });
  const stepIds = new Set(steps.map(({ id }) => id));
  const errors = [...(lesson.ok ? [] : lesson.errors), ...standardErrors(standards, stepIds)];
  if (!lesson.ok || errors.length > 0) {
    const detail = "Some fields are not as expected; see errors.";
    return { ok: false, problem: problem("invalid", detail, { errors }) };
  }
  return {
    ok: true,
    value: { ...lesson.value, steps: parseSteps(lesson.value.steps), status, tags, standards },
  };
}

/** A lesson that was read may be sent back, but not as another's or as another lesson. */
export function movedTo(lesson: LessonSummary, { id, ownerId }: LessonChange): Problem | undefined {
  const isOther = id !== undefined && id !== lesson.id;
  if (!isOther && (ownerId === undefined || ownerId === lesson.ownerId)) {
    return undefined;
  }
  const path = isOther ? "/id" : "/ownerId";
  const message = "Expected what the lesson has, or nothing";
  const errors = [{ path, code: "fixed", message }] as const;
  return problem("invalid", "Some fields are not as expected; see errors.", { errors });
}

/** What passed the schema is JSON. */
function parseSteps(steps: unknown): Json {
  return steps as Json;
}
