/**
 * The HTTP application: every route on one Elysia, behind one way in and one way out.
 *
 * Owns what is the same for all: preflights, unknown paths and methods, failures, the line in the
 * log. Elysia routes; it parses, validates and answers nothing by itself.
 */
import { Elysia } from "elysia";
import packageJson from "../package.json" with { type: "json" };
import { type Answer, no, respond } from "./http/answer.ts";
import { authRoutes } from "./http/auth.ts";
import { classMemberRoutes } from "./http/class-members.ts";
import { classReportRoute } from "./http/class-report.ts";
import { classRoutes } from "./http/classes.ts";
import { docsPages } from "./http/docs.ts";
import { type Exchange, corsOf, openExchange, requestIdOf } from "./http/exchange.ts";
import { problemOfThrown } from "./http/failure.ts";
import { healthRoutes } from "./http/health.ts";
import { exportRoutes } from "./http/export.ts";
import { importRoutes } from "./http/import.ts";
import { joinRoutes } from "./http/join.ts";
import { createOnce } from "./http/keyed.ts";
import { lessonSharingRoutes } from "./http/lesson-sharing.ts";
import { lessonVersionRoutes } from "./http/lesson-versions.ts";
import { lessonRoutes } from "./http/lessons.ts";
import { mediaRoutes } from "./http/media.ts";
import { meRoute } from "./http/me.ts";
import {
  NO_ROUTE,
  type RequestCounter,
  createRequestCounter,
  metricsRoute,
} from "./http/metrics.ts";
import { pageRoutes } from "./http/pages.ts";
import type { AppParts } from "./http/parts.ts";
import { chartRoute } from "./http/charts.ts";
import { reportRoutes } from "./http/report.ts";
import { reportsRoutes } from "./http/reports.ts";
import type { Once, Route } from "./http/route.ts";
import { seatRoutes } from "./http/seats.ts";
import { sessionClassRoute } from "./http/session-class.ts";
import { sessionRoutes } from "./http/sessions.ts";
import { streamRoute } from "./http/stream.ts";
import { userRoutes } from "./http/users.ts";
import { type Problem, problem } from "./problem.ts";

/** A preflight is asked again after ten minutes. */
const PREFLIGHT_S = 600;
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

/** Listen with `Bun.serve({ fetch: createApp(parts).fetch })`; it holds nothing to close. */
export function createApp(parts: AppParts) {
  const requests = createRequestCounter();
  const routes = routesOf(parts, requests);
  const once = createOnce(parts);
  const counted = (request: Request, route: string, response: Response): Response => {
    requests.count(request.method, route, response.status);
    return response;
  };
  const app = new Elysia({ normalize: false, handler: { standardHostname: false } })
    .onRequest(({ request }) => {
      const preflight = preflightOf(request, parts);
      return preflight && counted(request, NO_ROUTE, preflight);
    })
    .onError(({ request, error, code }) =>
      counted(request, NO_ROUTE, answerStray(parts, routes, { request, error, code })),
    );
  for (const page of docsPages(routes, packageJson.version)) {
    const answer = async (request: Request): Promise<Response> =>
      counted(request, page.path, stamped(await page.answer(), request, parts));
    app.get(page.path, ({ request }) => answer(request), { detail: { hide: true } });
  }
  for (const page of pageRoutes()) {
    const answer = async (request: Request): Promise<Response> =>
      counted(request, page.path, stamped(await page.answer(request), request, parts));
    app.get(page.path, ({ request }) => answer(request), { detail: { hide: true } });
  }
  for (const route of routes) {
    app.route(
      route.method,
      route.path,
      async ({ request, params }) => {
        const arrived = { request, params: parseParams(params) };
        return counted(request, route.path, await serve(parts, { route, once }, arrived));
      },
      { parse: "none", detail: { hide: true } },
    );
  }
  return app;
}

