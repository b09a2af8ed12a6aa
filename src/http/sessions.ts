/** Sessions: made from a lesson, listed, looked at, commanded, and read record by record. */
import { Type } from "@sinclair/typebox";
import { asTenant } from "../../db/as-tenant.ts";
import { type SessionsOf, listSessions } from "../../db/sessions.ts";
import { parseCursor } from "../../db/cursor.ts";
import { type Principal, principalKey } from "../../machines/principal.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { type Problem, problem } from "../problem.ts";
import { textOfSeen } from "../views.ts";
import { teaches } from "./access.ts";
import { type Answer, created, no, ok, okWith } from "./answer.ts";
import { COMMAND_BYTES_MAX } from "./body.ts";
import { createSession } from "./create-session.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";
import {
  COMMAND_EXAMPLES,
  CommandShape,
  CreateSession,
  CreatedShape,
  FACTS_EXAMPLE,
  Phase,
  SessionSummaryShape,
} from "./session-shapes.ts";
import { summariesOf } from "./session-summary.ts";
import {
  AcknowledgementShape,
  FactShape,
  Instant,
  PAGE_DEFAULT,
  PageQuery,
  SEEN_EXAMPLE,
  SeenShape,
  pageShape,
} from "./shapes.ts";

const strict = { additionalProperties: false } as const;

export function sessionRoutes(parts: AppParts): readonly Route[] {
  return [
    createRoute(parts),
    listRoute(parts),
    lookRoute(parts),
    commandRoute(parts),
    recordsRoute(parts),
  ];
}

function createRoute(parts: AppParts): Route {
  const mayTeach = async ({ caller }: { readonly caller: VerifiedCaller }) =>
    teaches(caller.principal)
      ? undefined
      : problem("not-allowed", "Only teachers, admins and owners make sessions.");
  return defineRoute({
    method: "POST",
    path: "/api/v1/sessions",
    access: "caller",
    body: CreateSession,
    keyed: true,
    gate: mayTeach,
    docs: {
      tag: "Sessions",
      summary: "Make a session of a lesson",
      description:
        "The lesson's content is copied into the session; whoever makes it is its host. It begins as " +
        "`draft`, with `startsAt` as `scheduled`.",
      example: { lessonId: "b6a1f0c2d4e84a0f", settings: { leaderboard: "full" } },
      answers: {
        201: {
          description: "Made.",
          schema: CreatedShape,
          example: { ...SEEN_EXAMPLE, joinCode: "K7PM4X" },
        },
      },
      problems: ["not-allowed", "not-found", "not-accepted"],
    },
    async handle({ caller, body, exchange }) {
      const refused = await mayTeach({ caller });
      if (refused !== undefined) {
        return no(refused);
      }
      const key = exchange.key;
      const scope = `${caller.tenantId}\n${principalKey(caller.principal)}`;
      const made = await createSession(parts, {
        caller,
        wish: body,
        ...(key === undefined ? {} : { once: `${scope}\n${key}` }),
      });
      return made.ok ? created(made.session) : no(made.problem);
    },
  });
}

function listRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/sessions",
    access: "caller",
    query: Type.Object({ ...PageQuery, phase: Type.Optional(Phase) }, strict),
    docs: {
      tag: "Sessions",
      summary: "The caller's sessions, newest first",
      description:
        "A teacher's own and co-hosted, a student's joined, the school's to owners and admins.",
      answers: {
        200: { description: "A page.", schema: pageShape(SessionSummaryShape) },
      },
      problems: ["not-allowed"],
    },
    async handle({ caller, query }) {
      const of = sessionsOf(caller.principal);
      if (of === undefined) {
        return no(problem("not-allowed", "Guests, boards and guardians have no list of sessions."));
      }
      const after = query.after === undefined ? undefined : parseCursor(query.after);
      if (query.after !== undefined && after === undefined) {
        return no(badCursor());
      }
      const phase = query.phase === undefined ? {} : { phase: query.phase };
      const page = { of, after, limit: query.limit ?? PAGE_DEFAULT, ...phase };
      await caughtUp(parts, caller);
      return ok(
        await asTenant(parts.db, caller.tenantId, async (tx) => {
          const { items, next } = await listSessions(tx, page);
          return { items: await summariesOf(tx, items, of.who !== "student"), next };
        }),
      );
    },
  });
}

function lookRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/sessions/:id",
    access: "caller",
    docs: {
      tag: "Sessions",
      summary: "A session as the caller sees it",
      answers: { 200: { description: "Now.", schema: SeenShape, example: SEEN_EXAMPLE } },
    },
    async handle({ caller, params: { id = "" } }) {
      const seen = await parts.desk.look(caller, `session/${id}`);
      if (!seen.ok) {
        return no(seen.problem);
      }
      const { seq, now } = seen;
      return okWith({ id, seq, now }, textOfSeen(seen));
    },
  });
}

function commandRoute(parts: AppParts): Route {
  return defineRoute({
    method: "POST",
    path: "/api/v1/sessions/:id/commands",
    access: "caller",
    body: Type.Unknown(),
    bodyShown: CommandShape,
    bytesMax: COMMAND_BYTES_MAX,
    gate: async ({ caller, params: { id = "" } }) => mayLook(parts, caller, id),
    docs: {
      tag: "Sessions",
      summary: "Send a command to a session",
      description:
        "`Idempotency-Key` is the command id: sent again, on any connection, it has one effect and " +
        "the one result. What is accepted now stands in `can`; a refusal repeats it as `accepts`.",
      examples: COMMAND_EXAMPLES,
      takesKey: true,
      answers: {
        200: {
          description: "Accepted, and on disk.",
          schema: AcknowledgementShape,
          example: {
            seq: 42,
            state: { phase: { live: "running" }, host: "present", activity: "scored" },
            can: ["round.reveal", "round.dismiss"],
            facts: FACTS_EXAMPLE,
            duplicate: false,
            now: SEEN_EXAMPLE.now,
          },
        },
      },
      problems: ["not-allowed", "not-accepted", "moved-on", "bad-answer", "key-reused", "busy"],
    },
    async handle({ caller, params: { id = "" }, body, exchange }) {
      const command = { actor: `session/${id}`, command: body };
      const key = exchange.key;
      return answerOf(
        await parts.desk.send(caller, key === undefined ? command : { ...command, id: key }),
      );
    },
  });
}

function recordsRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/sessions/:id/records",
    access: "caller",
    query: Type.Object(
      {
        limit: PageQuery.limit,
        after: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: Number.MAX_SAFE_INTEGER,
            description: "The `seq` to go on from.",
          }),
        ),
      },
      strict,
    ),
    gate: async ({ caller, params: { id = "" } }) => mayLook(parts, caller, id),
    docs: {
      tag: "Sessions",
      summary: "What happened, as far as the caller may see it",
      description: "Oldest first. `seq` is how far this page looked, also when it is empty.",
      answers: { 200: { description: "A page.", schema: RecordsShape } },
    },
    async handle({ caller, params: { id = "" }, query }) {
      const page = { after: query.after ?? 0, limit: query.limit ?? PAGE_DEFAULT };
      return answerOf(await parts.desk.records(caller, `session/${id}`, page));
    },
  });
}

const RecordsShape = Type.Object(
  {
    items: Type.Array(
      Type.Object({ seq: Type.Integer(), at: Instant, facts: Type.Array(FactShape) }),
    ),
    next: Type.Union([Type.String(), Type.Null()]),
    seq: Type.Integer({ description: "How far this page looked: poll on from here." }),
    now: Instant,
  },
  { $id: "Records" },
);

/** So that who lists what he has just done finds it; a list that is late is better than none. */
function caughtUp({ runtime, log }: AppParts, { tenantId }: VerifiedCaller): Promise<void> {
  return runtime.catchUp(tenantId).catch((error: unknown) => {
    log.warn("sessions.listed-late", { tenantId, error });
  });
}

export function badCursor(): Problem {
  const errors = [{ path: "/after", message: "Expected `next` of the page before" }];
  return problem("invalid", "The cursor is not one of ours.", { errors });
}

async function mayLook(parts: AppParts, caller: VerifiedCaller, id: string) {
  const seen = await parts.desk.look(caller, `session/${id}`);
  return seen.ok ? undefined : seen.problem;
}

/** A desk's answer without its `ok`, which HTTP says by status. */
function answerOf(
  answered: ({ readonly ok: true } & object) | { readonly ok: false; readonly problem: Problem },
): Answer {
  if (!answered.ok) {
    return no(answered.problem);
  }
  const members = Object.entries(answered).filter(([name]) => name !== "ok");
  return ok(Object.fromEntries(members));
}

function sessionsOf(principal: Principal): SessionsOf | undefined {
  if (principal.kind !== "user") {
    return undefined;
  }
  const { role, userId } = principal;
  switch (role) {
    case "owner":
    case "admin":
      return { who: "everyone" };
    case "teacher":
      return { who: "host", userId };
    case "student":
      return { who: "student", userId };
    case "guardian":
    case "operator":
      return undefined;
  }
}
