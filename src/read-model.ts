/**
 * Read models of sessions: the rows that lists read, derived from the snapshot that was archived.
 *
 * Invariants:
 * 1. Rows follow from the snapshot alone, so writing them again changes nothing; answers of an
 *    anonymous session are never written beside a participant.
 * 2. RM1: What is left out is as it was: where all records speak of single seats, only their rows
 *    are written, and where they change no row, the snapshot is not even read.
 */
import type { StateValue } from "xstate";
import type { ActorId, ParticipantId, RoundId } from "../machines/ids.ts";
import { parseRoundId } from "../machines/ids.ts";
import { MACHINES } from "../machines/catalog.ts";
import { type Round, type SessionContext, roundsOf } from "../machines/learning-session/context.ts";
import type { FactType } from "../machines/learning-session/facts.ts";
import { resultIn } from "../machines/learning-session/leaderboard.ts";
import { SessionLiving } from "../machines/learning-session/machine.ts";
import { machineOf } from "../machines/versions.ts";
import { type AnswerRow, upsertAnswers } from "../db/answers.ts";
import type { TenantTx } from "../db/as-tenant.ts";
import { type ParticipantRow, upsertParticipants } from "../db/participants.ts";
import { type SessionRow, upsertSession } from "../db/sessions.ts";
import { type ActorRecord, decodeEnvelope } from "../actors/envelope.ts";
import type { Flushed } from "./archive.ts";

/** Each speaks of one seat, and changes no row but that seat's. */
const OF_ONE_SEAT: ReadonlySet<string> = new Set<FactType>([
  "participant.joined",
  "participant.admitted",
  "participant.renamed",
  "participant.connected",
  "participant.reconnecting",
  "participant.offline",
  "draft.saved",
  "answer.submitted",
  "answer.amended",
  "answer.graded",
  "hand.raised",
  "hand.lowered",
  "hand.called",
]);

/** Whose rows may have changed; undefined: anybody's, and the session's. */
interface Touched {
  readonly participants: ReadonlySet<string>;
  readonly answers: ReadonlySet<string>;
}

interface Rows {
  readonly participants: (ParticipantRow & OfSession)[];
  readonly answers: (AnswerRow & OfSession)[];
}

interface OfSession {
  readonly sessionId: ActorId;
}

export async function writeReadModel(tx: TenantTx, flushes: readonly Flushed[]): Promise<void> {
  const rows: Rows = { participants: [], answers: [] };
  for (const flushed of flushes) {
    const session = gather(flushed, rows);
    if (session !== undefined) {
      await upsertSession(tx, session);
    }
  }
  await upsertParticipants(tx, rows.participants);
  await upsertAnswers(tx, rows.answers);
}

/** Puts what may have changed to the rows; the session's row, if that may have. */
function gather({ flush, records }: Flushed, rows: Rows): SessionRow | undefined {
  const { kind, id } = flush.address;
  const touched = touchedBy(records);
  if (touched?.participants.size === 0 && touched.answers.size === 0) {
    return undefined;
  }
  const { snapshot, at, machineVersion } = decodeEnvelope(flush.address, flush.envelope);
  const living = machineOf(MACHINES, kind, machineVersion).revive(snapshot);
  if (!(living instanceof SessionLiving)) {
    return undefined;
  }
  const { context, state } = living;
  if (records.some(({ facts }) => facts.some(({ type }) => type.startsWith("participant.")))) {
    const isIn = rowsIn(touched?.participants);
    const seats = participantRows(context).filter(isIn);
    rows.participants.push(...seats.map((row) => ({ ...row, sessionId: id })));
  }
  if (!context.settings.anonymous) {
    const isIn = rowsIn(touched?.answers);
    const answers = answerRows(context, touchedRounds(records)).filter(isIn);
    rows.answers.push(...answers.map((row) => ({ ...row, sessionId: id })));
  }
  const createdAt = records.find(({ seq }) => seq === 1)?.at ?? at;
  return touched === undefined
    ? { ...sessionRow(context, state), id, createdAt, seq: flush.seq }
    : undefined;
}

function rowsIn(seats: ReadonlySet<string> | undefined) {
  return ({ participantId }: { readonly participantId: ParticipantId }): boolean =>
    seats === undefined || seats.has(participantId);
}

/** A record without a fact, or of a fact that names no seat, may have changed anything. */
function touchedBy(records: readonly ActorRecord[]): Touched | undefined {
  const participants = new Set<string>();
  const answers = new Set<string>();
  for (const { facts } of records) {
    for (const { type, parts } of facts) {
      const seat = parts.map(({ fields }) => fields["participantId"]).find(isText);
      const rows = rowsOfFact(type, { participants, answers });
      if (!OF_ONE_SEAT.has(type) || (rows !== undefined && seat === undefined)) {
        return undefined;
      }
      rows?.add(seat ?? "");
    }
  }
  const isTold = records.length > 0 && records.every(({ facts }) => facts.length > 0);
  return isTold ? { participants, answers } : undefined;
}

/** Undefined: of no row at all. */
function rowsOfFact<T>(
  type: string,
  { participants, answers }: { readonly participants: T; readonly answers: T },
): T | undefined {
  if (type.startsWith("participant.")) {
    return participants;
  }
  return type.startsWith("answer.") ? answers : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
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
    lessonVersion: context.lessonVersion ?? null,
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
  return roundsOf(context)
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