function routesOf(parts: AppParts, requests: RequestCounter): readonly Route[] {
  return [
    ...authRoutes(parts),
    meRoute(parts),
    ...joinRoutes(parts),
    ...sessionRoutes(parts),
    streamRoute(parts),
    ...reportRoutes(parts),
    chartRoute(parts),
    ...reportsRoutes(parts),
    ...seatRoutes(parts),
    ...importRoutes(parts),
    ...exportRoutes(parts),
    ...lessonRoutes(parts),
    ...lessonVersionRoutes(parts),
    ...lessonSharingRoutes(parts),
    ...mediaRoutes(parts),
    sessionClassRoute(parts),
    classReportRoute(parts),
    ...classRoutes(parts),
    ...classMemberRoutes(parts),
    ...userRoutes(parts),
    ...healthRoutes(parts),
    metricsRoute(parts, requests),
  ];
}

/** A parameter that could not be decoded is no text: then it is nobody's id. */
function parseParams(params: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(params ?? {}).map(([name, value]) => [
    name,
    typeof value === "string" ? value : "",
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

async function serve(
  parts: AppParts,
  { route, once }: { readonly route: Route; readonly once: Once },
  arrived: { readonly request: Request; readonly params: Readonly<Record<string, string>> },
): Promise<Response> {
  const startedAt = parts.clock.now();
  const exchange = openExchange({ ...parts, corsOrigins: parts.config.corsOrigins }, arrived);
  const answer = await attempt(parts, route, exchange, once);
  const response = respond(answer, exchange.dress());
  parts.log.info("request.answered", {
    requestId: exchange.requestId,
    traceId: exchange.traceId,
    method: route.method,
    route: route.path,
    status: response.status,
    tookMs: parts.clock.now() - startedAt,
  });
  return response;
}

async function attempt(
  parts: AppParts,
  route: Route,
  exchange: Exchange,
  once: Once,
): Promise<Answer> {
  try {
    return await route.run(exchange, once);
  } catch (error) {
    const { requestId, traceId } = exchange;
    const failed = { requestId, traceId, method: route.method, path: route.path };
    return no(problemOfThrown(error, failed, parts.log));
  }
}

/** What no route answered: an unknown path, another method, or a bug outside of the routes. */
function answerStray(
  parts: AppParts,
  routes: readonly Route[],
  stray: { readonly request: Request; readonly error: unknown; readonly code: unknown },
): Response {
  const exchange = openExchange(
    { ...parts, corsOrigins: parts.config.corsOrigins },
    { request: stray.request, params: {} },
  );
  if (stray.code === "NOT_FOUND") {
    const { pathname } = new URL(stray.request.url);
    const methods = routes.filter((each) => fits(each.path, pathname)).map((each) => each.method);
    return respond(no(strayProblem(methods)), exchange.dress());
  }
  const { requestId, traceId } = exchange;
  const failed = { requestId, traceId, method: stray.request.method, path: "unknown" };
  return respond(no(problemOfThrown(stray.error, failed, parts.log)), exchange.dress());
}

function strayProblem(methods: readonly string[]): Problem {
  return methods.length === 0
    ? problem("not-found", "There is nothing at this path; see /docs.")
    : problem("method-not-allowed", `This path takes ${methods.join(", ")}.`);
}

function fits(pattern: string, pathname: string): boolean {
  const wanted = pattern.split("/");
  const given = pathname.replace(/\/$/, "").split("/");
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => part.startsWith(":") || part === given[index])
  );
}

/** What every answer carries, also one that no route made. */
function stamped(response: Response, request: Request, { ids }: AppParts): Response {
  response.headers.set("x-request-id", requestIdOf(request.headers.get("x-request-id"), ids));
  if (request.headers.get("connection")?.toLowerCase() === "close") {
    response.headers.set("connection", "close");
  }
  return response;
}

function preflightOf(request: Request, parts: AppParts): Response | undefined {
  if (request.method !== "OPTIONS") {
    return undefined;
  }
  const cors = corsOf(request.headers.get("origin"), parts.config.corsOrigins);
  const allowed = "access-control-allow-origin" in cors;
  const more = {
    "access-control-allow-methods": METHODS.join(", "),
    "access-control-allow-headers":
      "Authorization, Content-Type, Idempotency-Key, X-Request-Id, Traceparent, Last-Event-ID",
    "access-control-max-age": String(PREFLIGHT_S),
  };
  const headers = { allow: METHODS.join(", "), ...cors, ...(allowed ? more : {}) };
  return stamped(new Response(null, { status: 204, headers }), request, parts);
}
