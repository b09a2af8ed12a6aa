/** Importing lessons: a text in somebody else's format becomes a lesson, whole or not at all. */
import { Type } from "@sinclair/typebox";
import { GIFT_BYTES_MAX, importGift } from "../content/gift.ts";
import { problem } from "../problem.ts";
import { created, no } from "./answer.ts";
import { contentOf } from "./lesson-content.ts";
import { GIFT_EXAMPLE, ImportQuery, LessonShape } from "./lesson-shapes.ts";
import { authorOf, keepLesson, lessonsHidden } from "./lessons.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";

export function importRoutes(parts: AppParts): readonly Route[] {
  return [
    defineRoute({
      method: "POST",
      path: "/api/v1/lessons/import",
      access: "caller",
      query: ImportQuery,
      body: Type.String(),
      bodyKind: "plain",
      bytesMax: GIFT_BYTES_MAX,
      keyed: true,
      gate: async ({ caller }) => lessonsHidden(caller),
      docs: {
        tag: "Lessons",
        summary: "Import a lesson from GIFT",
        description:
          "Every kind of question that GIFT has. A broken question is named with its line, and then " +
          "nothing is imported. Descriptions become content steps, categories tags; raw HTML is removed.",
        example: GIFT_EXAMPLE,
        answers: { 201: { description: "Imported.", schema: LessonShape } },
        problems: ["not-found"],
      },
      async handle({ caller, query, body }) {
        const author = authorOf(caller);
        if (!author.ok) {
          return no(author.problem);
        }
        const imported = await importGift(body, parts.clock);
        if (!imported.ok) {
          const [first] = imported.errors;
          const detail = `Nothing was imported. ${first?.message ?? ""}; see errors.`;
          return no(problem("invalid", detail, { errors: imported.errors }));
        }
        const { title, steps } = imported;
        const language = query.language === undefined ? {} : { language: query.language };
        const status = "published";
        const wish = { title: query.title ?? title, status, ...language } as const;
        const content = contentOf({ ...wish, steps }, parts.ids);
        return content.ok
          ? created(await keepLesson(parts, caller, author.value, content.value))
          : no(content.problem);
      },
    }),
  ];
}
