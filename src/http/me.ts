/** Who am I: an account, a guest's seat, or a board. */
import { Type } from "@sinclair/typebox";
import { asTenant } from "../../db/as-tenant.ts";
import { findTenant } from "../../db/tenants.ts";
import { findUser } from "../../db/users.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { problem } from "../problem.ts";
import { type Answer, no, ok } from "./answer.ts";
import { USER_EXAMPLE, UserShape, accountOf } from "./auth.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";
import { seatOf } from "./seat.ts";
import { Id, Nullable } from "./shapes.ts";

const TenantShape = Type.Object({
  id: Id,
  slug: Type.String(),
  name: Type.String(),
  timeZone: Type.String({ description: "IANA; for display." }),
});

const MeShape = Type.Object(
  {
    kind: Type.Union([Type.Literal("user"), Type.Literal("guest"), Type.Literal("board")]),
    user: Nullable(UserShape),
    tenant: Nullable(TenantShape),
    sessionId: Nullable(Id),
    participantId: Nullable(Id),
    name: Nullable(Type.String()),
    status: Nullable(Type.String()),
  },
  { $id: "Me" },
);

export function meRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/me",
    access: "caller",
    docs: {
      tag: "Sign in",
      summary: "Who am I?",
      answers: {
        200: {
          description: "The caller: an account, a guest's seat, or a board.",
          schema: MeShape,
          example: {
            kind: "user",
            user: USER_EXAMPLE,
            tenant: { id: "demo", slug: "demo", name: "Demo school", timeZone: "UTC" },
            sessionId: null,
            participantId: null,
            name: "Teacher",
            status: null,
          },
        },
      },
    },
    handle: ({ caller }) => answerMe(parts, caller),
  });
}

const NOBODY = { user: null, tenant: null, sessionId: null, participantId: null };

async function answerMe(parts: AppParts, caller: VerifiedCaller): Promise<Answer> {
  const { principal, tenantId, boundTo: sessionId } = caller;
  if (principal.kind === "guest" && sessionId !== undefined) {
    const { kind, participantId } = principal;
    const seat = await seatOf(parts, { tenantId, sessionId, participantId });
    return ok({ ...NOBODY, name: null, status: null, kind, sessionId, participantId, ...seat });
  }
  if (principal.kind !== "user") {
    return ok({ ...NOBODY, name: null, status: null, kind: principal.kind, sessionId });
  }
  const { user, tenant } = await asTenant(parts.db, tenantId, async (tx) => ({
    user: await findUser(tx, principal.userId),
    tenant: await findTenant(tx),
  }));
  if (user === undefined || tenant === undefined || user.disabledAt !== null) {
    return no(problem("unauthenticated", "The account is gone."));
  }
  const { id, slug, name, timeZone } = tenant;
  return ok({
    ...NOBODY,
    kind: "user",
    user: accountOf(user, tenantId),
    tenant: { id, slug, name, timeZone },
    name: user.name,
    status: null,
  });
}
