/**
 * Access tokens: who a caller is, signed, for a quarter of an hour.
 *
 * Owns the claims and their two directions. Invariants:
 * 1. A token that is not three parts of exact base64url, with a known key, ES256, our issuer and
 *    all its claims, is nobody's: `verify` answers undefined, never why.
 * 2. What was verified is remembered for `VERIFIED_FOR_MS`, never beyond its expiry; what was
 *    refused is not.
 * 3. A token names its refresh family; a revoked family's tokens end within `ALIVE_FOR_MS`, and on
 *    the node that revoked them at once.
 */
import { SignJWT, decodeProtectedHeader, jwtVerify, type JWTPayload } from "jose";
import type { Clock, Ids } from "../../actors/clock.ts";
import {
  type TenantId,
  isId,
  parseActorId,
  parseParticipantId,
  parseTenantId,
  parseUserId,
} from "../../machines/ids.ts";
import { type Principal, ROLES } from "../../machines/principal.ts";
import type { Caller } from "../desk.ts";
import type { Keys } from "./keys.ts";

/** Short enough that a stolen one is soon worthless, long enough for few refreshes in a lesson. */
export const ACCESS_TTL_S = 15 * 60;
/** Open sockets and callers notice a revocation within this time. */
const ALIVE_FOR_MS = 5_000;
/** Families whose state is remembered; above it the oldest is asked for again. */
const ALIVE_MAX = 10_000;
/** A signature is checked once in so long; a key that was taken back is noticed within it. */
const VERIFIED_FOR_MS = 5_000;
/** Of half a kilobyte each; above it the oldest is verified anew. */
const VERIFIED_MAX = 10_000;
const TOKEN_CHARS_MAX = 4_096;
const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const ISSUER = "toolboxai";

/** Is this family of refresh tokens still good? Asked of Postgres. */
export type FamilyAlive = (tenantId: TenantId, family: string) => Promise<boolean>;

/** What a token is made of. `family` is that of the refresh token given out with it. */
export interface Grant {
  readonly tenantId: TenantId;
  readonly principal: Exclude<Principal, { readonly kind: "system" }>;
  readonly family: string;
  /** The one session of a guest or a board. */
  readonly boundTo?: string;
}

export interface SignedToken {
  readonly accessToken: string;
  readonly expiresInS: number;
}

/** A caller with the family of its token: what sign-out ends. */
export interface VerifiedCaller extends Caller {
  readonly family: string;
}

export interface Tokens {
  sign(grant: Grant): Promise<SignedToken>;
  /** Undefined: nobody. */
  verify(token: string): Promise<VerifiedCaller | undefined>;
  /** Families of this school were revoked here and now: this node asks about them at once. */
  forget(tenantId: TenantId): void;
}

export interface TokensParts {
  readonly keys: Keys;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Absent: families are never asked about. */
  readonly alive?: FamilyAlive;
}

export function createTokens(parts: TokensParts): Tokens {
  const alive = parts.alive === undefined ? undefined : remember(parts.alive, parts.clock);
  const verified = rememberVerified(parts);
  return {
    sign: (grant) => sign(parts, grant),
    async verify(token) {
      const caller = await verified(token);
      if (caller === undefined || alive === undefined) {
        return caller;
      }
      return (await alive.ask(caller.tenantId, caller.family)) ? caller : undefined;
    },
    forget: (tenantId) => alive?.forget(tenantId),
  };
}

async function sign({ keys, clock, ids }: TokensParts, grant: Grant): Promise<SignedToken> {
  const key = await keys.current();
  const now = Math.floor(clock.now() / 1_000);
  const accessToken = await new SignJWT(claimsOf(grant))
    .setProtectedHeader({ alg: "ES256", kid: key.kid })
    .setIssuer(ISSUER)
    .setIssuedAt(now)
    .setExpirationTime(now + ACCESS_TTL_S)
    .setJti(ids.next())
    .sign(key.privateKey);
  return { accessToken, expiresInS: ACCESS_TTL_S };
}

function claimsOf({ tenantId, principal, family, boundTo }: Grant): JWTPayload {
  const shared = {
    tid: tenantId,
    kind: principal.kind,
    fam: family,
    ...(boundTo === undefined ? {} : { sid: boundTo }),
  };
  switch (principal.kind) {
    case "user":
      return { ...shared, sub: principal.userId, role: principal.role, name: principal.name };
    case "guest":
      return { ...shared, sub: principal.participantId, pid: principal.participantId };
    case "board":
      return { ...shared, sub: principal.boardId };
  }
}

