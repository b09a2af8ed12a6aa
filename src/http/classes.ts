/**
 * Classes: lists of students that outlive a session, made, found, renamed, archived and deleted.
 *
 * Who may what is decided in `class-access.ts`; who is in one is kept by `class-members.ts`.
 */
import { Type } from "@sinclair/typebox";
import { asTenant } from "../../db/as-tenant.ts";
import {
  CLASSES_MAX,
  type ClassSearch,
  createClass,
  deleteClass,
  listClasses,
  updateClass,
} from "../../db/classes.ts";
import { type Page, parseCursor } from "../../db/cursor.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { problem } from "../problem.ts";
import { created, empty, no, ok } from "./answer.ts";
import {
  classClosed,
  classFor,
  classMissing,
  classOfStudent,
  classesHidden,
  mayChangeClass,
} from "./class-access.ts";
import {
  CLASS_EXAMPLES,
  ClassBriefShape,
  ClassChange,
  ClassShape,
  ClassWish,
  ClassesQuery,
  briefOf,
  classOf,
} from "./class-shapes.ts";
import { authorOf, seenByOf } from "./lesson-access.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";
import { badCursor } from "./sessions.ts";
import { PAGE_DEFAULT, pageShape } from "./shapes.ts";

const EitherShape = Type.Union([ClassShape, ClassBriefShape]);
const KEPT = { description: "Now.", schema: ClassShape, example: CLASS_EXAMPLES.kept };

export function classRoutes(parts: AppParts): readonly Route[] {
  return [
    listRoute(parts),
    createRoute(parts),
    lookRoute(parts),
    patchRoute(parts),
    deleteRoute(parts),
  ];
}

function listRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/classes",
    access: "caller",
    query: ClassesQuery,
    gate: async ({ caller }) => (isStudent(caller) ? undefined : classesHidden(caller)),
    docs: {
      tag: "Classes",
      summary: "The caller's classes, newest first",
      description:
        "A teacher's own and those that are shared with the school; admins and owners see all. " +
        "A student has the titles of those that he is in.",
      answers: { 200: { description: "A page.", schema: pageShape(EitherShape) } },
      problems: ["not-found"],
    },
    async handle({ caller, query }) {
      const after = query.after === undefined ? undefined : parseCursor(query.after);
      if (query.after !== undefined && after === undefined) {
        return no(badCursor());
      }
      const page = { after, limit: query.limit ?? PAGE_DEFAULT };
      const archived = query.archived === "true";
      const { principal } = caller;
      if (principal.kind === "user" && principal.role === "student") {
        const own = archived ? undefined : { archived, memberId: principal.userId };
        const items = own && (await pageOf(parts, caller, { ...page, ...own }));
        return ok(
          items ? { ...items, items: items.items.map(briefOf) } : { items: [], next: null },
        );
      }
      const hidden = classesHidden(caller);
      if (hidden !== undefined) {
        return no(hidden);
      }
      const found = await pageOf(parts, caller, { ...page, archived, seenBy: seenByOf(caller) });
      const items = found.items.map((each) => classOf(each, mayChangeClass(caller, each)));
      return ok({ items, next: found.next });
    },
  });
}

function isStudent({ principal }: VerifiedCaller): boolean {
  return principal.kind === "user" && principal.role === "student";
}

function pageOf({ db }: AppParts, { tenantId }: VerifiedCaller, page: Page & ClassSearch) {
  return asTenant(db, tenantId, (tx) => listClasses(tx, page));
}

function createRoute(parts: AppParts): Route {
  return defineRoute({
    method: "POST",
    path: "/api/v1/classes",
    access: "caller",
    body: ClassWish,
    keyed: true,
    gate: async ({ caller }) => classesHidden(caller),
    docs: {
      tag: "Classes",
      summary: "Make a class",
      description: `Without \`visibility\` it is private. A school has at most ${CLASSES_MAX}.`,
      example: CLASS_EXAMPLES.wish,
      answers: { 201: { ...KEPT, description: "Made." } },
      problems: ["not-found", "not-accepted"],
    },
    async handle({ caller, body }) {
      const author = authorOf(caller);
      if (!author.ok) {
        return no(classMissing());
      }
      const wish = {
        id: parts.ids.next(),
        ownerId: author.value,
        title: body.title.trim(),
        visibility: body.visibility ?? "private",
        at: parts.clock.now(),
      } as const;
      const made = await asTenant(parts.db, caller.tenantId, (tx) => createClass(tx, wish));
      return made === "too-many"
        ? no(problem("not-accepted", `The school has ${CLASSES_MAX} classes; delete old ones.`))
        : created(classOf(made, true));
    },
  });
}

function lookRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/classes/:id",
    access: "caller",
    docs: {
      tag: "Classes",
      summary: "A class",
      description: "To a student of it: its title.",
      answers: { 200: { ...KEPT, schema: EitherShape } },
    },
    async handle({ caller, params: { id = "" } }) {
      const own = await classOfStudent(parts, caller, id);
      if (own !== undefined) {
        return ok(briefOf(own));
      }
      const found = await classFor(parts, caller, id);
      return found.ok
        ? ok(classOf(found.value, mayChangeClass(caller, found.value)))
        : no(found.problem);
    },
  });
}

function patchRoute(parts: AppParts): Route {
  return defineRoute({
    method: "PATCH",
    path: "/api/v1/classes/:id",
    access: "caller",
    body: ClassChange,
    keyed: true,
    gate: ({ caller, params: { id = "" } }) => classClosed(parts, caller, id),
    docs: {
      tag: "Classes",
      summary: "Rename, share or archive a class",
      description: "Only the fields that are there. No session starts for what is archived.",
      example: { archived: true },
      answers: { 200: { ...KEPT, description: "Changed." } },
      problems: ["not-allowed"],
    },
    async handle({ caller, params: { id = "" }, body: { title, visibility, archived } }) {
      const closed = await classClosed(parts, caller, id);
      if (closed !== undefined) {
        return no(closed);
      }
      const patch = {
        ...(title === undefined ? {} : { title: title.trim() }),
        ...(visibility === undefined ? {} : { visibility }),
        ...(archived === undefined ? {} : { archivedAt: archived ? parts.clock.now() : null }),
      };
      const kept = await asTenant(parts.db, caller.tenantId, (tx) => updateClass(tx, id, patch));
      return kept === undefined ? no(classMissing()) : ok(classOf(kept, true));
    },
  });
}

function deleteRoute(parts: AppParts): Route {
  return defineRoute({
    method: "DELETE",
    keyed: true,
    path: "/api/v1/classes/:id",
    access: "caller",
    docs: {
      tag: "Classes",
      summary: "Delete a class",
      description: "Its students and the sessions that were held for it stay.",
      answers: { 204: { description: "Deleted." } },
      problems: ["not-allowed"],
    },
    async handle({ caller, params: { id = "" } }) {
      const closed = await classClosed(parts, caller, id);
      if (closed !== undefined) {
        return no(closed);
      }
      const done = await asTenant(parts.db, caller.tenantId, (tx) => deleteClass(tx, id));
      return done ? empty() : no(classMissing());
    },
  });
}
