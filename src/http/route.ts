/**
 * A route as data: what it takes, what it answers, who may; and the one pipeline that runs it.
 *
 * Owns the order of judgement, which is the same on every route. Invariants:
 * 1. First who (401, then the limit of requests), then what is asked for (404), then may they
 *    (403), then whether the request is readable and valid (400, 413, 415, 422), then the work.
 * 2. A body is validated against the very schema that the API documents show.
 * 3. What is thrown becomes 503 or 500; its words are logged under the request's id, never sent.
 */
import { type Static, type TObject, type TSchema, Type } from "@sinclair/typebox";
import { isId } from "../../machines/ids.ts";
import type { Code } from "../../machines/refusal.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { type Problem, problem } from "../problem.ts";
import type { Access, Who } from "./access.ts";
import { type Answer, no } from "./answer.ts";
import { COMMAND_BYTES_MAX, type Read, readFile, readImage, readJson } from "./body.ts";
import type { Exchange } from "./exchange.ts";
import { parseQuery } from "./query.ts";
import { type Validated, type Validator, createValidator } from "./valid.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A body in JSON, or a file in a format that is not: text, a zip archive, or a picture. */
export type BodyKind = "none" | "json" | "file" | "image";

export interface Asked<A extends Access, Body, Query> {
  readonly caller: Who<A>;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  readonly exchange: Exchange;
}

/** How one answer is described in the API documents. */
export interface Described {
  readonly description: string;
  readonly schema?: TSchema;
  readonly example?: unknown;
  /** More media types of the same answer, or the only ones. */
  readonly also?: Readonly<Record<string, string>>;
}

export interface Documented {
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, unknown>>;
  readonly answers: Readonly<Record<number, Described>>;
  /** Beside those that every route of its access and body can answer. */
  readonly problems?: readonly Code[];
  /** Headers that the route itself reads. */
  readonly headers?: Readonly<Record<string, TSchema>>;
  /** The route itself does something with `Idempotency-Key`. */
  readonly takesKey?: boolean;
}

export interface RouteInput<A extends Access, Body extends TSchema, Query extends TObject> {
  readonly method: Method;
  readonly path: string;
  readonly access: A;
  readonly docs: Documented;
  readonly query?: Query;
  /** Absent: no body is read. */
  readonly body?: Body;
  /** What the documents show instead, where somebody else judges the body. */
  readonly bodyShown?: TSchema;
  readonly bodyKind?: BodyKind;
  /** False: no body is the same as `{}`. */
  readonly bodyRequired?: boolean;
  readonly bytesMax?: number;
  /** The same `Idempotency-Key` gives the same answer, for a day. */
  readonly keyed?: boolean;
  /** Asked only when something else is wrong: may this caller hear what? */
  readonly gate?: (asked: Asked<A, undefined, undefined>) => Promise<Problem | undefined>;
  handle(asked: Asked<A, Static<Body>, Static<Query>>): Promise<Answer>;
}

/** A route with its types closed over: what `app.ts` and `openapi.ts` work on. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly access: Access;
  readonly docs: Documented;
  readonly query: TObject;
  readonly bodySchema: TSchema | undefined;
  readonly bodyKind: BodyKind;
  readonly bodyRequired: boolean;
  readonly keyed: boolean;
  run(exchange: Exchange, once: Once): Promise<Answer>;
}

/** Performs a keyed write at most once; `content` is what the key stands for. */
export type Once = (
  asked: { readonly caller: VerifiedCaller; readonly key: string; readonly content: string },
  work: () => Promise<Answer>,
) => Promise<Answer>;

const NOT_FOUND = "There is nothing here, or it is not yours.";
const NO_QUERY = Type.Object({}, { additionalProperties: false });
/** Above this a key is a mistake, and every key is stored for a day. */
export const KEY_CHARS_MAX = 200;

export function defineRoute<
  const A extends Access,
  Body extends TSchema = TSchema,
  Query extends TObject = typeof NO_QUERY,
