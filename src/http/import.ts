/** Importing lessons: a file in somebody else's format becomes a lesson. */
import { Type } from "@sinclair/typebox";
import type { Clock } from "../../actors/clock.ts";
import { MEDIA_MAX } from "../../db/media.ts";
import type { FieldError } from "../../machines/refusal.ts";
import type { Exportable } from "../content/gift-export.ts";
import { importGift } from "../content/gift.ts";
import { QTI_BYTES_MAX, importQti } from "../content/qti.ts";
import type { TakePicture } from "../content/qti-pictures.ts";
import { problem } from "../problem.ts";
import { created, no } from "./answer.ts";
import type { FileBody, Read } from "./body.ts";
import { contentOf } from "./lesson-content.ts";
import {
  FileBody as FileBodyShape,
  GIFT_EXAMPLE,
  ImportQuery,
  ImportedShape,
} from "./lesson-shapes.ts";
import { authorOf, lessonsHidden } from "./lesson-access.ts";
import { documentFor } from "./lesson-document.ts";
import { keepPictured, startTaking } from "./lesson-pictures.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";

const DESCRIPTION =
  "GIFT: every kind of question that it has. A broken question is named with its line, and then " +
  "nothing is imported. Descriptions become content steps, categories tags. QTI 3: what a lesson " +
  "has no kind of item for is left out, and listed in `lost`; its pictures are encoded anew and " +
  "kept with the lesson, or listed. Raw HTML is removed from both.";

export function importRoutes(parts: AppParts): readonly Route[] {
  return [
    defineRoute({
      method: "POST",
      path: "/api/v1/lessons/import",
      access: "caller",
      query: ImportQuery,
      body: FileBodyShape,
      bodyShown: Type.String(),
      bodyKind: "file",
      bytesMax: QTI_BYTES_MAX,
      keyed: true,
      gate: async ({ caller }) => lessonsHidden(caller),
      docs: {
        tag: "Lessons",
        summary: "Import a lesson from GIFT or QTI 3",
        description: DESCRIPTION,
        example: GIFT_EXAMPLE,
        answers: { 201: { description: "Imported.", schema: ImportedShape } },
        problems: ["not-found", "not-accepted", "busy"],
      },
      async handle({ caller, query, body }) {
        const author = authorOf(caller);
        if (!author.ok) {
          return no(author.problem);
        }
        const taking = await startTaking(parts, caller);
        const read = query.format === "gift" ? readGift : readQti;
        const imported = await read(body, parts.clock, taking.take);
        if (taking.isBusy()) {
          return no(problem("busy", "Other pictures are being read; send it again."));
        }
        if (!imported.ok) {
          return no(imported.problem);
        }
        const { lost, ...found } = imported.value;
        const given = {
          ...(query.title === undefined ? {} : { title: query.title }),
          ...(query.language === undefined ? {} : { language: query.language }),
        };
        const wish = { ...found, ...given, steps: [...found.steps], status: "published" } as const;
        const content = contentOf(wish, parts.ids);
        if (!content.ok) {
          return no(content.problem);
        }
        const pictures = taking.shownBy(found.steps);
        const wished = { ...content.value, ownerId: author.value, pictures };
        const kept = await keepPictured(parts, caller, wished);
        if (kept === undefined) {
          return no(problem("not-accepted", `A school keeps at most ${MEDIA_MAX} pictures.`));
        }
        const lesson = documentFor(caller, kept);
        return created(lost === undefined ? lesson : { ...lesson, lost });
      },
    }),
  ];
}

interface Found extends Omit<Exportable, "language" | "tags"> {
  readonly language?: string;
  readonly tags?: readonly string[];
  readonly lost?: readonly FieldError[];
}

async function readGift({ type, content }: FileBody, clock: Clock): Promise<Read<Found>> {
  if (type !== "text") {
    return wrongType("text/plain");
  }
  const imported = await importGift(content, clock);
  return imported.ok
    ? { ok: true, value: { title: imported.title, steps: imported.steps } }
    : nothing(imported.errors);
}

async function readQti(
  { type, content }: FileBody,
  clock: Clock,
  take: TakePicture,
): Promise<Read<Found>> {
  if (type !== "zip") {
    return wrongType("application/zip");
  }
  const imported = await importQti(Buffer.from(content, "base64"), clock, take);
  if (!imported.ok) {
    return nothing(imported.errors);
  }
  const { title, language, tags, standards, steps, lost } = imported;
  return { ok: true, value: { title, language, tags, standards, steps, lost } };
}

function wrongType(wanted: string): Read<Found> {
  const detail = `This format is sent with Content-Type: ${wanted}.`;
  return { ok: false, problem: problem("unsupported-media-type", detail) };
}

function nothing(errors: readonly FieldError[]): Read<Found> {
  const detail = `Nothing was imported. ${errors[0]?.message ?? ""}; see errors.`;
  return { ok: false, problem: problem("invalid", detail, { errors }) };
}
