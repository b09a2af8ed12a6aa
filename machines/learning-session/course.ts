/**
 * The session's course from draft to archive, as changes of its rows.
 *
 * Invariants:
 * LS14: A join code is released once, and only when nobody can join by it any more.
 */
import { type ParticipantId, parseUserId } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import type { Stamp } from "../living.ts";
import { liveStarted, liveStopped } from "./attendance.ts";
import { type Change, type TimerWish, changed, then } from "./change.ts";
import type { SessionVersion } from "./commands.ts";
import { clocked, deadlineParts, remainingParts } from "./clock.ts";
import { EMPTY_FLOOR, type PauseReason, type SessionContext, hostSpeaking } from "./context.ts";
import {
  cancelled,
  codeRotated,
  ended,
  extended,
  fact,
  paused,
  resumed,
  scheduled,
  started,
  stepPresented,
  toEveryone,
} from "./facts.ts";
import { clockedGroups, eachRound } from "./group-round.ts";
import { freezeGroups, groupingFields, thawGroups } from "./group-time.ts";
import { instantMs } from "./instant.ts";
import type { Birth, EventOf } from "./messages.ts";
import { frozen, phaseOf, thawed } from "./round.ts";
import { DEFAULTS } from "./settings.ts";

/** A session that nobody started half a day after its time is not coming any more. */
export const EXPIRY_MS = 12 * 60 * 60 * 1_000;
/** Time to look at results together, and to take back an end that was a slip. */
export const WRAPUP_MS = 10 * 60 * 1_000;
/** A week to correct marks. */
export const CORRECTION_MS = 7 * 24 * 60 * 60 * 1_000;

const SESSION_TIMER = "session";

export function born(
  birth: Birth & { readonly at: number; readonly version: SessionVersion },
): SessionContext {
  const { userId, name } = birth.host;
  return {
    at: birth.at,
    title: birth.title,
    language: birth.language,
    lessonId: birth.lessonId,
    ...(birth.lessonVersion === undefined ? {} : { lessonVersion: birth.lessonVersion }),
    steps: birth.steps,
    stepId: null,
    joinCode: birth.joinCode,
    settings: { ...DEFAULTS, ...birth.settings },
    startsAt: birth.startsAt,
    startedAt: null,
    endsBy: null,
    endedAt: null,
    pauseReason: null,
    liveMs: 0,
    liveSince: null,
    hosts: [{ userId: parseUserId(userId), name, role: "host", overseer: false, connections: [] }],
    participants: [],
    hands: [],
    round: null,
    pastRounds: [],
    ...(birth.version === 1 ? {} : { floor: EMPTY_FLOOR }),
  };
}

export function tellSchedule(context: SessionContext): Change {
  return changed(context, context.startsAt === null ? [] : [scheduled(context.startsAt)]);
}

export function schedule(context: SessionContext, event: EventOf<"session.schedule">): Change {
  return changed({ ...context, startsAt: instantMs(event.startsAt) ?? null });
}

export function tell(type: "session.lobby-opened" | "session.archived" | "session.expired") {
  return (context: SessionContext): Change => changed(context, [fact(type, toEveryone())]);
}

export function start(context: SessionContext, { at }: Stamp): Change {
  const endsBy = at + context.settings.maxDurationMs;
  const put = liveStarted({ ...context, startedAt: at, endsBy });
  return changed(put, [started(at, endsBy)], { timers: [endTimer(at, endsBy)] });
}

export function pause(reason: PauseReason) {
  return (context: SessionContext, { at }: Stamp): Change => {
    const cold = freezeGroups({ ...context, pauseReason: reason });
    return then(cold, (put) =>
      withGroups(pausedRound(put, { reason, at }), (inner) => pausedRound(inner, { reason, at })),
    );
  };
}

function pausedRound(
  context: SessionContext,
  { reason, at }: { readonly reason: PauseReason; readonly at: number },
): Change {
  const { round } = context;
  if (round === null || phaseOf(round) !== "open") {
    return changed(context, [paused(reason, [])]);
  }
  const next = frozen(round, at);
  const cold = { ...context, round: next };
  return then(changed(cold, [paused(reason, remainingParts(cold, next))]), clocked);
}

export function resume(context: SessionContext, { at }: Stamp): Change {
  const warm = thawGroups({ ...context, pauseReason: null });
  return then(warm, (put) => withGroups(resumedRound(put, at), (inner) => resumedRound(inner, at)));
}

function resumedRound(context: SessionContext, at: number): Change {
  const { round } = context;
  if (round === null || round.pausedAt === null) {
    return changed(context, [resumed([])]);
  }
  const next = thawed(round, at);
  const warm = { ...context, round: next };
  return then(changed(warm, [resumed(deadlineParts(warm, next))]), clocked);
}

