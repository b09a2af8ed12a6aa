/**
 * Plain HTTP with the client's tokens: a call, its problem as an error, one refresh when needed.
 *
 * Safe to repeat: writes carry an `Idempotency-Key`, so a write that got no answer, or a 503, is
 * sent again under the same key.
 */
import type { Clock, Ids } from "../../actors/clock.ts";
import { ProblemError, isPassing, parseProblem } from "./problems.ts";

const BASE = "/api/v1";
/** A restart of the server takes a second or two; after this many tries it is something else. */
const TRIES_MAX = 6;
const WAIT_MS = 500;
/** A longer wait is for a person to decide on. */
const WAIT_MS_MAX = 10_000;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface CallOptions {
  /** The same key gives the same answer; without one each call gets its own. */
  readonly key?: string;
  readonly accept?: string;
  /** Says nothing of who asks: for the calls that find that out. */
  readonly anonymous?: boolean;
}

/**
 * `path` is what follows `/api/v1`, with its query: `/lessons?limit=10`. A body that is a string
 * is sent as `text/plain`, as GIFT is, a `Blob` as what it is, anything else as JSON. Without
 * success: `ProblemError`.
 */
export interface Http {
  get<T>(path: string, options?: CallOptions): Promise<T>;
  post<T>(path: string, body?: unknown, options?: CallOptions): Promise<T>;
  put<T>(path: string, body?: unknown, options?: CallOptions): Promise<T>;
  patch<T>(path: string, body?: unknown, options?: CallOptions): Promise<T>;
  delete<T>(path: string, options?: CallOptions): Promise<T>;
  /** The answer as it is: CSV, for one. */
  text(path: string, options?: CallOptions): Promise<string>;
  /** The answer's bytes: a picture. */
  blob(path: string, options?: CallOptions): Promise<Blob>;
}

export interface HttpParts {
  readonly url: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly accessToken: () => string | undefined;
  /** A fresh token, or undefined when there is none to be had. */
  readonly refresh: () => Promise<string | undefined>;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly options: CallOptions;
}

export function createHttp(parts: HttpParts): Http {
  const json = async <T>(call: Call): Promise<T> => parseBody<T>(await answered(parts, call));
  return {
    get: (path, options = {}) => json({ method: "GET", path, options }),
    post: (path, body, options = {}) => json({ method: "POST", path, body, options }),
    put: (path, body, options = {}) => json({ method: "PUT", path, body, options }),
    patch: (path, body, options = {}) => json({ method: "PATCH", path, body, options }),
    delete: (path, options = {}) => json({ method: "DELETE", path, options }),
    text: async (path, options = {}) =>
      (await answered(parts, { method: "GET", path, options })).text(),
    blob: async (path, options = {}) =>
      (await answered(parts, { method: "GET", path, options })).blob(),
  };
}

async function answered(parts: HttpParts, call: Call): Promise<Response> {
  const key = call.options.key ?? parts.ids.next();
  let hasRefreshed = false;
  for (let attempt = 1; ; attempt += 1) {
    const response = await attemptOf(parts, call, key);
    if (response?.ok === true) {
      return response;
    }
    const found = response === undefined ? undefined : await problemOf(response);
    const mayRefresh = call.options.anonymous !== true && !hasRefreshed;
    if (found?.status === 401 && mayRefresh && parts.accessToken() !== undefined) {
      hasRefreshed = true;
      if ((await parts.refresh()) !== undefined) {
        continue;
      }
    }
    const waitMs = found?.retryAfterMs ?? WAIT_MS;
    const isWorthRepeating = found === undefined || (isPassing(found) && waitMs <= WAIT_MS_MAX);
    if (!isWorthRepeating || attempt === TRIES_MAX) {
      throw new ProblemError(found ?? parseProblem(503, undefined));
    }
    await new Promise<void>((resolve) => void parts.clock.after(waitMs, resolve));
  }
}

/** Undefined: the server could not be reached. */
async function attemptOf(parts: HttpParts, call: Call, key: string): Promise<Response | undefined> {
  const token = call.options.anonymous === true ? undefined : parts.accessToken();
  const content = contentOf(call.body);
  const headers = {
    accept: call.options.accept ?? "application/json",
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(call.method === "GET" ? {} : { "idempotency-key": key }),
    ...(content === undefined ? {} : { "content-type": content.type }),
  };
  try {
    return await parts.fetch(`${parts.url}${BASE}${call.path}`, {
      method: call.method,
      headers,
      ...(content === undefined ? {} : { body: content.body }),
    });
  } catch {
    return undefined;
  }
}

function contentOf(
  body: unknown,
): { readonly type: string; readonly body: string | Blob } | undefined {
  if (body === undefined || body instanceof Blob) {
    return body && { type: body.type, body };
  }
  return typeof body === "string"
    ? { type: "text/plain", body }
    : { type: "application/json", body: JSON.stringify(body) };
}

async function problemOf(response: Response) {
  const text = await response.text();
  return parseProblem(response.status, parseJson(text));
}

async function parseBody<T>(response: Response): Promise<T> {
  const text = await response.text();
  return (text === "" ? undefined : parseJson(text)) as T;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
