/** Accounts: sign-in, refresh, sign-out, and the keys that tokens are verified by. */
import { Type } from "@sinclair/typebox";
import { asTenant } from "../../db/as-tenant.ts";
import { revokeFamily } from "../../db/refresh-tokens.ts";
import type { User } from "../../db/users.ts";
import type { TenantId } from "../../machines/ids.ts";
import { ROLES } from "../../machines/principal.ts";
import { type Refreshed, endTokens, refresh } from "../auth/refresh.ts";
import { signIn } from "../auth/sign-in.ts";
import { problem } from "../problem.ts";
import { type Answer, empty, no, ok } from "./answer.ts";
import { boardUrl } from "./board-url.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";
import { seatOf, sessionAlive } from "./seat.ts";
import { Id } from "./shapes.ts";

const strict = { additionalProperties: false } as const;
/** RFC 5321's longest address. */
const EMAIL_CHARS_MAX = 254;
const SLUG_CHARS_MAX = 63;
/** argon2id would hash a megabyte too; nobody types one. */
const PASSWORD_CHARS_MAX = 200;
const TOKEN_CHARS_MAX = 200;

export const Email = Type.String({ minLength: 3, maxLength: EMAIL_CHARS_MAX });
export const Password = Type.String({ minLength: 1, maxLength: PASSWORD_CHARS_MAX });
const RefreshToken = Type.String({ minLength: 1, maxLength: TOKEN_CHARS_MAX });

const SignIn = Type.Object(
  {
    tenant: Type.String({
      minLength: 1,
      maxLength: SLUG_CHARS_MAX,
      description: "The school's slug.",
    }),
    email: Email,
    password: Password,
  },
  strict,
);

export const UserShape = Type.Object(
  {
    id: Id,
    tenantId: Id,
    email: Type.String(),
    name: Type.String(),
    role: Type.Union(ROLES.map((role) => Type.Literal(role))),
  },
  { $id: "Account" },
);

const Pair = {
  accessToken: Type.String({ description: "Good for 15 minutes." }),
  refreshToken: Type.String(),
  expiresInS: Type.Integer(),
};

const SignedInShape = Type.Object({ ...Pair, user: UserShape }, { $id: "SignedIn" });

export const SeatShape = Type.Object(
  {
    accessToken: Type.Optional(Pair.accessToken),
    refreshToken: Type.Optional(Pair.refreshToken),
    expiresInS: Type.Optional(Pair.expiresInS),
    sessionId: Id,
    participantId: Id,
    name: Type.String(),
    status: Type.String({ description: "`admitted`, or `waiting` for a host to admit." }),
  },
  { $id: "Seat", description: "Tokens are given to guests; who is signed in keeps his own." },
);

export const USER_EXAMPLE = {
  id: "0b6f3d",
  tenantId: "demo",
  email: "teacher@demo.example",
  name: "Teacher",
  role: "teacher",
};
export const PAIR_EXAMPLE = {
  accessToken: "eyJhbGciOiJFUzI1NiIs…",
  refreshToken: "fbnvwW…",
  expiresInS: 900,
};
const UNKNOWN_TOKEN = "The refresh token is unknown, used up or ended; sign in or join again.";

export function authRoutes(parts: AppParts): readonly Route[] {
  return [signInRoute(parts), refreshRoute(parts), signOutRoute(parts), jwks(parts)];
}

function signInRoute(parts: AppParts): Route {
  return defineRoute({
    method: "POST",
    path: "/api/v1/auth/sign-in",
    access: "open",
    body: SignIn,
    docs: {
      tag: "Sign in",
      summary: "Sign in with an e-mail address and a password",
      description: "Ten failures within ten minutes close an account's door for as long.",
      example: { tenant: "demo", email: "teacher@demo.example", password: "…" },
      answers: {
        200: {
          description: "Signed in.",
          schema: SignedInShape,
          example: { ...PAIR_EXAMPLE, user: USER_EXAMPLE },
        },
      },
      problems: ["unauthenticated", "rate-limited", "busy"],
    },
    async handle({ body }) {
      const failures = parts.limits.signInFailures;
      const signedIn = await signIn({ ...parts, failures }, body);
      return signedIn.ok
        ? ok({ ...signedIn.pair, user: accountOf(signedIn.user, signedIn.tenantId) })
        : no(signedIn.problem);
    },
  });
}