>(input: RouteInput<A, Body, Query>): Route {
  const kind: BodyKind = input.bodyKind ?? (input.body === undefined ? "none" : "json");
  const query = createValidator<TObject>(input.query ?? NO_QUERY);
  const body = input.body === undefined ? undefined : createValidator<TSchema>(input.body);
  return {
    method: input.method,
    path: input.path,
    access: input.access,
    docs: input.docs,
    query: query.schema,
    bodySchema: input.bodyShown ?? input.body,
    bodyKind: kind,
    bodyRequired: input.bodyRequired ?? true,
    keyed: input.keyed ?? false,
    run: (exchange, once) => run({ input: parseErased(input), kind, query, body }, exchange, once),
  };
}

interface ErasedInput extends Omit<RouteInput<Access, TSchema, TObject>, "handle"> {
  handle(asked: Asked<Access, unknown, unknown>): Promise<Answer>;
}

interface Parts {
  readonly input: ErasedInput;
  readonly kind: BodyKind;
  readonly query: Validator<TObject>;
  readonly body: Validator<TSchema> | undefined;
}

/** The validators prove what the handler's types say, so the types may be forgotten between. */
function parseErased(input: unknown): ErasedInput {
  return input as ErasedInput;
}

async function run(parts: Parts, exchange: Exchange, once: Once): Promise<Answer> {
  const { input } = parts;
  const known = await exchange.callerFor(input.access);
  if (!known.ok) {
    return no(known.problem);
  }
  const caller = known.value;
  if (!Object.values(exchange.params).every((each) => isId(each ?? ""))) {
    return no(problem("not-found", NOT_FOUND));
  }
  const params = exchange.params;
  const read = await readAll(parts, exchange);
  if (!read.ok) {
    const bare = { caller, params, query: undefined, body: undefined, exchange };
    return no((await input.gate?.(bare)) ?? read.problem);
  }
  const asked = { caller, params, ...read.value, exchange };
  const key = exchange.key;
  if (parts.input.keyed !== true || key === undefined || caller === undefined) {
    return input.handle(asked);
  }
  const content = JSON.stringify([input.method, exchange.target, read.value.body]);
  return once({ caller, key, content }, () => input.handle(asked));
}

async function readAll(
  parts: Parts,
  exchange: Exchange,
): Promise<Read<{ readonly query: object; readonly body: unknown }>> {
  if (exchange.key !== undefined && !isKey(exchange.key)) {
    const detail = `Idempotency-Key takes 1 to ${KEY_CHARS_MAX} printable characters.`;
    return { ok: false, problem: problem("invalid", detail, { errors: [keyError] }) };
  }
  const query = checked(parts.query.validate(parseQuery(exchange.search, parts.query.schema)));
  if (!query.ok) {
    return query;
  }
  const body = await readBody(parts, exchange.request);
  if (!body.ok) {
    return body;
  }
  return { ok: true, value: { query: query.value, body: body.value } };
}

const keyError = {
  path: "/idempotency-key",
  message: `Expected 1 to ${KEY_CHARS_MAX} printable characters`,
};

function isKey(key: string): boolean {
  return /^[\x20-\x7e]*$/.test(key) && key.trim() !== "" && key.length <= KEY_CHARS_MAX;
}

const READERS: Readonly<
  Record<Exclude<BodyKind, "none">, (request: Request, bytesMax: number) => Promise<Read<unknown>>>
> = { json: readJson, file: readFile, image: readImage };

async function readBody({ kind, input, body }: Parts, request: Request): Promise<Read<unknown>> {
  const bytesMax = input.bytesMax ?? COMMAND_BYTES_MAX;
  if (kind === "none" || body === undefined) {
    return { ok: true, value: undefined };
  }
  if (input.bodyRequired === false && !hasBody(request)) {
    return checked(body.validate({}));
  }
  const read = await READERS[kind](request, bytesMax);
  return read.ok ? checked(body.validate(read.value)) : read;
}

function checked<T>(validated: Validated<T>): Read<T> {
  if (validated.ok) {
    return validated;
  }
  const detail = "Some fields are not as expected; see errors.";
  return { ok: false, problem: problem("invalid", detail, { errors: validated.errors }) };
}

function hasBody({ headers }: Request): boolean {
  return (headers.get("content-length") ?? "0") !== "0" || headers.has("transfer-encoding");
}
