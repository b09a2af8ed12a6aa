/**
 * A lesson as it comes in: title, language and steps, out of untrusted JSON.
 *
 * Owns what a lesson's content is before it has an id; `version` and `status` are the door's.
 */
import { type Static, Type } from "@sinclair/typebox";
import { StepsSchema, TITLE_CHARS_MAX, stepErrors } from "../../machines/learning-session/item.ts";
import type { FieldError } from "../../machines/refusal.ts";
import { type Validated, createValidator } from "../http/valid.ts";

/** Of a lesson that does not say. */
export const LANGUAGE_DEFAULT = "en";
/** As long as the longest tag in use, with room; longer ones are somebody's mistake. */
const LANGUAGE_CHARS_MAX = 35;

/** No field names a file: who tries is told where pictures stand, rather than just refused. */
const NAMES_FILE = /\/media$/;

export const LessonContentSchema = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: TITLE_CHARS_MAX }),
    language: Type.String({
      minLength: 2,
      maxLength: LANGUAGE_CHARS_MAX,
      description: "BCP 47, for example `en` or `pt-BR`",
    }),
    steps: StepsSchema,
  },
  { additionalProperties: false },
);

export type LessonContent = Static<typeof LessonContentSchema>;

const validator = createValidator(LessonContentSchema);

/** The language comes back in its canonical form: `EN-us` as `en-US`. */
export function parseLesson(body: unknown): Validated<LessonContent> {
  const validated = validator.validate(body);
  if (!validated.ok) {
    return { ok: false, errors: validated.errors.map(explained) };
  }
  const { title, steps } = validated.value;
  const language = canonicalLanguage(validated.value.language);
  const errors: FieldError[] = stepErrors(steps).map((error) => ({
    ...error,
    path: `/steps${error.path}`,
  }));
  if (language === undefined) {
    errors.unshift({
      path: "/language",
      code: "bad-form",
      message: "Expected a BCP 47 language, such as en or pt-BR",
    });
  }
  if (title.trim() === "") {
    const message = "Expected a title that can be seen";
    errors.unshift({ path: "/title", code: "empty", message });
  }
  return language === undefined || errors.length > 0
    ? { ok: false, errors }
    : { ok: true, value: { title: title.trim(), language, steps } };
}

/** Well-formed by BCP 47; undefined: it is not. */
export function canonicalLanguage(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch (error) {
    if (error instanceof RangeError) {
      return undefined;
    }
    throw error;
  }
}

function explained(error: FieldError): FieldError {
  return NAMES_FILE.test(error.path)
    ? {
        ...error,
        code: "not-here",
        message: "Pictures stand in texts, as ![what it shows](media:ID): leave this field out",
      }
    : error;
}
