/**
 * The session's vocabulary for XState: typed events, named actions, guards and delays.
 *
 * Every action is a pure change of the rows (`change.ts`) handed over to XState as `assign`,
 * `emit`, `raise` and `cancel`, so that one `transition()` returns all of it as data.
 */
import { setup } from "xstate";
import type { Fact } from "../fact.ts";
import type { Stamp } from "../living.ts";
import { accommodate } from "./accommodating.ts";
import { saveDraft, takeAnswer } from "./answering.ts";
import * as asking from "./asking.ts";
import type { Change } from "./change.ts";
import * as questions from "./class-question.ts";
import type { SessionVersion } from "./commands.ts";
import type { SessionContext } from "./context.ts";
import * as course from "./course.ts";
import { GUARDS } from "./guards.ts";
import * as groupRounds from "./group-round.ts";
import { waitOn } from "./group-time.ts";
import * as groups from "./groups.ts";
import * as hands from "./hands.ts";
import * as marking from "./marking.ts";
import type { Birth, EventOf, EventType, SessionEvent } from "./messages.ts";
import * as presence from "./presence.ts";
import * as seats from "./seats.ts";

/** After this without any host's sign of life, the host is lost. */
const HOST_GRACE_MS = 120_000;

/** The type of a variable says to XState what its value need not. */
const types: {
  context?: SessionContext;
  events?: SessionEvent;
  input?: Birth & Stamp & { readonly version: SessionVersion };
  emitted?: Fact;
} = {};

const base = setup({
  types,
  guards: GUARDS,
  delays: {
    hostGrace: HOST_GRACE_MS,
    grace: ({ context }) => context.settings.graceMs,
    wrapup: course.WRAPUP_MS,
    correction: course.CORRECTION_MS,
    expiry: ({ context }) =>
      Math.max(0, (context.startsAt ?? context.at) + course.EXPIRY_MS - context.at),
  },
  actions: {
    releaseCode: (_, _params: { readonly joinCode: string }) => {},
    revokeSeat: (_, _params: { readonly participantId: string }) => {},
  },
});

type Changing<E> = (context: SessionContext, event: E) => Change;

/** A change that one or some types of event ask for. */
function on<T extends EventType>(types: readonly T[], change: Changing<EventOf<T>>) {
  return always((context, event) => {
    if (!isOf(event, types)) {
      throw new TypeError(`expected ${types.join(" or ")}, found ${event.type}`);
    }
    return change(context, event);
  });
}

/** A change that needs of the event no more than its stamp. */
function always(change: Changing<SessionEvent>) {
  return base.enqueueActions(({ context, event, enqueue }) => {
    const { at, seq, by } = event;
    const next = change(context, event);
    enqueue.assign(() => next.context);
    for (const fact of next.facts) {
      enqueue.emit(fact);
    }
    for (const timer of next.timers) {
      if (timer.kind === "arm") {
        enqueue.raise({ ...timer.event, at, seq, by }, { id: timer.id, delay: timer.delayMs });
      } else {
        enqueue.cancel(timer.id);
      }
    }
    for (const effect of next.effects) {
      enqueue(effect);
    }
    for (const told of next.told) {
      enqueue.raise({ ...told, at, seq, by });
    }
  });
}

function isOf<T extends EventType>(event: SessionEvent, types: readonly T[]): event is EventOf<T> {
  return types.some((type) => type === event.type);
}

