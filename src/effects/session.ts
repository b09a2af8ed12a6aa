/**
 * What a learning session asks of the world, done in Postgres.
 *
 * Invariant: each is harmless when it is done twice: the second finds nothing to release or revoke.
 */
import { parseParticipantId } from "../../machines/ids.ts";
import { textField } from "../../machines/json.ts";
import type { SessionEffect } from "../../machines/learning-session/change.ts";
import { asTenant } from "../../db/as-tenant.ts";
import type { Database } from "../../db/connect.ts";
import { revokeSeatTokens } from "../../db/refresh-tokens.ts";
import type { Clock } from "../../actors/clock.ts";
import type { Performer } from "../../actors/perform.ts";
import type { Tokens } from "../auth/tokens.ts";
import { releaseCode } from "../join-code.ts";

export interface EffectParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly tokens: Pick<Tokens, "forget">;
}

export function sessionPerformers({
  db,
  clock,
  tokens,
}: EffectParts): Readonly<Record<SessionEffect["type"], Performer>> {
  return {
    releaseCode: async (address, params) => {
      const joinCode = textField(params, "joinCode");
      await releaseCode(db, address, joinCode);
      return { type: "code.released", joinCode };
    },
    revokeSeat: async (address, params) => {
      const participantId = parseParticipantId(textField(params, "participantId"));
      await asTenant(db, address.tenantId, (tx) =>
        revokeSeatTokens(tx, { sessionId: address.id, participantId }, clock.now()),
      );
      tokens.forget(address.tenantId);
      return { type: "seat.revoked", participantId };
    },
  };
}