/** The same for each group's round; its people hear of it, and of the groups' time, in one fact. */
function withGroups(first: Change, change: (inner: SessionContext) => Change): Change {
  const groups = eachRound(first.context, change);
  const own = groups.facts.flatMap(({ parts }) => parts).filter(({ to }) => to.startsWith("p:"));
  const time = groupingFields(groups.context);
  const all = Object.keys(time).length === 0 ? [] : [toEveryone(time)];
  return {
    ...groups,
    facts: first.facts.map((word) => ({ ...word, parts: [...word.parts, ...all, ...own] })),
    timers: [...first.timers, ...groups.timers],
  };
}

export function extend(context: SessionContext, event: EventOf<"session.extend">): Change {
  const endsBy = (context.endsBy ?? event.at) + event.byMs;
  return changed({ ...context, endsBy }, [extended(endsBy)], {
    timers: [endTimer(event.at, endsBy)],
  });
}

export function end(reason: "host" | "max-duration") {
  return (context: SessionContext, { at, by }: Stamp): Change => {
    const isHost = hostSpeaking(context, by) !== undefined;
    const told = reason === "host" && !isHost ? "tenant" : reason;
    const put = { ...liveStopped(context), endedAt: at, pauseReason: null, hands: [] };
    return changed(put, [ended(told, waitingIds(context))], {
      timers: [{ kind: "cancel", id: SESSION_TIMER }],
    });
  };
}

/** Back from wrapup; where the time was over, as much as a wrapup lasts is added. */
export function restart(context: SessionContext, { at }: Stamp): Change {
  const endsBy = Math.max(context.endsBy ?? at, at + WRAPUP_MS);
  const put = { ...liveStarted({ ...context, endedAt: null }), endsBy };
  const more = endsBy === context.endsBy ? [] : [extended(endsBy)];
  return changed(put, [resumed([]), ...more], { timers: [endTimer(at, endsBy)] });
}

/** Nobody can join any more: the code is free for others. */
export function close(context: SessionContext): Change {
  return changed(context, [fact("session.closed", toEveryone())], releaseOf(context.joinCode));
}

export function cancel(context: SessionContext, event: EventOf<"session.cancel">): Change {
  return changed(
    context,
    [cancelled(event.reason, waitingIds(context))],
    releaseOf(context.joinCode),
  );
}

export function expire(context: SessionContext): Change {
  return changed(context, [fact("session.expired", toEveryone())], releaseOf(context.joinCode));
}

export function rotateCode(context: SessionContext, event: EventOf<"code.rotate">): Change {
  const { joinCode } = event;
  return changed({ ...context, joinCode }, [codeRotated(joinCode)], releaseOf(context.joinCode));
}

export function setSettings(context: SessionContext, event: EventOf<"settings.set">): Change {
  const settings = { ...context.settings, ...event.settings };
  const put = { ...context, settings: { ...settings, admission: context.settings.admission } };
  const told: Change["told"] =
    settings.admission === context.settings.admission
      ? []
      : [{ type: "told.admission", admission: settings.admission }];
  const shown = { ...settings };
  const word = fact("settings.changed", toEveryone({ settings: shown }));
  return then(then(changed(put, [word], { told }), clocked), clockedGroups);
}

export function setAdmission(
  context: SessionContext,
  { admission }: EventOf<"admission.set" | "told.admission">,
): Change {
  return context.settings.admission === admission
    ? changed(context)
    : changed({ ...context, settings: { ...context.settings, admission } }, [
        fact("admission.changed", toEveryone({ admission })),
      ]);
}

export function presentStep(context: SessionContext, event: EventOf<"step.present">): Change {
  const put = { ...context, stepId: event.stepId };
  const shown = shownStep(put);
  return changed(put, shown === null ? [] : [stepPresented(shown)]);
}

/** The presented step without its question, which comes only with a round. */
export function shownStep(context: SessionContext): JsonObject | null {
  const index = context.steps.findIndex((each) => each.id === context.stepId);
  const step = context.steps[index];
  if (step === undefined) {
    return null;
  }
  const { id: stepId, kind } = step;
  return step.kind === "content"
    ? { stepId, index, kind, title: step.title, body: step.body }
    : { stepId, index, kind };
}

/** Facts for everyone do not reach who waits; that there is nothing to wait for must. */
function waitingIds(context: SessionContext): readonly ParticipantId[] {
  return context.participants
    .filter((row) => row.status === "waiting")
    .map((row) => row.participantId);
}

function endTimer(at: number, endsBy: number): TimerWish {
  const event = { type: "timer.session" } as const;
  return { kind: "arm", id: SESSION_TIMER, delayMs: Math.max(0, endsBy - at), event };
}

function releaseOf(joinCode: string): Pick<Change, "effects"> {
  return { effects: [{ type: "releaseCode", params: { joinCode } }] };
}