export const session = base.extend({
  actions: {
    tellSchedule: always(course.tellSchedule),
    schedule: on(["session.schedule"], course.schedule),
    openLobby: always(course.tell("session.lobby-opened")),
    start: always(course.start),
    pauseByHost: always(course.pause("host")),
    pauseByLoss: always(course.pause("host-lost")),
    resume: always(course.resume),
    extend: on(["session.extend"], course.extend),
    endByHost: always(course.end("host")),
    endByDuration: always(course.end("max-duration")),
    restart: always(course.restart),
    close: always(course.close),
    archive: always(course.tell("session.archived")),
    cancel: on(["session.cancel"], course.cancel),
    expire: always(course.expire),
    rotateCode: on(["code.rotate"], course.rotateCode),
    setSettings: on(["settings.set"], course.setSettings),
    setAdmission: on(["admission.set", "told.admission"], course.setAdmission),
    presentStep: on(["step.present"], course.presentStep),

    join: on(["participant.join"], seats.join),
    rejoin: on(["participant.rejoin"], seats.rejoin),
    leave: on(["participant.leave"], seats.leave),
    moveSeat: on(
      [
        "participant.admit",
        "participant.deny",
        "participant.remove",
        "participant.ban",
        "participant.unban",
      ],
      seats.moveSeat,
    ),
    rename: on(["participant.rename"], seats.rename),
    nudge: on(["participant.nudge"], seats.nudge),
    markAttendance: on(["attendance.mark"], seats.markAttendance),
    goOffline: on(["timer.offline"], presence.goOffline),

    openConnection: on(["connection.opened"], presence.openConnection),
    setPresence: on(["presence.set"], presence.setPresence),
    closeConnection: on(["connection.closed"], presence.closeConnection),
    promote: on(["participant.promote"], presence.promote),
    demote: on(["participant.demote"], presence.demote),
    succeedHost: always(presence.succeedHost),
    tellHostPresent: always(presence.tellHost("present")),
    tellHostGrace: always(presence.tellHost("grace")),
    tellHostLost: always(presence.tellHost("lost")),
    tellHostAbsent: always(presence.tellHost("absent")),

    tellLoss: always(presence.tellOthers("told.host-lost")),
    tellReturn: always(presence.tellOthers("told.host-back")),

    openRound: on(["round.open"], asking.openRound),
    extendRound: on(["round.extend"], asking.extendRound),
    reopenRound: on(["round.reopen"], asking.reopenRound),
    reprieve: always(asking.reprieve),
    roundDue: always(asking.roundDue),
    closeByHost: always(asking.closeRound("host")),
    closeByDeadline: always(asking.closeRound("deadline")),
    closeByEnd: always(asking.closeRound("session-ended")),
    lockRound: always(asking.lockRound),
    voidRound: always(asking.voidRound),
    dismissRound: always(asking.dismissRound),
    scoreRound: always(marking.scoreRound),
    rescoreRound: on(["round.score"], marking.rescoreRound),
    revealRound: always(marking.revealRound),
    gradeAnswer: on(["answer.grade"], marking.gradeAnswer),
    takeAnswer: on(["answer.submit", "answer.amend"], takeAnswer),
    saveDraft: on(["draft.save"], saveDraft),
    accommodate: on(["accommodation.set"], accommodate),

    raiseHand: on(["hand.raise"], hands.raiseHand),
    lowerHand: on(["hand.lower"], hands.lowerHand),
    callHand: on(["hand.call"], hands.callHand),
    clearHands: always(hands.clearHands),
    askQuestion: on(["question.ask"], questions.askQuestion),
    upvoteQuestion: on(["question.upvote"], questions.upvoteQuestion),
    pinQuestion: on(["question.pin"], questions.pinQuestion),
    unpinQuestion: on(["question.unpin"], questions.unpinQuestion),
    resolveQuestion: on(["question.resolve"], questions.resolveQuestion),
    removeQuestion: on(["question.remove"], questions.removeQuestion),
    sendReaction: on(["reaction.send"], questions.sendReaction),
    tellMuted: always(questions.tellFloor("muted")),
    tellUnmuted: always(questions.tellFloor("open")),

    planGroups: on(["groups.plan"], groups.planGroups),
    moveToGroup: on(["groups.move"], groups.moveToGroup),
    openGroups: on(["groups.open"], groups.openGroups),
    announceToGroups: on(["groups.announce"], groups.announce),
    warnGroups: always(groups.warn),
    mergeGroups: always(groups.merge),
    reunite: always(groups.reunite),
    waitOnGroups: always(waitOn),
    groupRound: on(["told.group-round"], groupRounds.groupRound),
    retireGroupRounds: always(groupRounds.endGroupRounds),
    reprieveGroups: always(groupRounds.reprieveGroups),
  },
});
