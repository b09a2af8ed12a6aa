/** Accepted answers: a read model of the session actors, written by the journal. */
import { type Selectable, sql } from "kysely";
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

/** Rows of one statement: making more of them into text is felt by who waits for an answer. */
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
  rows: readonly (AnswerRow & { readonly sessionId: ActorId })[],
): Promise<void> {
  const latest = [
    ...new Map(
      rows.map((row) => [`${row.sessionId}/${row.roundId}/${row.participantId}`, row]),
    ).values(),
  ];
  for (let from = 0; from < latest.length; from += ROWS_MAX) {
    const these = latest.slice(from, from + ROWS_MAX);
    await sql`
      insert into answers (
        tenant_id, session_id, round_id, participant_id,
        step_id, answer, correct, points, at_ms, auto
      )
      select ${tx.tenantId}, session_id, round_id, participant_id,
             step_id, answer::jsonb, correct, points, at_ms, auto
        from unnest(
          ${these.map(({ sessionId }) => sessionId)}::text[],
          ${these.map(({ roundId }) => roundId)}::text[],
          ${these.map(({ participantId }) => participantId)}::text[],
          ${these.map(({ stepId }) => stepId)}::text[],
          ${these.map(({ answer }) => JSON.stringify(answer))}::text[],
          ${these.map(({ correct }) => correct)}::boolean[],
          ${these.map(({ points }) => points)}::double precision[],
          ${these.map(({ atMs }) => atMs)}::bigint[],
          ${these.map(({ auto }) => auto)}::boolean[]
        ) as given (
          session_id, round_id, participant_id, step_id, answer, correct, points, at_ms, auto
        )
      on conflict (tenant_id, session_id, round_id, participant_id) do update
         set answer = excluded.answer, correct = excluded.correct, points = excluded.points,
             at_ms = excluded.at_ms, auto = excluded.auto`.execute(tx.q);
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