function refreshRoute(parts: AppParts): Route {
  return defineRoute({
    method: "POST",
    path: "/api/v1/auth/refresh",
    access: "open",
    body: Type.Object({ refreshToken: RefreshToken }, strict),
    docs: {
      tag: "Sign in",
      summary: "A fresh access token",
      description:
        "A user's refresh token is replaced by its successor; for 60 s the old one gives the same " +
        "successor, later it ends the whole family. A guest's is not replaced, and gives his seat.",
      example: { refreshToken: "fbnvwW…" },
      answers: {
        200: {
          description: "As sign-in, or for a guest as join, or for a board as board.",
          schema: Type.Object(Pair, { additionalProperties: true }),
          example: { ...PAIR_EXAMPLE, user: USER_EXAMPLE },
        },
      },
      problems: ["unauthenticated"],
    },
    async handle({ body }) {
      return answerRefreshed(parts, await refresh(parts, body.refreshToken));
    },
  });
}

async function answerRefreshed(parts: AppParts, refreshed: Refreshed): Promise<Answer> {
  switch (refreshed.kind) {
    case "unknown":
      return no(problem("unauthenticated", UNKNOWN_TOKEN));
    case "user":
      return ok({ ...refreshed.pair, user: accountOf(refreshed.user, refreshed.tenantId) });
    case "seat": {
      const { holder, pair, tenantId } = refreshed;
      if (holder.kind === "board") {
        if ((await sessionAlive(parts, tenantId, holder.sessionId)) === undefined) {
          return no(problem("unauthenticated", UNKNOWN_TOKEN));
        }
        return ok({
          ...pair,
          url: boardUrl(parts.publicUrl(), holder.sessionId, pair.accessToken),
        });
      }
      const { sessionId, participantId } = holder;
      const seat = await seatOf(parts, { tenantId, sessionId, participantId });
      return seat === undefined
        ? no(problem("unauthenticated", UNKNOWN_TOKEN))
        : ok({ ...pair, sessionId, ...seat });
    }
  }
}

function signOutRoute(parts: AppParts): Route {
  return defineRoute({
    method: "POST",
    path: "/api/v1/auth/sign-out",
    access: "maybe",
    body: Type.Object({ refreshToken: Type.Optional(RefreshToken) }, strict),
    bodyRequired: false,
    docs: {
      tag: "Sign in",
      summary: "Sign out",
      description: "Ends the tokens of the bearer, or those that the refresh token belongs to.",
      example: {},
      answers: { 204: { description: "Signed out, now or before." } },
      problems: ["unauthenticated"],
    },
    async handle({ caller, body }) {
      if (caller === undefined && body.refreshToken === undefined) {
        return no(problem("unauthenticated", "Send an access token or a refresh token."));
      }
      if (caller !== undefined) {
        const { tenantId, family } = caller;
        await asTenant(parts.db, tenantId, (tx) => revokeFamily(tx, family, parts.clock.now()));
        parts.tokens.forget(tenantId);
      }
      if (body.refreshToken !== undefined) {
        await endTokens(parts, body.refreshToken);
      }
      return empty();
    },
  });
}

function jwks(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/.well-known/jwks.json",
    access: "open",
    docs: {
      tag: "Sign in",
      summary: "The public keys that access tokens are verified by",
      answers: {
        200: {
          description: "A JWK set (RFC 7517).",
          schema: Type.Object({
            keys: Type.Array(Type.Object({}, { additionalProperties: true })),
          }),
        },
      },
    },
    handle: async () => ok(await parts.keys.jwks()),
  });
}

export function accountOf(user: User, tenantId: TenantId) {
  return { id: user.id, tenantId, email: user.email, name: user.name, role: user.role };
}
