/** Shapes of the class routes: classes, who is in them, and who could be. */
import { type Static, Type } from "@sinclair/typebox";
import type { ClassMember, Student } from "../../db/class-members.ts";
import type { SchoolClass } from "../../db/classes.ts";
import { instantOf } from "./instant.ts";
import { Id, Instant, Nullable, PageQuery } from "./shapes.ts";
import { Email, Name } from "./user-shapes.ts";

const strict = { additionalProperties: false } as const;
/** "7b, Biology, Ms Lovelace" and more; lists show it in one line. */
const TITLE_CHARS_MAX = 80;
const LETTERS_MAX = 100;
/** Each new one costs a password hash: fifty took 5 s on two cores that were busy otherwise. */
export const LIST_MAX = 50;

const Title = Type.String({ minLength: 1, maxLength: TITLE_CHARS_MAX, pattern: "\\S" });
const Visibility = Type.Union([Type.Literal("private"), Type.Literal("school")], {
  description: "`school`: all its teachers see it and start sessions for it.",
});

export const ClassWish = Type.Object(
  { title: Title, visibility: Type.Optional(Visibility) },
  strict,
);

export const ClassChange = Type.Object(
  {
    title: Type.Optional(Title),
    visibility: Type.Optional(Visibility),
    archived: Type.Optional(Type.Boolean()),
  },
  { ...strict, minProperties: 1 },
);

export const ClassesQuery = Type.Object(
  {
    ...PageQuery,
    archived: Type.Optional(
      Type.Literal("true", { description: "Those that are archived, and no others." }),
    ),
  },
  strict,
);

const brief = { id: Id, title: Type.String() };

export const ClassShape = Type.Object(
  {
    ...brief,
    ownerId: Id,
    visibility: Visibility,
    members: Type.Integer(),
    mayChange: Type.Boolean({ description: "Whether the caller may change it and its list." }),
    createdAt: Instant,
    archivedAt: Nullable(Instant),
  },
  { $id: "Class" },
);

/** To students a class of theirs is its title. */
export const ClassBriefShape = Type.Object(brief, { $id: "ClassBrief" });

export const StudentsQuery = Type.Object(
  {
    q: Type.String({
      ...{ minLength: 1, maxLength: LETTERS_MAX, pattern: "\\S" },
      description: "Letters of the name or the address.",
    }),
  },
  strict,
);

const student = { userId: Id, name: Type.String(), email: Type.String() };

export const StudentsShape = Type.Object({ items: Type.Array(Type.Object(student)) });

const MemberShape = Type.Object({ ...student, addedAt: Instant }, { $id: "ClassMember" });

export const MembersShape = Type.Object({ items: Type.Array(MemberShape) });

export const MemberList = Type.Object(
  {
    people: Type.Array(Type.Object({ email: Email, name: Type.Optional(Name) }, strict), {
      minItems: 1,
      maxItems: LIST_MAX,
    }),
  },
  strict,
);
export type Listed = Static<typeof MemberList>["people"][number];

export const ListAddedShape = Type.Object({
  items: Type.Array(MemberShape),
  made: Type.Array(
    Type.Object({
      ...student,
      password: Type.String({ description: "Shown this once; no one can read it again." }),
    }),
    { description: "The accounts that were made for addresses that nobody had." },
  ),
});

const member = {
  ...{ userId: "0b6f3d", name: "Ada", email: "ada@demo.example" },
  addedAt: "2026-03-01T10:00:00.000Z",
};

export const CLASS_EXAMPLES = {
  wish: { title: "7b, Biology" },
  kept: {
    ...{ id: "4f1c77aa09d2", title: "7b, Biology", ownerId: "7d20b1", visibility: "private" },
    ...{ members: 24, mayChange: true, createdAt: "2026-03-01T09:00:00.000Z", archivedAt: null },
  },
  members: { items: [member] },
  list: { people: [{ name: "Ada", email: "ada@demo.example" }] },
  added: {
    items: [member],
    made: [{ userId: member.userId, name: "Ada", email: member.email, password: "kd7m-wq4t-9xhp" }],
  },
} as const;

export function briefOf({ id, title }: SchoolClass): object {
  return { id, title };
}

export function classOf(kept: SchoolClass, mayChange: boolean): object {
  const { id, title, ownerId, visibility, members } = kept;
  const createdAt = instantOf(kept.createdAt);
  const archivedAt = instantOf(kept.archivedAt);
  return { id, title, ownerId, visibility, members, mayChange, createdAt, archivedAt };
}

export function memberOf({ userId, name, email, addedAt }: ClassMember): object {
  return { userId, name, email, addedAt: instantOf(addedAt) };
}

export function studentOf({ userId, name, email }: Student): object {
  return { userId, name, email };
}
