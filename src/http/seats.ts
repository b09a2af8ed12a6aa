/** What hosts give out beside commands: a pin for somebody's seat, and a board for the wall. */
import { Type } from "@sinclair/typebox";
import { asTenant } from "../../db/as-tenant.ts";
import { revokeBoardTokens } from "../../db/refresh-tokens.ts";
import { issueSeatPin } from "../../db/seat-pins.ts";
import { parseActorId, parseParticipantId } from "../../machines/ids.ts";
import type { JsonObject } from "../../machines/json.ts";
import { PIN_DRAWS_MAX, PIN_TTL_MS, drawPin, pinHash } from "../auth/pins.ts";
import { issueTokens } from "../auth/refresh.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { problem } from "../problem.ts";
import { created, empty, no } from "./answer.ts";
import { PAIR_EXAMPLE } from "./auth.ts";
import { boardUrl } from "./board-url.ts";
import type { Read } from "./body.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";
import { Instant } from "./shapes.ts";

const Nothing = Type.Object({}, { additionalProperties: false });
const HOSTS: ReadonlySet<unknown> = new Set(["host", "co-host"]);

const PinShape = Type.Object({
  pin: Type.String({ description: "Six digits; shown this once." }),
  expiresAt: Instant,
});

const BoardShape = Type.Object({
  accessToken: Type.String(),
  refreshToken: Type.String(),
  expiresInS: Type.Integer(),
  url: Type.String({ description: "With the token in its fragment." }),
});

export function seatRoutes(parts: AppParts): readonly Route[] {
  return [pinRoute(parts), boardRoute(parts), boardEndRoute(parts)];
}

function pinRoute(parts: AppParts): Route {
  return defineRoute({
    method: "POST",
    path: "/api/v1/sessions/:id/participants/:p/pin",
    access: "caller",
    body: Nothing,
    bodyRequired: false,
    keyed: true,
    gate: async ({ caller, params: { id = "" } }) => refusalOf(await viewOfHost(parts, caller, id)),
    docs: {
      tag: "Sessions",
      summary: "A pin that gives a participant his seat back",
      description: "Works once, for ten minutes, and not after five wrong tries.",
      example: {},
      answers: {
        201: {
          description: "Tell it to him alone.",
          schema: PinShape,
          example: { pin: "402913", expiresAt: "2026-03-02T08:10:00.000Z" },
        },
      },
      problems: ["not-allowed"],
    },
    async handle({ caller, params: { id = "", p = "" } }) {
      const view = await viewOfHost(parts, caller, id);
      if (!view.ok) {
        return no(view.problem);
      }
      if (!hasParticipant(view.value, p)) {
        return no(problem("not-found", "There is no such participant."));
      }
      return created(await drawAndIssue(parts, caller, { sessionId: id, participantId: p }));
    },
  });
}

async function drawAndIssue(
  { db, clock, chance }: AppParts,
  { tenantId }: VerifiedCaller,
  seat: { readonly sessionId: string; readonly participantId: string },
): Promise<object> {
  const sessionId = parseActorId(seat.sessionId);
  const participantId = parseParticipantId(seat.participantId);
  for (let draw = 0; draw < PIN_DRAWS_MAX; draw += 1) {
    const pin = drawPin(chance);
    const at = clock.now();
    const expiresAt = at + PIN_TTL_MS;
    const hash = pinHash(sessionId, pin);
    const issued = await asTenant(db, tenantId, (tx) =>
      issueSeatPin(tx, { sessionId, participantId, hash, at, expiresAt }),
    );
    if (issued) {
      return { pin, expiresAt: new Date(expiresAt).toISOString() };
    }
  }
  throw new Error(`expected a free pin within ${PIN_DRAWS_MAX} draws, found none`);
}

function boardRoute(parts: AppParts): Route {
  return defineRoute({
    method: "POST",
    path: "/api/v1/sessions/:id/board",
    access: "caller",
    body: Nothing,
    bodyRequired: false,
    keyed: true,
    gate: async ({ caller, params: { id = "" } }) => refusalOf(await viewOfHost(parts, caller, id)),
    docs: {
      tag: "Sessions",
      summary: "A board: the session for the wall of the classroom",
      description: "Read-only, without a seat and without presence.",
      example: {},
      answers: {
        201: {
          description: "Open `url` where the class can see it.",
          schema: BoardShape,
          example: { ...PAIR_EXAMPLE, url: "http://127.0.0.1:3000/board/b6a1f0#token=eyJ…" },
        },
      },
      problems: ["not-allowed"],
    },
    async handle({ caller, params: { id = "" } }) {
      const view = await viewOfHost(parts, caller, id);
      if (!view.ok) {
        return no(view.problem);
      }
      const sessionId = parseActorId(id);
      const board = { kind: "board", boardId: parts.ids.next() } as const;
      const pair = await issueTokens(parts, caller.tenantId, board, { ...board, sessionId });
      const url = boardUrl(parts.publicUrl(), sessionId, pair.accessToken);
      return created({ ...pair, url });
    },
  });
}

function boardEndRoute(parts: AppParts): Route {
  return defineRoute({
    method: "DELETE",
    keyed: true,
    path: "/api/v1/sessions/:id/board",
    access: "caller",
    docs: {
      tag: "Sessions",
      summary: "End every board of the session",
      answers: { 204: { description: "Their tokens open nothing any more." } },
      problems: ["not-allowed"],
    },
    async handle({ caller, params: { id = "" } }) {
      const view = await viewOfHost(parts, caller, id);
      if (!view.ok) {
        return no(view.problem);
      }
      await asTenant(parts.db, caller.tenantId, (tx) =>
        revokeBoardTokens(tx, parseActorId(id), parts.clock.now()),
      );
      parts.tokens.forget(caller.tenantId);
      return empty();
    },
  });
}

async function viewOfHost(
  { desk }: AppParts,
  caller: VerifiedCaller,
  id: string,
): Promise<Read<JsonObject>> {
  const seen = await desk.look(caller, `session/${id}`);
  if (!seen.ok) {
    return seen;
  }
  return HOSTS.has(seen.view["role"])
    ? { ok: true, value: seen.view }
    : { ok: false, problem: problem("not-allowed", "Only the session's hosts may do this.") };
}

function refusalOf(read: Read<JsonObject>) {
  return read.ok ? undefined : read.problem;
}

function hasParticipant(view: JsonObject, participantId: string): boolean {
  const rows = view["participants"];
  return (
    Array.isArray(rows) &&
    rows.some((row: unknown) => isObject(row) && row["participantId"] === participantId)
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
