/** Accepted answers: a read model of the session actors, written by the journal. */
import type { Selectable } from "kysely";
import {
  type ActorId,
  type ParticipantId,
  type RoundId,
  parseParticipantId,
  parseRoundId,
} from "../machines/ids.ts";
import type { Json } from "../machines/json.ts";
import type { TenantTx } from "./as-tenant.ts";
import type { AnswersTable } from "./schema.ts";

/** Rows of one statement: far below the 65,535 parameters that Postgres takes. */
const ROWS_MAX = 1_000;

export interface AnswerRow {
  readonly roundId: RoundId;
  readonly participantId: ParticipantId;
  /** Null: the round was opened ad hoc. */
  readonly stepId: string | null;
  readonly answer: Json;
  /** Null: not scored yet, or nothing to be right about. */
  readonly correct: boolean | null;
  readonly points: number | null;
  /** Since the opening of the round, without pauses. */
  readonly atMs: number;
  readonly auto: boolean;
}

/** One answer a seat and round: inserts or overwrites; the last row of several holds. */
export async function upsertAnswers(
  tx: TenantTx,
  sessionId: ActorId,
  rows: readonly AnswerRow[],
): Promise<void> {
  const latest = [
    ...new Map(rows.map((row) => [`${row.roundId}/${row.participantId}`, row])).values(),
  ];
  for (let from = 0; from < latest.length; from += ROWS_MAX) {
    await tx.q
      .insertInto("answers")
      .values(
        latest.slice(from, from + ROWS_MAX).map((row) => ({
          tenant_id: tx.tenantId,
          session_id: sessionId,
          round_id: row.roundId,
          participant_id: row.participantId,
          step_id: row.stepId,
          answer: JSON.stringify(row.answer),
          correct: row.correct,
          points: row.points,
          at_ms: row.atMs,
          auto: row.auto,
        })),
      )
      .onConflict((on) =>
        on.columns(["tenant_id", "session_id", "round_id", "participant_id"]).doUpdateSet((eb) => ({
          answer: eb.ref("excluded.answer"),
          correct: eb.ref("excluded.correct"),
          points: eb.ref("excluded.points"),
          at_ms: eb.ref("excluded.at_ms"),
          auto: eb.ref("excluded.auto"),
        })),
      )
      .execute();
  }
}

export async function answersOf(tx: TenantTx, sessionId: ActorId): Promise<readonly AnswerRow[]> {
  const rows = await tx.q
    .selectFrom("answers")
    .selectAll()
    .where("tenant_id", "=", tx.tenantId)
    .where("session_id", "=", sessionId)
    .orderBy("round_id")
    .orderBy("participant_id")
    .execute();
  return rows.map(answerOf);
}

function answerOf(row: Selectable<AnswersTable>): AnswerRow {
  return {
    roundId: parseRoundId(row.round_id),
    participantId: parseParticipantId(row.participant_id),
    stepId: row.step_id,
    answer: row.answer,
    correct: row.correct,
    points: row.points,
    atMs: row.at_ms,
    auto: row.auto,
  };
}
