/** Exporting lessons: a lesson in somebody else's format, and the list of what that cannot say. */
import type { Clock } from "../../actors/clock.ts";
import type { Lesson } from "../../db/lesson-row.ts";
import type { Json } from "../../machines/json.ts";
import type { Step } from "../../machines/learning-session/item.ts";
import { type Exportable, exportGift } from "../content/gift-export.ts";
import { lostPictures } from "../content/lost.ts";
import { type PictureBytes, exportQti } from "../content/qti-export.ts";
import { no, ok } from "./answer.ts";
import { ExportQuery, ExportShape, GIFT_EXAMPLE } from "./lesson-shapes.ts";
import { lessonFor } from "./lesson-access.ts";
import { picturesFor } from "./lesson-pictures.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";

const FILE_CHARS_MAX = 60;

const EXPORT_EXAMPLE = {
  format: "gift",
  file: "photosynthesis.gift",
  mediaType: "text/plain",
  text: GIFT_EXAMPLE,
  lost: [{ path: "/steps/1/item/limitMs", message: "Left out: the format has no place for it" }],
};

export function exportRoutes(parts: AppParts): readonly Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/v1/lessons/:id/export",
      access: "caller",
      query: ExportQuery,
      gate: async ({ caller, params: { id = "" } }) => {
        const lesson = await lessonFor(parts, caller, id);
        return lesson.ok ? undefined : lesson.problem;
      },
      docs: {
        tag: "Lessons",
        summary: "A lesson in another format",
        description:
          "With the list of what the format cannot say. Texts that are not in the list come back " +
          "from import as they were; ids of steps and choices are given anew.",
        answers: {
          200: { description: "The file.", schema: ExportShape, example: EXPORT_EXAMPLE },
        },
      },
      async handle({ caller, params: { id = "" }, query }) {
        const lesson = await lessonFor(parts, caller, id, query.version);
        if (!lesson.ok) {
          return no(lesson.problem);
        }
        const file = fileOf(lesson.value);
        const what = exportable(lesson.value);
        return ok(
          query.format === "gift"
            ? await giftOf(what, file, parts.clock)
            : await qtiOf(what, file, {
                clock: parts.clock,
                pictures: await picturesFor(parts, caller, what.steps),
              }),
        );
      },
    }),
  ];
}

async function giftOf(lesson: Exportable, name: string, clock: Clock): Promise<object> {
  const { content, lost } = await exportGift(lesson, clock);
  return {
    format: "gift",
    file: `${name}.gift`,
    mediaType: "text/plain",
    text: content,
    lost: [...lost, ...lostPictures(lesson.steps)],
  };
}

async function qtiOf(
  lesson: Exportable,
  name: string,
  { clock, pictures }: { readonly clock: Clock; readonly pictures: PictureBytes },
): Promise<object> {
  const { content, lost } = await exportQti(lesson, clock, pictures);
  const base64 = Buffer.from(content).toString("base64");
  return {
    format: "qti3",
    file: `${name}.zip`,
    mediaType: "application/zip",
    base64,
    lost,
  };
}

function exportable({ title, language, tags, standards, steps }: Lesson): Exportable {
  return { title, language, tags, standards, steps: parseSteps(steps) };
}

/** Letters and digits only: a name that every file system takes. */
function fileOf({ title }: Lesson): string {
  const plain = title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = plain.match(/[a-z0-9]+/g) ?? [];
  return words.join("-").slice(0, FILE_CHARS_MAX) || "lesson";
}

/** What is kept was judged when it came in. */
function parseSteps(steps: Json): readonly Step[] {
  return steps as unknown as readonly Step[];
}
