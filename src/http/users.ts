/**
 * Users: the people of a school, kept by its owners and admins.
 *
 * Invariants:
 * 1. Nobody changes or deletes himself here, and only owners touch owners: the last owner stays.
 * 2. Whose role, password or address changes, or who is disabled or deleted, is signed out
 *    everywhere.
 */
import { type Static, Type } from "@sinclair/typebox";
import { type TenantTx, asTenant } from "../../db/as-tenant.ts";
import { parseCursor } from "../../db/cursor.ts";
import { revokeUserTokens } from "../../db/refresh-tokens.ts";
import {
  type User,
  createUser,
  deleteUser,
  findUser,
  listUsers,
  updateUser,
} from "../../db/users.ts";
import { type UserId, parseUserId } from "../../machines/ids.ts";
import { nameOf } from "../../machines/learning-session/name.ts";
import type { FieldError } from "../../machines/refusal.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { type Problem, problem } from "../problem.ts";
import { type Answer, created, empty, no, ok } from "./answer.ts";
import type { Read } from "./body.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";
import { badCursor } from "./sessions.ts";
import { PAGE_DEFAULT, PageQuery, pageShape } from "./shapes.ts";
import {
  NewUser,
  PersonRole,
  PersonShape,
  USER_EXAMPLES,
  UserPatch,
  personOf,
} from "./user-shapes.ts";

const KEEPERS: ReadonlySet<string> = new Set(["owner", "admin"]);
const strict = { additionalProperties: false } as const;

export function userRoutes(parts: AppParts): readonly Route[] {
  return [
    listRoute(parts),
    createRoute(parts),
    lookRoute(parts),
    patchRoute(parts),
    deleteRoute(parts),
  ];
}

const gate = async ({ caller }: { readonly caller: VerifiedCaller }) => closedTo(caller);

function listRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/users",
    access: "caller",
    query: Type.Object({ ...PageQuery, role: Type.Optional(PersonRole) }, strict),
    gate,
    docs: {
      tag: "Users",
      summary: "The school's people, newest first",
      answers: { 200: { description: "A page.", schema: pageShape(PersonShape) } },
      problems: ["not-allowed"],
    },
    async handle({ caller, query }) {
      const closed = closedTo(caller);
      const after = query.after === undefined ? undefined : parseCursor(query.after);
      if (closed !== undefined || (query.after !== undefined && after === undefined)) {
        return no(closed ?? badCursor());
      }
      const role = query.role === undefined ? {} : { role: query.role };
      const page = { after, limit: query.limit ?? PAGE_DEFAULT, ...role };
      const found = await asTenant(parts.db, caller.tenantId, (tx) => listUsers(tx, page));
      return ok({ items: found.items.map(personOf), next: found.next });
    },
  });
}

function createRoute(parts: AppParts): Route {
  return defineRoute({
    method: "POST",
    path: "/api/v1/users",
    access: "caller",
    body: NewUser,
    keyed: true,
    gate,
    docs: {
      tag: "Users",
      summary: "Make a user",
      example: USER_EXAMPLES.wish,
      answers: {
        201: { description: "Made.", schema: PersonShape, example: USER_EXAMPLES.kept },
      },
      problems: ["not-allowed", "busy"],
    },
    async handle({ caller, body }) {
      const closed = closedTo(caller) ?? aboveCaller(caller, body.role) ?? misnamed(body.name);
      if (closed !== undefined) {
        return no(closed);
      }
      const { password } = body;
      const passwordHash = password === undefined ? null : await parts.passwords.hash(password);
      const { email, role } = body;
      const name = nameOf(body.name) ?? "";
      const at = parts.clock.now();
      const user = { id: parseUserId(parts.ids.next()), email, role, name, passwordHash, at };
      const made = await asTenant(parts.db, caller.tenantId, (tx) => createUser(tx, user));
      return made === "email-taken" ? no(emailTaken()) : created(personOf(made));
    },
  });
}

function lookRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/users/:id",
    access: "caller",
    docs: {
      tag: "Users",
      summary: "A user",
      answers: { 200: { description: "Now.", schema: PersonShape, example: USER_EXAMPLES.kept } },
      problems: ["not-allowed"],
    },
    async handle({ caller, params: { id = "" } }) {
      const found = await asTenant(parts.db, caller.tenantId, (tx) => personFor(tx, caller, id));
      return found.ok ? ok(personOf(found.value)) : no(found.problem);
    },
  });
}

