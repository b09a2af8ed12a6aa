/** Who is in a class: read, found among the school's students, added one by one or as a list. */
import { asTenant } from "../../db/as-tenant.ts";
import {
  FOUND_MAX,
  MEMBERS_MAX,
  addMembers,
  findStudents,
  membersOf,
  removeMember,
} from "../../db/class-members.ts";
import { parseUserId } from "../../machines/ids.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { problem } from "../problem.ts";
import { type Answer, empty, no, ok } from "./answer.ts";
import { classClosed, classFor, classFull, classMissing, classesHidden } from "./class-access.ts";
import { addList } from "./class-list.ts";
import {
  CLASS_EXAMPLES,
  LIST_MAX,
  ListAddedShape,
  MemberList,
  MembersShape,
  StudentsQuery,
  StudentsShape,
  memberOf,
  studentOf,
} from "./class-shapes.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";

export function classMemberRoutes(parts: AppParts): readonly Route[] {
  return [
    studentsRoute(parts),
    membersRoute(parts),
    listRoute(parts),
    putRoute(parts),
    removeRoute(parts),
  ];
}

function studentsRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/students",
    access: "caller",
    query: StudentsQuery,
    gate: async ({ caller }) => classesHidden(caller),
    docs: {
      tag: "Classes",
      summary: "Find students of the school",
      description: `For teachers; the first ${FOUND_MAX} by name.`,
      answers: { 200: { description: "Found.", schema: StudentsShape } },
      problems: ["not-found"],
    },
    async handle({ caller, query: { q } }) {
      const hidden = classesHidden(caller);
      if (hidden !== undefined) {
        return no(hidden);
      }
      const found = await asTenant(parts.db, caller.tenantId, (tx) => findStudents(tx, q));
      return ok({ items: found.map(studentOf) });
    },
  });
}

function membersRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/classes/:id/members",
    access: "caller",
    docs: {
      tag: "Classes",
      summary: "Who is in a class, by name",
      description: `All of them, at most ${MEMBERS_MAX}.`,
      answers: {
        200: { description: "Now.", schema: MembersShape, example: CLASS_EXAMPLES.members },
      },
    },
    async handle({ caller, params: { id = "" } }) {
      const found = await classFor(parts, caller, id);
      return found.ok ? answerMembers(parts, caller, id) : no(found.problem);
    },
  });
}

async function answerMembers(
  { db }: AppParts,
  { tenantId }: VerifiedCaller,
  id: string,
): Promise<Answer> {
  const members = await asTenant(db, tenantId, (tx) => membersOf(tx, id));
  return ok({ items: members.map(memberOf) });
}

function listRoute(parts: AppParts): Route {
  return defineRoute({
    method: "POST",
    path: "/api/v1/classes/:id/members",
    access: "caller",
    body: MemberList,
    keyed: true,
    gate: ({ caller, params: { id = "" } }) => classClosed(parts, caller, id),
    docs: {
      tag: "Classes",
      summary: "Add a list to a class",
      description:
        `All of up to ${LIST_MAX} or nobody. An address that nobody has becomes a student's ` +
        "account, with a password that is shown once, if an owner or admin asks and says a name.",
      example: CLASS_EXAMPLES.list,
      answers: {
        200: { description: "Added.", schema: ListAddedShape, example: CLASS_EXAMPLES.added },
      },
      problems: ["not-allowed", "not-accepted", "busy"],
    },
    async handle({ caller, params: { id = "" }, body }) {
      const closed = await classClosed(parts, caller, id);
      if (closed !== undefined) {
        return no(closed);
      }
      const added = await addList(parts, caller, { classId: id, people: body.people });
      return added.ok ? ok(added.value) : no(added.problem);
    },
  });
}

function putRoute(parts: AppParts): Route {
  return defineRoute({
    method: "PUT",
    keyed: true,
    path: "/api/v1/classes/:id/members/:userId",
    access: "caller",
    docs: {
      tag: "Classes",
      summary: "Add a student to a class",
      description: "Whoever is in it already stays as he was added.",
      answers: { 204: { description: "In it." } },
      problems: ["not-allowed", "not-accepted"],
    },
    async handle({ caller, params: { id = "", userId = "" } }) {
      const closed = await classClosed(parts, caller, id);
      if (closed !== undefined) {
        return no(closed);
      }
      const added = { userIds: [parseUserId(userId)], at: parts.clock.now() };
      const done = await asTenant(parts.db, caller.tenantId, (tx) => addMembers(tx, id, added));
      switch (done) {
        case "added":
          return empty();
        case "too-many":
          return no(classFull());
        case "no-student":
          return no(problem("not-found", "There is no such student at the school."));
        case undefined:
          return no(classMissing());
      }
    },
  });
}

function removeRoute(parts: AppParts): Route {
  return defineRoute({
    method: "DELETE",
    keyed: true,
    path: "/api/v1/classes/:id/members/:userId",
    access: "caller",
    docs: {
      tag: "Classes",
      summary: "Remove a student from a class",
      description: "His account, and what he did in sessions, stay.",
      answers: { 204: { description: "Not in it." } },
      problems: ["not-allowed"],
    },
    async handle({ caller, params: { id = "", userId = "" } }) {
      const closed = await classClosed(parts, caller, id);
      if (closed !== undefined) {
        return no(closed);
      }
      await asTenant(parts.db, caller.tenantId, (tx) => removeMember(tx, id, userId));
      return empty();
    },
  });
}
