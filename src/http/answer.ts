/**
 * Answers: what a route gives back, before it becomes a `Response`.
 *
 * Routes never touch headers that belong to every answer (request id, CORS, limits, security);
 * `dress` puts them on.
 */
import type { Problem } from "../problem.ts";

export type Answer =
  | { readonly kind: "json"; readonly status: number; readonly body: object }
  | { readonly kind: "text"; readonly type: string; readonly text: string; readonly file?: string }
  | {
      readonly kind: "bytes";
      readonly type: string;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly file: string;
    }
  | { readonly kind: "empty" }
  | { readonly kind: "stream"; readonly body: ReadableStream<Uint8Array> }
  | { readonly kind: "problem"; readonly problem: Problem };

/** What every answer of one request carries. */
export interface Dress {
  readonly requestId: string;
  /** The client asked for the connection's end; old clients must read it in the answer. */
  readonly closes: boolean;
  readonly cors: Readonly<Record<string, string>>;
  readonly limit: Readonly<Record<string, string>>;
}

/** Answers are data about persons: no cache keeps them, no page frames them. */
const ALWAYS = new Headers({
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
});

const JSON_TYPE = "application/json; charset=utf-8";
const ALWAYS_JSON = new Headers([...ALWAYS, ["content-type", JSON_TYPE]]);

export function ok(body: object): Answer {
  return { kind: "json", status: 200, body };
}

/** With the members of another object, whose JSON is written already. Neither is empty. */
export function okWith(body: object, members: string) {
  const text = `${JSON.stringify(body).slice(0, -1)},${members.slice(1)}`;
  return { kind: "text", type: JSON_TYPE, text } as const;
}

export function created(body: object): Answer {
  return { kind: "json", status: 201, body };
}

export function empty(): Answer {
  return { kind: "empty" };
}

export function no(problem: Problem): Answer {
  return { kind: "problem", problem };
}

export function respond(answer: Answer, dress: Dress): Response {
  // A copy is made at half the price of a new one.
  const headers = new Headers(isJson(answer) ? ALWAYS_JSON : ALWAYS);
  put(headers, dress.cors);
  put(headers, dress.limit);
  headers.set("x-request-id", dress.requestId);
  if (dress.closes) {
    headers.set("connection", "close");
  }
  switch (answer.kind) {
    case "json":
      return new Response(JSON.stringify(answer.body), { status: answer.status, headers });
    case "text":
      if (!isJson(answer)) {
        headers.set("content-type", answer.type);
      }
      if (answer.file !== undefined) {
        headers.set("content-disposition", `attachment; filename="${answer.file}"`);
      }
      return new Response(answer.text, { status: 200, headers });
    case "bytes":
      headers.set("content-type", answer.type);
      headers.set("content-disposition", `attachment; filename="${answer.file}"`);
      return new Response(answer.bytes, { status: 200, headers });
    case "empty":
      return new Response(null, { status: 204, headers });
    case "stream":
      headers.set("content-type", "text/event-stream; charset=utf-8");
      // Proxies that gather answers would keep a class waiting.
      headers.set("x-accel-buffering", "no");
      return new Response(answer.body, { status: 200, headers });
    case "problem":
      return respondProblem(answer.problem, headers, dress.requestId);
  }
}

function isJson(answer: Answer): boolean {
  return answer.kind === "json" || (answer.kind === "text" && answer.type === JSON_TYPE);
}

function put(headers: Headers, more: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(more)) {
    headers.set(name, value);
  }
}

function respondProblem(problem: Problem, headers: Headers, requestId: string): Response {
  headers.set("content-type", "application/problem+json; charset=utf-8");
  if (problem.status === 401) {
    headers.set("www-authenticate", "Bearer");
  }
  if (problem.status === 429 || problem.status === 503) {
    headers.set(
      "retry-after",
      String(Math.max(1, Math.ceil((problem.retryAfterMs ?? 1_000) / 1_000))),
    );
  }
  return new Response(JSON.stringify({ ...problem, requestId }), {
    status: problem.status,
    headers,
  });
}
