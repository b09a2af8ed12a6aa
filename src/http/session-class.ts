/** The class that a session is for: who of it is expected, for the session's hosts. */
import { Type } from "@sinclair/typebox";
import { asTenant } from "../../db/as-tenant.ts";
import { membersOf } from "../../db/class-members.ts";
import { classOfSession } from "../../db/classes.ts";
import { type ActorId, type TenantId, parseActorId } from "../../machines/ids.ts";
import type { SessionContext } from "../../machines/learning-session/context.ts";
import { SessionLiving } from "../../machines/learning-session/machine.ts";
import { addressFor } from "../desk.ts";
import { problem } from "../problem.ts";
import { type ClassInSession, expectedOf } from "../reports/expected.ts";
import { no, ok } from "./answer.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";
import { Id, Nullable } from "./shapes.ts";

export const ClassInSessionShape = Nullable(
  Type.Object(
    {
      id: Id,
      title: Type.String(),
      members: Type.Integer(),
      expected: Type.Array(
        Type.Object({
          userId: Id,
          name: Type.String(),
          attendance: Type.Union([Type.Literal("absent"), Type.Null()], {
            description: "Null: the lesson has not begun.",
          }),
        }),
        { description: "Members who have no seat." },
      ),
    },
    { description: "Null: the session is for no class." },
  ),
);

export function sessionClassRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/sessions/:id/class",
    access: "caller",
    docs: {
      tag: "Sessions",
      summary: "The class that a session is for, and who has not come",
      description: "For hosts, owners and admins.",
      answers: {
        200: {
          description: "Now.",
          schema: Type.Object({ class: ClassInSessionShape }),
          example: {
            class: {
              ...{ id: "4f1c77aa09d2", title: "7b, Biology", members: 24 },
              expected: [{ userId: "0b6f3d", name: "Ada", attendance: null }],
            },
          },
        },
      },
      problems: ["not-allowed"],
    },
    async handle({ caller, params: { id = "" } }) {
      const actor = `session/${id}`;
      const address = addressFor(caller, actor);
      const look = address === undefined ? undefined : await parts.runtime.look(address);
      const standing = look && parts.desk.reader(caller, actor, look);
      if (standing === undefined || !(look?.living instanceof SessionLiving)) {
        return no(problem("not-found", "There is no such session, or it is not yours."));
      }
      if (standing.audience !== "hosts") {
        return no(problem("not-allowed", "Who is expected is for the session's hosts."));
      }
      const session = { tenantId: caller.tenantId, id: parseActorId(id) };
      return ok({ class: (await classIn(parts, session, look.living.context)) ?? null });
    },
  });
}

/** Undefined: it is for none. */
export async function classIn(
  { db }: AppParts,
  { tenantId, id }: { readonly tenantId: TenantId; readonly id: ActorId },
  context: SessionContext,
): Promise<ClassInSession | undefined> {
  return asTenant(db, tenantId, async (tx) => {
    const found = await classOfSession(tx, id);
    if (found === undefined) {
      return undefined;
    }
    const members = await membersOf(tx, found.id);
    const expected = expectedOf(members, context);
    return { id: found.id, title: found.title, members: members.length, expected };
  });
}
