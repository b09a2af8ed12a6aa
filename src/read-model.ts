/**
 * Read models of sessions: the rows that lists read, derived from the snapshot that was archived.
 *
 * Invariant: rows follow from the snapshot alone, so writing them again changes nothing; answers of
 * an anonymous session are never written beside a participant.
 */
import type { StateValue } from "xstate";
import type { RoundId } from "../machines/ids.ts";
import { parseRoundId } from "../machines/ids.ts";
import { MACHINES } from "../machines/catalog.ts";
import type { Round, SessionContext } from "../machines/learning-session/context.ts";
import { resultIn } from "../machines/learning-session/leaderboard.ts";
import { SessionLiving } from "../machines/learning-session/machine.ts";
import { machineOf } from "../machines/versions.ts";
import { type AnswerRow, upsertAnswers } from "../db/answers.ts";
import type { TenantTx } from "../db/as-tenant.ts";
import { type ParticipantRow, upsertParticipants } from "../db/participants.ts";
import { type SessionRow, upsertSession } from "../db/sessions.ts";
import type { Flush } from "../actors/archive.ts";
import { type ActorRecord, decodeEnvelope } from "../actors/envelope.ts";

export async function writeReadModel(
  tx: TenantTx,
  flush: Flush,
  records: readonly ActorRecord[],
): Promise<void> {
  const { kind, id } = flush.address;
  const { snapshot, at, machineVersion } = decodeEnvelope(flush.address, flush.envelope);
  const living = machineOf(MACHINES, kind, machineVersion).revive(snapshot);
  if (!(living instanceof SessionLiving)) {
    return;
  }
  const { context, state } = living;
  const createdAt = records.find(({ seq }) => seq === 1)?.at ?? at;
  await upsertSession(tx, { ...sessionRow(context, state), id, createdAt, seq: flush.seq });
  if (records.some(({ facts }) => facts.some(({ type }) => type.startsWith("participant.")))) {
    await upsertParticipants(tx, id, participantRows(context));
  }
  if (!context.settings.anonymous) {
    await upsertAnswers(tx, id, answerRows(context, touchedRounds(records)));
  }
}

function sessionRow(
  context: SessionContext,
  state: StateValue,
): Omit<SessionRow, "id" | "createdAt" | "seq"> {
  const [host, ...coHosts] = context.hosts;
  if (host === undefined) {
    throw new TypeError("expected a session to have a host");
  }
  return {
    lessonId: context.lessonId,
    hostUserId: host.userId,
    coHostUserIds: coHosts.map(({ userId }) => userId),
    title: context.title,
    phase: phaseOf(state),
    joinCode: context.joinCode,
    startsAt: context.startsAt,
    endedAt: context.endedAt,
  };
}

/** The outer phase: `live`, whether it is running or paused. */
export function phaseOf(state: StateValue): string {
  const phase = typeof state === "string" ? state : state["phase"];
  return typeof phase === "object" ? (Object.keys(phase)[0] ?? "") : (phase ?? "");
}

function participantRows(context: SessionContext): readonly ParticipantRow[] {
  return context.participants.map(({ participantId, userId, name, status, joinedAt }) => ({
    ...{ participantId, userId, name, status, joinedAt },
  }));
}

/** Rounds that one of these records speaks of; the rows of others are as they were. */
function touchedRounds(records: readonly ActorRecord[]): ReadonlySet<RoundId> {
  const ids = records
    .flatMap(({ facts }) => facts)
    .flatMap(({ parts }) => parts)
    .map(({ fields }) => fields["roundId"]);
  return new Set(ids.filter((each) => typeof each === "string").map(parseRoundId));
}

function answerRows(context: SessionContext, touched: ReadonlySet<RoundId>): readonly AnswerRow[] {
  const all = context.round === null ? context.pastRounds : [...context.pastRounds, context.round];
  return all
    .filter(({ roundId }) => touched.has(roundId))
    .flatMap((round) => rowsOf(context, round));
}

function rowsOf(context: SessionContext, round: Round): readonly AnswerRow[] {
  return context.participants.flatMap(({ participantId }) => {
    const given = Object.hasOwn(round.answers, participantId)
      ? round.answers[participantId]
      : undefined;
    if (given === undefined) {
      return [];
    }
    const scored = round.scoredAt !== null;
    const result = resultIn(round, participantId);
    return [
      {
        roundId: round.roundId,
        participantId,
        stepId: round.stepId,
        answer: given.answer,
        correct: scored ? result.correct : null,
        points: scored ? result.points : null,
        atMs: given.atMs,
        auto: given.auto,
      },
    ];
  });
}
