/**
 * One request on its way through: its id, its caller, its limits, what its answer must carry.
 *
 * Owns everything that is read from headers. Nothing of it is trusted beyond its named shape.
 */
import type { Ids } from "../../actors/clock.ts";
import { principalKey } from "../../machines/principal.ts";
import type { Tokens, VerifiedCaller } from "../auth/tokens.ts";
import { problem } from "../problem.ts";
import type { Access, Who } from "./access.ts";
import type { Dress } from "./answer.ts";
import type { Read } from "./body.ts";
import type { Limits } from "./limits.ts";

const REQUEST_ID = /^[A-Za-z0-9._-]{8,128}$/;
/** W3C trace context, version 00. */
const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const UNAUTHENTICATED = "Send Authorization: Bearer with a valid access token.";

export interface Exchange {
  readonly request: Request;
  readonly requestId: string;
  readonly traceId: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly search: URLSearchParams;
  /** Path and query, for the digest of a keyed write. */
  readonly target: string;
  /** The address of the other end of the connection, as the server saw it. */
  readonly ip: string;
  readonly key: string | undefined;
  /** As it was sent; whose it is says `callerFor`. */
  readonly token: string | undefined;
  callerFor(access: Access): Promise<Read<Who<Access>>>;
  dress(): Dress;
}

export interface ExchangeParts {
  readonly tokens: Tokens;
  readonly limits: Limits;
  readonly ids: Ids;
  readonly corsOrigins: readonly string[];
  readonly addressOf: (request: Request) => string | undefined;
}

export interface Arrived {
  readonly request: Request;
  readonly params: Readonly<Record<string, string>>;
}

export function openExchange(parts: ExchangeParts, arrived: Arrived): Exchange {
  const { request, params } = arrived;
  const { headers } = request;
  const requestId = requestIdOf(headers.get("x-request-id"), parts.ids);
  const token = tokenOf(headers);
  let limit: Readonly<Record<string, string>> = {};
  return {
    request,
    requestId,
    traceId: TRACEPARENT.exec(headers.get("traceparent") ?? "")?.[1],
    params,
    // Asked for by few routes, and each costs a microsecond or more.
    get search() {
      return request.url.includes("?") ? new URL(request.url).searchParams : new URLSearchParams();
    },
    get target() {
      const { pathname, search } = new URL(request.url);
      return `${pathname}${search}`;
    },
    get ip() {
      return parts.addressOf(request) ?? "unknown";
    },
    key: headers.get("idempotency-key") ?? undefined,
    token,
    async callerFor(access) {
      const caller = await callerOf(parts.tokens, { headers, token }, access);
      if (!caller.ok || caller.value === undefined) {
        return caller;
      }
      const { tenantId, principal } = caller.value;
      const state = await parts.limits.requests.take(`${tenantId}/${principalKey(principal)}`);
      limit = state.headers;
      return state.problem === undefined ? caller : { ok: false, problem: state.problem };
    },
    dress: () => ({
      requestId,
      closes: headers.get("connection")?.toLowerCase() === "close",
      cors: corsOf(headers.get("origin"), parts.corsOrigins),
      limit,
    }),
  };
}

export function requestIdOf(given: string | null, ids: Ids): string {
  return given !== null && REQUEST_ID.test(given) ? given : ids.next();
}

/** Absent where the origin is not on the list: the browser then refuses the page its answer. */
export function corsOf(
  origin: string | null,
  allowed: readonly string[],
): Readonly<Record<string, string>> {
  if (allowed.length === 0) {
    return {};
  }
  if (origin === null || !allowed.includes(origin)) {
    return { vary: "Origin" };
  }
  return {
    vary: "Origin",
    "access-control-allow-origin": origin,
    "access-control-expose-headers": "X-Request-Id, Retry-After, RateLimit, RateLimit-Policy",
  };
}

async function callerOf(
  tokens: Tokens,
  { headers, token }: { readonly headers: Headers; readonly token: string | undefined },
  access: Access,
): Promise<Read<VerifiedCaller | undefined>> {
  if (access === "open" || (access === "maybe" && !headers.has("authorization"))) {
    return { ok: true, value: undefined };
  }
  const caller = await tokens.verify(token ?? "");
  return caller === undefined
    ? { ok: false, problem: problem("unauthenticated", UNAUTHENTICATED) }
    : { ok: true, value: caller };
}

function tokenOf(headers: Headers): string | undefined {
  return /^bearer ([^ ]+)$/i.exec(headers.get("authorization") ?? "")?.[1];
}
