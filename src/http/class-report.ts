/**
 * The report of a class over its sessions: attendance and points by session and student, growth.
 *
 * Invariants:
 * CL8: Of the class's sessions everybody sees those that he hosts, owners and admins all: to share
 *   a class is not to share what was done in it.
 */
import { Type } from "@sinclair/typebox";
import { asTenant } from "../../db/as-tenant.ts";
import { membersOf } from "../../db/class-members.ts";
import type { SchoolClass } from "../../db/classes.ts";
import type { SessionRow } from "../../db/sessions.ts";
import { parseUserId } from "../../machines/ids.ts";
import type { SessionLiving } from "../../machines/learning-session/machine.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { growthChart } from "../reports/chart.ts";
import { type ClassGrowth, type Held, classGrowthOf } from "../reports/class-growth.ts";
import { classTableOf } from "../reports/class-table.ts";
import type { Sat } from "../reports/growth.ts";
import { wordingOf } from "../reports/wording.ts";
import { no, ok } from "./answer.ts";
import { classFor } from "./class-access.ts";
import { SESSIONS_MAX, eachSession, endedFor, satOf } from "./ended-sessions.ts";
import { instantOf } from "./instant.ts";
import { LanguageQuery, languageOf } from "./language.ts";
import type { AppParts } from "./parts.ts";
import { ClassReportShape } from "./report-shapes.ts";
import { type Route, defineRoute } from "./route.ts";

const FORMATS = ["json", "csv", "svg"] as const;
const CSV_EXAMPLE =
  "userId,name,share,present,late,absent,excused,Leaves 2026-03-02 attendance," +
  "Leaves 2026-03-02 points,Leaves 2026-03-02 of\r\n0b6f3d,Ada,0.75,1,0,0,0,present,3,4\r\n";

export function classReportRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/classes/:id/report",
    access: "caller",
    query: Type.Object(
      {
        format: Type.Optional(Type.Union(FORMATS.map((each) => Type.Literal(each)))),
        language: LanguageQuery,
      },
      { additionalProperties: false },
    ),
    docs: {
      tag: "Classes",
      summary: "A class over its sessions",
      description:
        `Of the last ${SESSIONS_MAX} that have ended, the oldest first, as far as they are the ` +
        "caller's; its students as they are now. As a table with `?format=csv`, as a chart of the " +
        "class's share of points by session with `?format=svg`.",
      answers: {
        200: {
          description: "Attendance and share of points by student and session.",
          schema: ClassReportShape,
          also: { "text/csv": CSV_EXAMPLE, "image/svg+xml": "<svg>…</svg>" },
        },
      },
    },
    async handle({ caller, params: { id = "" }, query, exchange }) {
      const { format = "json", language } = query;
      const found = await classFor(parts, caller, id);
      if (!found.ok) {
        return no(found.problem);
      }
      const report = await reportOf(parts, caller, found.value);
      switch (format) {
        case "json":
          return ok(report);
        case "csv": {
          const type = "text/csv; charset=utf-8";
          return { kind: "text", type, text: classTableOf(report), file: `class-${id}.csv` };
        }
        case "svg": {
          const wording = wordingOf(languageOf(exchange.request, language));
          const text = growthChart(report, { wording, isPaper: false });
          return { kind: "text", type: "image/svg+xml; charset=utf-8", text };
        }
      }
    },
  });
}

interface ClassReport extends ClassGrowth {
  readonly classId: string;
  readonly title: string;
  /** There are older sessions than these. */
  readonly more: boolean;
}

async function reportOf(
  parts: AppParts,
  caller: VerifiedCaller,
  { id, title }: SchoolClass,
): Promise<ClassReport> {
  const found = await endedFor(parts, caller, { classId: id });
  const shown = found.slice(0, SESSIONS_MAX).toReversed();
  const members = await asTenant(parts.db, caller.tenantId, (tx) => membersOf(tx, id));
  const held = await eachSession(parts, caller, shown, (living, row) =>
    heldOf(living, row, members),
  );
  const growth = classGrowthOf(members, held, instantOf);
  return { classId: id, title, ...growth, more: found.length > SESSIONS_MAX };
}

function heldOf(
  living: SessionLiving,
  row: SessionRow,
  members: readonly { readonly userId: string }[],
): Held {
  const sats = members.flatMap(({ userId }): readonly (readonly [string, Sat])[] => {
    const sat = satOf(living, row, { userId: parseUserId(userId), isOwn: false });
    return sat === undefined ? [] : [[userId, sat]];
  });
  const { id: sessionId, title, endedAt } = row;
  const hasBegun = living.context.startedAt !== null;
  return { sessionId, title, endedAt, hasBegun, sats: new Map(sats) };
}
