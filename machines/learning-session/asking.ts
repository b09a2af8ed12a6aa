/**
 * A round from opening to its end, as changes of the session's rows.
 *
 * Whether a round may be opened, closed or reopened now is `refusal.ts`'s to say and the activity
 * region's to enforce; here it has been accepted.
 */
import type { Fact } from "../fact.ts";
import { type ParticipantId, parseParticipantId, parseRoundId } from "../ids.ts";
import type { Stamp } from "../living.ts";
import { isBlank } from "./answer.ts";
import { type Change, changed, then } from "./change.ts";
import { clocked, deadlineParts } from "./clock.ts";
import {
  type CloseReason,
  type Given,
  type Round,
  type SessionContext,
  own,
  participantOf,
  rfc3339,
} from "./context.ts";
import { answered, roundClosed, roundMoved, roundOpened, roundWord, toOne } from "./facts.ts";
import type { Item } from "./item.ts";
import { type ItemWish, completed } from "./item-wish.ts";
import type { EventOf } from "./messages.ts";
import { questionOf } from "./question.ts";
import { NO_ACCOMMODATION, REPRIEVE_MS, isLockedFor } from "./round.ts";

type Opening = EventOf<"round.open">;

/** A record is at most 4 MiB; above this, an order of choices for each would crowd out the rest. */
const SHUFFLED_BYTES_MAX = 262_144;

export function openRound(context: SessionContext, event: Opening): Change {
  const item = askedItem(context, event);
  if (item === undefined) {
    throw new TypeError("a round was opened without an item");
  }
  const round = newRound(context, event, item);
  const put = { ...retired(context), round };
  const fields = {
    roundId: round.roundId,
    stepId: round.stepId,
    item: questionOf(item),
    openedAt: rfc3339(round.openedAt),
    limitMs: round.limitMs,
  };
  const parts = [...deadlineParts(put, round), ...ownQuestions(put, round)];
  return then(changed(put, [roundOpened(fields, parts)]), clocked);
}

/** The item that a `round.open` asks; undefined: neither a step with an item nor one ad hoc. */
export function askedItem(
  context: SessionContext,
  asked: { readonly stepId?: string; readonly item?: ItemWish },
): Item | undefined {
  if (asked.stepId === undefined) {
    return asked.item === undefined ? undefined : completed(asked.item);
  }
  const step = context.steps.find((each) => each.id === asked.stepId);
  return step?.kind === "item" ? step.item : undefined;
}

/** The current round, if any, is past. */
export function retired(context: SessionContext): SessionContext {
  return context.round === null
    ? context
    : { ...context, round: null, pastRounds: [...context.pastRounds, context.round] };
}

export function extendRound(context: SessionContext, event: EventOf<"round.extend">): Change {
  return withRound(context, (round) => {
    const next = { ...round, limitMs: round.limitMs === null ? null : round.limitMs + event.byMs };
    return deadlineMoved({ ...context, round: next }, next);
  });
}

export function reopenRound(context: SessionContext, event: EventOf<"round.reopen">): Change {
  return withRound(context, (round) => {
    const only = event.participantIds?.map(parseParticipantId) ?? null;
    const next: Round = {
      ...round,
      startedAt: event.at,
      limitMs: event.limitMs,
      ...paceOf(context, round),
      pausedBeforeMs: round.pausedTotalMs,
      floorAt: null,
      only,
      terms: termsNow(context),
      closedAt: null,
      scoredAt: null,
    };
    const put = { ...context, round: next };
    const fact = roundMoved("round.reopened", next.roundId, deadlineParts(put, next));
    return then(changed(put, [fact]), clocked);
  });
}

/** Who was quick keeps what that earned; sessions of version 1 measure by the newest limit. */
function paceOf({ floor }: SessionContext, { limitMs, paceMs = limitMs }: Round) {
  return floor === undefined ? {} : { paceMs };
}

/** No node lived when a deadline passed: everyone gets time to come back and answer. */
export function reprieve(context: SessionContext, { at }: Stamp): Change {
  return withRound(context, (round) => {
    const next = { ...round, floorAt: Math.max(round.floorAt ?? 0, at + REPRIEVE_MS) };
    return deadlineMoved({ ...context, round: next }, next);
  });
}

/** The timer: whoever is locked now has his draft handed in. */
export function roundDue(context: SessionContext): Change {
  return withRound(context, (round) => {
    const put = { ...context, round: { ...round, dueAt: null } };
    return then(handIn(put, false), clocked);
  });
}

export function closeRound(reason: CloseReason) {
  return (context: SessionContext, { at }: Stamp): Change =>
    withRound(context, (round) => {
      if (round.closedAt !== null) {
        return changed(context);
      }
      const put = { ...context, round: { ...round, closedAt: at, pausedAt: null } };
      const pause = round.pausedAt === null ? 0 : at - round.pausedAt;
      const pausedTotalMs = round.pausedTotalMs + pause;
      const next = { ...put, round: { ...put.round, pausedTotalMs } };
      return then(changed(next, [roundClosed(round.roundId, at, reason)]), clocked);
    });
}

