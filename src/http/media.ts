/**
 * Pictures for lessons: sent by teachers, shown to whoever is in the school or in a session of it.
 *
 * In Markdown a picture is `![what it shows](media:ID)`.
 */
import { Type } from "@sinclair/typebox";
import { asTenant } from "../../db/as-tenant.ts";
import { MEDIA_MAX, findMedium, keepMedium } from "../../db/media.ts";
import { PICTURE_BYTES_MAX, type ReadPicture, readPicture } from "../content/picture.ts";
import { type Problem, problem } from "../problem.ts";
import { created, no } from "./answer.ts";
import { authorOf, lessonsHidden } from "./lesson-access.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";
import { Id } from "./shapes.ts";

const ImageBody = Type.Object({ content: Type.String() }, { additionalProperties: false });

const MediumShape = Type.Object(
  {
    id: Id,
    mediaType: Type.Literal("image/webp"),
    width: Type.Integer(),
    height: Type.Integer(),
    bytes: Type.Integer({ description: "How many it has." }),
    markdown: Type.String({ description: "How a lesson's text shows it." }),
  },
  { $id: "Medium" },
);

const EXAMPLE = {
  id: "3f1c9a7e52d84b06a1c4e9f07b2d6c58",
  mediaType: "image/webp",
  width: 1600,
  height: 1200,
  bytes: 184_320,
  markdown: "![](media:3f1c9a7e52d84b06a1c4e9f07b2d6c58)",
};

export function mediaRoutes(parts: AppParts): readonly Route[] {
  return [sendRoute(parts), showRoute(parts)];
}

function sendRoute(parts: AppParts): Route {
  return defineRoute({
    method: "POST",
    path: "/api/v1/media",
    access: "caller",
    body: ImageBody,
    bodyShown: Type.String(),
    bodyKind: "image",
    bytesMax: PICTURE_BYTES_MAX,
    keyed: true,
    gate: async ({ caller }) => lessonsHidden(caller),
    docs: {
      tag: "Lessons",
      summary: "Send a picture for lessons",
      description:
        "A JPEG, PNG or WebP of at most 8 MiB and 25 million pixels. It is turned upright, fitted " +
        "into 2000 × 2000, and encoded anew as WebP, without EXIF. The same picture has the same id.",
      answers: { 201: { description: "Kept.", schema: MediumShape, example: EXAMPLE } },
      problems: ["not-found", "not-accepted", "busy"],
    },
    async handle({ caller, body }) {
      const author = authorOf(caller);
      if (!author.ok) {
        return no(author.problem);
      }
      const read = await readPicture(Buffer.from(body.content, "base64"));
      if (!read.ok) {
        return no(REFUSED[read.why]);
      }
      const by = { userId: author.value, at: parts.clock.now() };
      const { picture } = read;
      const kept = await asTenant(parts.db, caller.tenantId, (tx) => keepMedium(tx, picture, by));
      const { id, mediaType, width, height, bytes } = picture;
      const shown = { id, mediaType, width, height, bytes: bytes.length };
      return kept === "too-many"
        ? no(problem("not-accepted", `A school keeps at most ${MEDIA_MAX} pictures.`))
        : created({ ...shown, markdown: `![](media:${id})` });
    },
  });
}

type Why = Extract<ReadPicture, { readonly ok: false }>["why"];

const REFUSED: Readonly<Record<Why, Problem>> = {
  unknown: problem("invalid", "Expected a JPEG, PNG or WebP; the bytes are of something else.", {
    errors: [{ path: "", message: "Expected a JPEG, PNG or WebP" }],
  }),
  broken: problem("invalid", "The picture cannot be decoded.", {
    errors: [{ path: "", message: "Expected a picture that can be decoded" }],
  }),
  "too-large": problem("too-large", "The picture has too many pixels; make it smaller."),
  busy: problem("busy", "Other pictures are being read; send it again."),
};

function showRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/media/:id",
    access: "caller",
    docs: {
      tag: "Lessons",
      summary: "A picture",
      description: "For everybody of the school, its guests and boards too.",
      answers: {
        200: { description: "Its bytes.", also: { "image/webp": "The picture." } },
      },
    },
    async handle({ caller, params: { id = "" } }) {
      const found = await asTenant(parts.db, caller.tenantId, (tx) => findMedium(tx, id));
      return found === undefined
        ? no(problem("not-found", "There is no such picture, or it is not your school's."))
        : { kind: "bytes", type: found.mediaType, bytes: found.bytes, file: `${found.id}.webp` };
    },
  });
}