function patchRoute(parts: AppParts): Route {
  return defineRoute({
    method: "PATCH",
    path: "/api/v1/users/:id",
    access: "caller",
    body: UserPatch,
    keyed: true,
    gate: ({ caller, params: { id = "" } }) => mayChange(parts, caller, id),
    docs: {
      tag: "Users",
      summary: "Change a user",
      description: "Only the fields that are there; whoever is changed signs in again.",
      example: { role: "teacher" },
      answers: {
        200: { description: "Changed.", schema: PersonShape, example: USER_EXAMPLES.kept },
      },
      problems: ["not-allowed", "busy"],
    },
    async handle({ caller, params: { id = "" }, body }) {
      const closed =
        (await mayChange(parts, caller, id)) ??
        aboveCaller(caller, body.role) ??
        (body.name === undefined ? undefined : misnamed(body.name));
      return closed === undefined ? change(parts, caller, parseUserId(id), body) : no(closed);
    },
  });
}

async function change(
  { db, clock, passwords, tokens }: AppParts,
  { tenantId }: VerifiedCaller,
  id: UserId,
  body: Static<typeof UserPatch>,
): Promise<Answer> {
  const { password, disabled, name, ...rest } = body;
  const at = clock.now();
  const patch = {
    ...rest,
    ...(name === undefined ? {} : { name: nameOf(name) ?? name }),
    ...(password === undefined ? {} : { passwordHash: await passwords.hash(password) }),
    ...(disabled === undefined ? {} : { disabledAt: disabled ? at : null }),
  };
  const signsOut = Object.keys(patch).some((field) => field !== "name");
  const changed = await asTenant(db, tenantId, async (tx) => {
    const user = await updateUser(tx, id, patch);
    if (signsOut && user !== undefined && user !== "email-taken") {
      await revokeUserTokens(tx, id, at);
    }
    return user;
  });
  tokens.forget(tenantId);
  if (changed === undefined) {
    return no(missing());
  }
  return changed === "email-taken" ? no(emailTaken()) : ok(personOf(changed));
}

function deleteRoute(parts: AppParts): Route {
  return defineRoute({
    method: "DELETE",
    keyed: true,
    path: "/api/v1/users/:id",
    access: "caller",
    docs: {
      tag: "Users",
      summary: "Delete a user",
      description: "What he did in sessions stays there, under the name it was done.",
      answers: { 204: { description: "Deleted." } },
      problems: ["not-allowed"],
    },
    async handle({ caller, params: { id = "" } }) {
      const closed = await mayChange(parts, caller, id);
      if (closed !== undefined) {
        return no(closed);
      }
      const userId = parseUserId(id);
      await asTenant(parts.db, caller.tenantId, async (tx) => {
        await revokeUserTokens(tx, userId, parts.clock.now());
        await deleteUser(tx, userId);
      });
      parts.tokens.forget(caller.tenantId);
      return empty();
    },
  });
}

function closedTo({ principal }: VerifiedCaller): Problem | undefined {
  return principal.kind === "user" && KEEPERS.has(principal.role)
    ? undefined
    : problem("not-allowed", "Only owners and admins keep the school's users.");
}

async function personFor(tx: TenantTx, caller: VerifiedCaller, id: string): Promise<Read<User>> {
  const closed = closedTo(caller);
  const user = closed === undefined ? await findUser(tx, parseUserId(id)) : undefined;
  return user === undefined
    ? { ok: false, problem: closed ?? missing() }
    : { ok: true, value: user };
}

async function mayChange(
  { db }: AppParts,
  caller: VerifiedCaller,
  id: string,
): Promise<Problem | undefined> {
  const found = await asTenant(db, caller.tenantId, (tx) => personFor(tx, caller, id));
  if (!found.ok) {
    return found.problem;
  }
  const { principal } = caller;
  return principal.kind === "user" && principal.userId === id
    ? problem("not-allowed", "Nobody changes himself here; ask another owner or admin.")
    : aboveCaller(caller, found.value.role);
}

function aboveCaller(
  { principal }: VerifiedCaller,
  role: User["role"] | undefined,
): Problem | undefined {
  const isOwner = principal.kind === "user" && principal.role === "owner";
  return role === "operator" || (role === "owner" && !isOwner)
    ? problem("not-allowed", "Only owners make and change owners.")
    : undefined;
}

function misnamed(name: string): Problem | undefined {
  return nameOf(name) === undefined
    ? invalid({ path: "/name", message: "Expected 1 to 40 visible characters" })
    : undefined;
}

function emailTaken(): Problem {
  return invalid({ path: "/email", message: "Expected an address that nobody else here has" });
}

function invalid(error: FieldError): Problem {
  return problem("invalid", "Some fields are not as expected; see errors.", { errors: [error] });
}

function missing(): Problem {
  return problem("not-found", "There is no such user, or he is not of your school.");
}
