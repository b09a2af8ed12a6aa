/** Who sat in a session: a read model of the session actors, written by the journal. */
import type { Selectable } from "kysely";
import {
  type ActorId,
  type ParticipantId,
  type UserId,
  parseParticipantId,
  parseUserId,
} from "../machines/ids.ts";
import type { TenantTx } from "./as-tenant.ts";
import type { ParticipantsTable } from "./schema.ts";

/** Rows of one statement: far below the 65,535 parameters that Postgres takes. */
const ROWS_MAX = 1_000;

export interface ParticipantRow {
  readonly participantId: ParticipantId;
  readonly userId: UserId | null;
  readonly name: string;
  readonly status: string;
  readonly joinedAt: number;
}

/** Inserts or overwrites; the last of several rows of one participant holds. */
export async function upsertParticipants(
  tx: TenantTx,
  rows: readonly (ParticipantRow & { readonly sessionId: ActorId })[],
): Promise<void> {
  const latest = [
    ...new Map(rows.map((row) => [`${row.sessionId}/${row.participantId}`, row])).values(),
  ];
  for (let from = 0; from < latest.length; from += ROWS_MAX) {
    await tx.q
      .insertInto("participants")
      .values(
        latest.slice(from, from + ROWS_MAX).map((row) => ({
          tenant_id: tx.tenantId,
          session_id: row.sessionId,
          participant_id: row.participantId,
          user_id: row.userId,
          name: row.name,
          status: row.status,
          joined_at: row.joinedAt,
        })),
      )
      .onConflict((on) =>
        on.columns(["tenant_id", "session_id", "participant_id"]).doUpdateSet((eb) => ({
          user_id: eb.ref("excluded.user_id"),
          name: eb.ref("excluded.name"),
          status: eb.ref("excluded.status"),
        })),
      )
      .execute();
  }
}

/** In order of joining. */
export async function participantsOf(
  tx: TenantTx,
  sessionId: ActorId,
): Promise<readonly ParticipantRow[]> {
  const rows = await tx.q
    .selectFrom("participants")
    .selectAll()
    .where("tenant_id", "=", tx.tenantId)
    .where("session_id", "=", sessionId)
    .orderBy("joined_at")
    .orderBy("participant_id")
    .execute();
  return rows.map(participantOf);
}

function participantOf(row: Selectable<ParticipantsTable>): ParticipantRow {
  return {
    participantId: parseParticipantId(row.participant_id),
    userId: row.user_id === null ? null : parseUserId(row.user_id),
    name: row.name,
    status: row.status,
    joinedAt: row.joined_at,
  };
}
