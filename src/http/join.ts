/** Into a session by its code: as a guest, with an account, or back to a seat with a pin. */
import { Type } from "@sinclair/typebox";
import { join } from "../auth/join.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { created, no, ok } from "./answer.ts";
import { PAIR_EXAMPLE, SeatShape } from "./auth.ts";
import { networkOf } from "./network.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";

const strict = { additionalProperties: false } as const;
/** Six characters, with whatever spaces and hyphens people type. */
const CODE_CHARS_MAX = 64;
/** The rule is 40 after normalizing; what is longer than this is no name. */
const NAME_CHARS_MAX = 200;

const Join = Type.Object(
  {
    code: Type.String({ minLength: 1, maxLength: CODE_CHARS_MAX }),
    name: Type.Optional(
      Type.String({ maxLength: NAME_CHARS_MAX, description: "Guests: 1–40 characters." }),
    ),
    pin: Type.Optional(
      Type.String({ pattern: "^[0-9]{6}$", description: "From a host: back to one's own seat." }),
    ),
  },
  strict,
);

const SEAT_EXAMPLE = {
  ...PAIR_EXAMPLE,
  sessionId: "b6a1f0c2d4e84a0f9c3b7d5e1f2a6c80",
  participantId: "5d1c2e",
  name: "Ada",
  status: "admitted",
};

export function joinRoutes(parts: AppParts): readonly Route[] {
  return [
    defineRoute({
      method: "POST",
      path: "/api/v1/join",
      access: "maybe",
      body: Join,
      docs: {
        tag: "Join",
        summary: "Join a session by its code",
        description:
          "Guests send `code` and `name` and get tokens that are good for that seat alone; the same " +
          "code, name and `Idempotency-Key` (16 characters or more) within ten minutes give the same " +
          "seat. Who is signed in sends `code` with his bearer token. With `code` and `pin` somebody " +
          "takes his seat back. Case, spaces and hyphens in codes do not matter.",
        example: { code: "K7PM4X", name: "Ada" },
        takesKey: true,
        answers: {
          200: { description: "In already, or back.", schema: SeatShape, example: SEAT_EXAMPLE },
          201: { description: "Joined.", schema: SeatShape, example: SEAT_EXAMPLE },
        },
        problems: [
          "unknown-code",
          "not-open-yet",
          "admission-locked",
          "session-full",
          "name-taken",
          "banned",
          "removed",
          "not-allowed",
          "busy",
        ],
      },
      async handle({ caller, body, exchange }) {
        const { key } = exchange;
        const joined = await join(
          { ...parts, wrongCodes: parts.limits.wrongCodes },
          {
            ...body,
            from: networkOf(exchange.ip),
            ...(caller !== undefined && joinsAsHimself(caller, body.name) ? { caller } : {}),
            ...(key === undefined ? {} : { key }),
          },
        );
        if (!joined.ok) {
          return no(joined.problem);
        }
        const { pair, sessionId, seat, fresh } = joined;
        const answer = { ...pair, sessionId, ...seat };
        return fresh ? created(answer) : ok(answer);
      },
    }),
  ];
}

/** Students always; a teacher who gives a name tries the lesson as a guest, from the same page. */
function joinsAsHimself({ principal }: VerifiedCaller, name: string | undefined): boolean {
  return principal.kind === "user" && (principal.role === "student" || name === undefined);
}
