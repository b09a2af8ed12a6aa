/** Shapes of the lesson routes: a lesson as it is sent, as it is kept, and as lists show it. */
import { type Static, Type } from "@sinclair/typebox";
import {
  STEPS_MAX,
  StepSchema,
  TAGS_MAX,
  TAG_CHARS_MAX,
  TITLE_CHARS_MAX,
} from "../../machines/learning-session/item.ts";
import { ItemWish } from "../../machines/learning-session/item-wish.ts";
import { StandardShape, Standards } from "../content/standards.ts";
import { FieldCodeShape, Id, Instant, PageQuery } from "./shapes.ts";

const strict = { additionalProperties: false } as const;
/** BCP 47's longest registered tag with extensions; `machines` keeps as much. */
const LANGUAGE_CHARS_MAX = 35;
const LANGUAGE = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$";

const Status = Type.Union([Type.Literal("draft"), Type.Literal("published")]);
const Title = Type.String({ minLength: 1, maxLength: TITLE_CHARS_MAX });
const Language = Type.String({
  maxLength: LANGUAGE_CHARS_MAX,
  pattern: LANGUAGE,
  description: "BCP 47.",
});
const Tags = Type.Array(Type.String({ minLength: 1, maxLength: TAG_CHARS_MAX }), {
  maxItems: TAGS_MAX,
});

const [ContentStep, ItemStep] = StepSchema.anyOf;
const StepId = Type.Optional(
  Type.String({
    pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
    description: "Distinct in the lesson; without it the server gives one.",
  }),
);

/** A step as it is sent: its id, and what an item says by itself, may be left to the server. */
export const StepWish = Type.Union([
  Type.Object({ ...ContentStep.properties, id: StepId }, strict),
  Type.Object({ ...ItemStep.properties, id: StepId, item: ItemWish }, strict),
]);
export type StepWish = Static<typeof StepWish>;

const Visibility = Type.Union([Type.Literal("private"), Type.Literal("school")], {
  description: "`school`: all its teachers read and copy it. `private`: admins and owners only.",
});
const Version = Type.Integer({ minimum: 1, maximum: 999_999_999 });

const content = {
  title: Title,
  language: Type.Optional(Language),
  status: Type.Optional(Status),
  tags: Type.Optional(Tags),
  standards: Type.Optional(Standards),
  visibility: Type.Optional(Visibility),
  steps: Type.Array(StepWish, { maxItems: STEPS_MAX }),
};

export const LessonWish = Type.Object(content, strict);
export type LessonWish = Static<typeof LessonWish>;

const AS_READ = { description: "May be sent back as it was read; it cannot be changed." };

export const LessonChange = Type.Object(
  {
    ...content,
    id: Type.Optional(Type.String(AS_READ)),
    ownerId: Type.Optional(Type.String(AS_READ)),
    publishedVersion: Type.Optional(Type.Unknown(AS_READ)),
    basedOn: Type.Optional(Type.Unknown(AS_READ)),
    mayChange: Type.Optional(Type.Unknown(AS_READ)),
    createdAt: Type.Optional(Type.String(AS_READ)),
    updatedAt: Type.Optional(Type.String(AS_READ)),
    version: Type.Integer({ minimum: 1, description: "The version that was edited." }),
  },
  strict,
);
export type LessonChange = Static<typeof LessonChange>;

export const LessonSharing = Type.Object({ visibility: Visibility }, strict);

export const LessonCopy = Type.Object(
  {
    title: Type.Optional(Type.String({ ...Title, pattern: "\\S" })),
    version: Type.Optional(Version),
  },
  strict,
);

const BasedOn = Type.Union([Type.Object({ lessonId: Id, version: Type.Integer() }), Type.Null()], {
  description: "The version that was edited, or copied.",
});

const summary = {
  id: Id,
  ownerId: Id,
  title: Type.String(),
  language: Type.String(),
  status: Status,
  version: Type.Integer(),
  publishedVersion: Type.Union([Type.Integer(), Type.Null()], {
    description: "What sessions start from. Null: nothing was published; they take the draft.",
  }),
  basedOn: BasedOn,
  visibility: Visibility,
  tags: Type.Array(Type.String()),
  standards: Type.Array(StandardShape),
  mayChange: Type.Boolean({ description: "Whether the caller may edit, share and delete it." }),
  createdAt: Instant,
  updatedAt: Instant,
};

export const LessonSummaryShape = Type.Object(summary, { $id: "LessonSummary" });
export const StepShape = Type.Unsafe({ ...StepSchema, $id: "Step" });
export const LessonShape = Type.Object(
  { ...summary, steps: Type.Array(StepShape) },
  { $id: "Lesson" },
);