/** Drafts are handed in, and no answer is accepted any more. */
export function lockRound(context: SessionContext): Change {
  return withRound(context, (round) =>
    then(handIn(context, true), (next) =>
      changed(next, [roundWord("round.locked", round.roundId)]),
    ),
  );
}

export function voidRound(context: SessionContext, { at }: Stamp): Change {
  return withRound(context, (round) => {
    const put = { ...context, round: { ...round, voidedAt: at, pausedAt: null, drafts: {} } };
    const word = roundWord("round.voided", round.roundId);
    return then(then(changed(put, [word]), clocked), (next) => changed(retired(next)));
  });
}

export function dismissRound(context: SessionContext): Change {
  return withRound(context, (round) =>
    changed(retired(context), [roundWord("round.dismissed", round.roundId)]),
  );
}

export function withRound(context: SessionContext, change: (round: Round) => Change): Change {
  return context.round === null ? changed(context) : change(context.round);
}

function newRound(context: SessionContext, event: Opening, item: Item): Round {
  const { shuffleChoices, speedBonus } = context.settings;
  const bytes = JSON.stringify(item).length * context.participants.length;
  return {
    roundId: parseRoundId(`r${event.seq}`),
    stepId: event.stepId ?? null,
    item,
    shuffled: shuffleChoices && bytes <= SHUFFLED_BYTES_MAX,
    speedBonus,
    openedAt: event.at,
    startedAt: event.at,
    limitMs: event.limitMs === undefined ? (item.limitMs ?? null) : event.limitMs,
    pausedAt: null,
    pausedTotalMs: 0,
    pausedBeforeMs: 0,
    floorAt: null,
    only: null,
    terms: termsNow(context),
    answers: {},
    drafts: {},
    grades: {},
    dueAt: null,
    closedAt: null,
    scoredAt: null,
    revealedAt: null,
    voidedAt: null,
  };
}

/** Of everybody who has other time than the class. */
export function termsNow(context: SessionContext): Round["terms"] {
  return Object.fromEntries(
    context.participants
      .filter(({ accommodation }) => isAccommodated(accommodation))
      .map((row) => [row.participantId, row.accommodation]),
  );
}

function isAccommodated(held: Round["terms"][ParticipantId]): boolean {
  const none = NO_ACCOMMODATION;
  return held.untimed || held.multiplier !== none.multiplier || held.extraMs !== none.extraMs;
}

function deadlineMoved(context: SessionContext, round: Round): Change {
  const fact = roundMoved("round.extended", round.roundId, deadlineParts(context, round));
  return then(changed(context, [fact]), clocked);
}

function ownQuestions(context: SessionContext, round: Round) {
  return round.shuffled
    ? context.participants
        .filter((row) => row.status === "admitted")
        .map(({ participantId }) =>
          toOne(participantId, { item: ownQuestion(round, participantId) }),
        )
    : [];
}

/** The item without its key, as this participant sees it. */
export function ownQuestion(round: Round, participantId: ParticipantId) {
  return round.shuffled
    ? questionOf(round.item, { roundId: round.roundId, participantId })
    : questionOf(round.item);
}

function handIn(context: SessionContext, everyone: boolean): Change {
  return withRound(context, (round) => {
    const facts: Fact[] = [];
    const answers: Record<ParticipantId, Given> = { ...round.answers };
    const drafts = { ...round.drafts };
    for (const participantId of Object.keys(round.drafts).map(parseParticipantId)) {
      const draft = own(round.drafts, participantId);
      if (draft === undefined || !(everyone || isLocked(context, round, participantId))) {
        continue;
      }
      delete drafts[participantId];
      if (!isHandedIn(context, round, participantId)) {
        continue;
      }
      const given: Given = { answer: draft.answer, auto: true, atMs: draft.atMs };
      answers[participantId] = given;
      const of = { roundId: round.roundId, participantId };
      const { anonymous } = context.settings;
      facts.push(answered("answer.submitted", of, { given, anonymous }));
    }
    return changed({ ...context, round: { ...round, answers, drafts } }, facts);
  });
}

function isLocked(context: SessionContext, round: Round, participantId: ParticipantId): boolean {
  const { at, settings } = context;
  return isLockedFor(round, participantId, { at, graceMs: settings.graceMs });
}

function isHandedIn(context: SessionContext, round: Round, participantId: ParticipantId): boolean {
  const draft = own(round.drafts, participantId);
  const status = participantOf(context, participantId)?.status;
  return (
    draft !== undefined &&
    own(round.answers, participantId) === undefined &&
    (status === "admitted" || status === "left") &&
    !isBlank(round.item, draft.answer)
  );
}
