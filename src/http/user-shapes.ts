/** Shapes of the user routes. */
import { Type } from "@sinclair/typebox";
import type { User } from "../../db/users.ts";
import { instantOf } from "./instant.ts";
import { Id, Instant, Nullable } from "./shapes.ts";

const strict = { additionalProperties: false } as const;
/** RFC 5321's longest address. */
const EMAIL_CHARS_MAX = 254;
const PASSWORD_CHARS_MIN = 8;
const PASSWORD_CHARS_MAX = 200;
/** The rule is 40 after normalizing. */
const NAME_CHARS_MAX = 200;

export const PersonRole = Type.Union([
  Type.Literal("owner"),
  Type.Literal("admin"),
  Type.Literal("teacher"),
  Type.Literal("student"),
  Type.Literal("guardian"),
]);

export const Email = Type.String({ maxLength: EMAIL_CHARS_MAX, pattern: "^[^\\s@]+@[^\\s@]+$" });
const Password = Type.String({ minLength: PASSWORD_CHARS_MIN, maxLength: PASSWORD_CHARS_MAX });
export const Name = Type.String({ minLength: 1, maxLength: NAME_CHARS_MAX });

export const NewUser = Type.Object(
  { email: Email, name: Name, role: PersonRole, password: Type.Optional(Password) },
  strict,
);

export const UserPatch = Type.Object(
  {
    email: Type.Optional(Email),
    name: Type.Optional(Name),
    role: Type.Optional(PersonRole),
    password: Type.Optional(Password),
    disabled: Type.Optional(Type.Boolean()),
  },
  { ...strict, minProperties: 1 },
);

export const PersonShape = Type.Object(
  {
    id: Id,
    email: Type.String(),
    name: Type.String(),
    role: Type.String(),
    createdAt: Instant,
    disabledAt: Nullable(Instant),
  },
  { $id: "User" },
);

const wish = {
  email: "ada@demo.example",
  name: "Ada",
  role: "student",
  password: "at least eight",
};

export const USER_EXAMPLES = {
  wish,
  kept: {
    id: "0b6f3d",
    email: wish.email,
    name: wish.name,
    role: wish.role,
    createdAt: "2026-03-01T10:00:00.000Z",
    disabledAt: null,
  },
} as const;

export function personOf(user: User): object {
  const { id, email, name, role } = user;
  const createdAt = instantOf(user.createdAt);
  return { id, email, name, role, createdAt, disabledAt: instantOf(user.disabledAt) };
}
