/**
 * Reports over many sessions: of a student, and of a lesson's items.
 *
 * Invariants:
 * 1. Students have their own; teachers see what was done in sessions that they host, owners and
 *    admins all of their school. Whoever shares no session with a teacher does not exist for him.
 * 2. Only sessions that are over are in them, and of an anonymous one no points; as long as a round
 *    may still be revealed, its student does not learn here what he earned.
 */
import { Type } from "@sinclair/typebox";
import { asTenant } from "../../db/as-tenant.ts";
import type { SessionRow } from "../../db/sessions.ts";
import { findUser } from "../../db/users.ts";
import { type UserId, parseUserId } from "../../machines/ids.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { problem } from "../problem.ts";
import { growthOf } from "../reports/growth.ts";
import { analysisOf } from "../reports/item-analysis.ts";
import { pooled } from "../reports/pool.ts";
import { no, ok } from "./answer.ts";
import { SESSIONS_MAX, eachSession, endedFor, satOf } from "./ended-sessions.ts";
import type { AppParts } from "./parts.ts";
import { GrowthShape, PooledShape } from "./report-shapes.ts";
import { type Route, defineRoute } from "./route.ts";
import { teaches } from "./access.ts";
import { Id } from "./shapes.ts";

export function reportsRoutes(parts: AppParts): readonly Route[] {
  return [studentRoute(parts), itemsRoute(parts)];
}

function studentRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/users/:id/report",
    access: "caller",
    docs: {
      tag: "Users",
      summary: "A student over his sessions",
      description:
        `Of the last ${SESSIONS_MAX} that have ended, the oldest first. A student's own; for ` +
        "teachers of sessions that they host; for owners and admins of all.",
      answers: { 200: { description: "Share of points by session.", schema: GrowthShape } },
      problems: ["not-allowed"],
    },
    async handle({ caller, params: { id = "" } }) {
      if (!teaches(caller.principal) && !isStudent(caller)) {
        return no(problem("not-allowed", "Guests, boards and guardians have no such report."));
      }
      const userId = parseUserId(id);
      const found = await sessionsWith(parts, caller, userId);
      if (found === undefined) {
        return no(problem("not-found", "There is no such user, or he is not yours."));
      }
      const shown = found.slice(0, SESSIONS_MAX).toReversed();
      const sats = await eachSession(parts, caller, shown, (living, row) =>
        satOf(living, row, { userId, isOwn: isStudent(caller) }),
      );
      const more = found.length > SESSIONS_MAX;
      return ok({ userId, ...growthOf(sats.flatMap((sat) => sat ?? [])), more });
    },
  });
}

function itemsRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/reports/items",
    access: "caller",
    query: Type.Object(
      {
        lesson: { ...Id, description: "The lesson's id." },
        version: Type.Optional(
          Type.Integer({ minimum: 1, maximum: 999_999_999, description: "That version alone." }),
        ),
      },
      { additionalProperties: false },
    ),
    gate: async ({ caller }) => (teaches(caller.principal) ? undefined : forTeachers()),
    docs: {
      tag: "Lessons",
      summary: "How a lesson's items did over its sessions",
      description: `Of the last ${SESSIONS_MAX} sessions that have ended, as far as they are the caller's.`,
      answers: { 200: { description: "By step.", schema: PooledShape } },
      problems: ["not-allowed"],
    },
    async handle({ caller, query: { lesson, version } }) {
      if (!teaches(caller.principal)) {
        return no(forTeachers());
      }
      const found = await endedFor(parts, caller, {
        lessonId: lesson,
        ...(version === undefined ? {} : { lessonVersion: version }),
      });
      const shown = found.slice(0, SESSIONS_MAX);
      const analyses = await eachSession(parts, caller, shown, ({ context }) =>
        analysisOf(context),
      );
      const items = pooled(analyses.flatMap((analysis) => analysis.items));
      const more = found.length > SESSIONS_MAX;
      const of = { lessonId: lesson, version: version ?? null };
      return ok({ ...of, sessions: analyses.length, items, more });
    },
  });
}

function forTeachers() {
  return problem("not-allowed", "Only teachers, admins and owners have reports on items.");
}

function isStudent({ principal }: VerifiedCaller): boolean {
  return principal.kind === "user" && principal.role === "student";
}

/** Undefined: this user is not this caller's to know of. */
async function sessionsWith(
  parts: AppParts,
  caller: VerifiedCaller,
  userId: UserId,
): Promise<readonly SessionRow[] | undefined> {
  const { principal, tenantId } = caller;
  if (isStudent(caller) && principal.kind === "user" && principal.userId !== userId) {
    return undefined;
  }
  const found = await endedFor(parts, caller, { joinedBy: userId });
  if (found.length > 0 || isStudent(caller)) {
    return found;
  }
  const user = isOverseer(caller)
    ? await asTenant(parts.db, tenantId, (tx) => findUser(tx, userId))
    : undefined;
  return user && found;
}

function isOverseer({ principal }: VerifiedCaller): boolean {
  return principal.kind === "user" && (principal.role === "owner" || principal.role === "admin");
}