export const LessonVersionShape = Type.Object(
  {
    version: Type.Integer(),
    status: Status,
    title: Type.String(),
    language: Type.String(),
    tags: Type.Array(Type.String()),
    standards: Type.Array(StandardShape),
    basedOn: BasedOn,
    publishedBy: Type.Union([Id, Type.Null()]),
    publishedAt: Type.Union([Instant, Type.Null()]),
  },
  { $id: "LessonVersion" },
);

/** Postgres holds no NUL; longer than a title there is nothing to look for. */
const SEARCHED = { minLength: 1, maxLength: TITLE_CHARS_MAX, pattern: "^[^\\u0000]+$" };

const SEARCH_WORDS =
  'Words, also in other forms of the lesson\'s language, the last one as it begins; `"a phrase"`, ' +
  "`or` and `-not` work.";

export const LessonsQuery = Type.Object(
  {
    ...PageQuery,
    q: Type.Optional(Type.String({ ...SEARCHED, description: SEARCH_WORDS })),
    tag: Type.Optional(Type.String({ ...SEARCHED, description: "Exactly this tag." })),
    standard: Type.Optional(
      Type.String({ ...SEARCHED, description: "Exactly this code of a standard." }),
    ),
    framework: Type.Optional(
      Type.String({ ...SEARCHED, description: "A standard of exactly this framework." }),
    ),
    mine: Type.Optional(
      Type.Union([Type.Literal("true"), Type.Literal("false")], {
        description: "`true`: the caller's own only.",
      }),
    ),
  },
  strict,
);

const Format = Type.Union([Type.Literal("gift"), Type.Literal("qti3")], {
  description: "`gift`: Moodle's GIFT, a text. `qti3`: a package of QTI 3, a zip archive.",
});

/** What `file` bodies are read as. */
export const FileBody = Type.Object(
  { type: Type.Union([Type.Literal("text"), Type.Literal("zip")]), content: Type.String() },
  strict,
);

export const ImportQuery = Type.Object(
  {
    format: Format,
    title: Type.Optional(Title),
    language: Type.Optional(Language),
  },
  strict,
);

export const ExportQuery = Type.Object({ format: Format, version: Type.Optional(Version) }, strict);

export const LostShape = Type.Array(
  Type.Object({
    path: Type.String({ description: "RFC 6901 pointer into the lesson." }),
    message: Type.String(),
    code: Type.Optional(FieldCodeShape),
  }),
  { description: "What would not come back as it was; everything else would." },
);

export const ImportedShape = Type.Object(
  {
    ...LessonShape.properties,
    lost: Type.Optional(
      Type.Array(
        Type.Object({
          path: Type.String({ description: "The file in the package." }),
          message: Type.String(),
          code: Type.Optional(FieldCodeShape),
        }),
        { description: "Of `qti3`: what was left out, and why." },
      ),
    ),
  },
  { $id: "ImportedLesson" },
);

export const ExportShape = Type.Object(
  {
    format: Format,
    file: Type.String({ description: "A name for the file." }),
    mediaType: Type.String(),
    text: Type.Optional(Type.String({ description: "The whole file, of `gift`." })),
    base64: Type.Optional(Type.String({ description: "The whole file, of `qti3`." })),
    lost: LostShape,
  },
  { $id: "Export" },
);

export const LESSON_EXAMPLE = {
  title: "Photosynthesis",
  language: "en",
  status: "published",
  steps: [
    { id: "s1", kind: "content", title: "Leaves", body: "Leaves are **green**." },
    {
      id: "s2",
      kind: "item",
      item: {
        kind: "single-choice",
        prompt: "What makes a leaf green?",
        points: 2,
        limitMs: 30_000,
        choices: [
          { id: "a", text: "Chlorophyll", correct: true },
          { id: "b", text: "Water", correct: false, feedback: "Water is clear." },
        ],
        explanation: "Chlorophyll absorbs red and blue.",
      },
    },
  ],
} as const;

export const KEPT_EXAMPLE = {
  ...LESSON_EXAMPLE,
  id: "b6a1f0c2d4e84a0f",
  ownerId: "0b6f3d",
  version: 1,
  publishedVersion: 1,
  basedOn: null,
  visibility: "school",
  tags: [],
  standards: [{ framework: "NGSS", code: "MS-LS1-6", title: "Photosynthesis", steps: ["s2"] }],
  mayChange: true,
  createdAt: "2026-03-01T10:00:00.000Z",
  updatedAt: "2026-03-01T10:00:00.000Z",
};

export const GIFT_EXAMPLE = `::Leaves:: What makes a leaf green? {
  =Chlorophyll
  ~Water#Water is clear.
}

::Sun:: The sun is a star. {T}
`;