/** `verify`, at most once in a while for each token that is good. */
function rememberVerified(parts: TokensParts): Tokens["verify"] {
  const { clock } = parts;
  const known = new Map<string, { readonly until: number; readonly caller: VerifiedCaller }>();
  return async (token) => {
    const found = known.get(token);
    if (found !== undefined && found.until > clock.now()) {
      return found.caller;
    }
    const at = clock.now();
    const caller = await verify(parts, token);
    known.delete(token);
    if (caller !== undefined) {
      known.set(token, { until: Math.min(at + VERIFIED_FOR_MS, caller.expiresAt), caller });
      const [oldest] = known.size > VERIFIED_MAX ? known.keys() : [];
      if (oldest !== undefined) {
        known.delete(oldest);
      }
    }
    return caller;
  };
}

async function verify(
  { keys, clock }: TokensParts,
  token: string,
): Promise<VerifiedCaller | undefined> {
  if (token.length > TOKEN_CHARS_MAX || !TOKEN.test(token)) {
    return undefined;
  }
  try {
    const { kid } = decodeProtectedHeader(token);
    const key = kid === undefined ? undefined : await keys.find(kid);
    if (key === undefined) {
      return undefined;
    }
    const { payload } = await jwtVerify(token, key, {
      algorithms: ["ES256"],
      issuer: ISSUER,
      requiredClaims: ["sub", "exp", "iat", "jti"],
      currentDate: new Date(clock.now()),
    });
    return parseCaller(payload);
  } catch (error) {
    return notOurs(error);
  }
}

/** jose's errors carry a `code`; ids that are none are range errors. All else is a failure. */
function notOurs(error: unknown): undefined {
  const isNo = error instanceof RangeError || error instanceof TypeError;
  const isJose =
    error instanceof Error && "code" in error && String(error.code).startsWith("ERR_J");
  if (!isNo && !isJose) {
    throw error;
  }
  return undefined;
}

function parseCaller(payload: JWTPayload): VerifiedCaller | undefined {
  const { tid, fam, sid, exp } = payload;
  const principal = parsePrincipal(payload);
  if (principal === undefined || typeof tid !== "string" || typeof fam !== "string") {
    return undefined;
  }
  const bound = typeof sid === "string" ? { boundTo: parseActorId(sid) } : {};
  if (principal.kind !== "user" && typeof sid !== "string") {
    return undefined;
  }
  const expiresAt = (exp ?? 0) * 1_000;
  return { tenantId: parseTenantId(tid), principal, ...bound, expiresAt, family: fam };
}

function parsePrincipal(payload: JWTPayload): Grant["principal"] | undefined {
  const { kind, sub = "", name } = payload;
  if (!isId(sub)) {
    return undefined;
  }
  if (kind === "guest") {
    return { kind, participantId: parseParticipantId(sub) };
  }
  if (kind === "board") {
    return { kind, boardId: sub };
  }
  const role = ROLES.find((each) => each === payload["role"]);
  if (kind !== "user" || role === undefined || typeof name !== "string") {
    return undefined;
  }
  return { kind, userId: parseUserId(sub), role, name };
}

interface Remembered {
  readonly ask: FamilyAlive;
  forget(tenantId: TenantId): void;
}

function remember(alive: FamilyAlive, clock: Clock): Remembered {
  const known = new Map<string, { readonly until: number; readonly answer: Promise<boolean> }>();
  return {
    async ask(tenantId, family) {
      const key = `${tenantId}/${family}`;
      const found = known.get(key);
      if (found !== undefined && found.until > clock.now()) {
        return found.answer;
      }
      const answer = alive(tenantId, family);
      known.delete(key);
      known.set(key, { until: clock.now() + ALIVE_FOR_MS, answer });
      answer.catch(() => known.delete(key));
      const [oldest] = known.size > ALIVE_MAX ? known.keys() : [];
      if (oldest !== undefined) {
        known.delete(oldest);
      }
      return answer;
    },
    forget(tenantId) {
      for (const key of known.keys()) {
        if (key.startsWith(`${tenantId}/`)) {
          known.delete(key);
        }
      }
    },
  };
}
