/**
 * What stands in the way of this very message, by its fields and the rows: the last part of the
 * order in `refusal.ts`. A `switch` over all messages: a new one does not compile until decided.
 */
import type { Refusal } from "../refusal.ts";
import { unreachable } from "../unreachable.ts";
import { participantOf } from "./context.ts";
import { EXPIRY_MS } from "./course.ts";
import { focusedFor } from "./group-focus.ts";
import { instantMs } from "./instant.ts";
import type { SessionMessage } from "./messages.ts";
import { type Judged, invalid, refuse } from "./refuse.ts";
import { answerRefusal, gradeRefusal } from "./refusal-of-answer.ts";
import { type OfFloor, floorRefusal, isOfFloor } from "./refusal-of-floor.ts";
import { moveRefusal as moveToGroupRefusal, planRefusal } from "./refusal-of-group.ts";
import { openRefusal, roundRefusal } from "./refusal-of-round.ts";
import {
  demoteRefusal,
  joinRefusal,
  moveRefusal,
  promoteRefusal,
  rejoinRefusal,
  renameRefusal,
} from "./refusal-of-seat.ts";
import { DURATION_MS_MAX } from "./settings.ts";
import { standingIn } from "./standing.ts";

/** Nothing about their fields or the rows stands in their way: state and role have decided. */
const PLAIN = [
  "session.open-lobby",
  "session.start",
  "session.pause",
  "session.resume",
  "session.end",
  "session.cancel",
  "admission.set",
  "code.rotate",
  "participant.leave",
  "hand.raise",
  "hands.clear",
  "floor.set",
  "groups.open",
  "groups.announce",
  "groups.recall",
  "connection.opened",
  "connection.closed",
  "code.released",
  "seat.revoked",
] as const satisfies readonly SessionMessage["type"][];

type Plain = Extract<SessionMessage, { readonly type: (typeof PLAIN)[number] }>;
type Other = Exclude<SessionMessage, Plain | OfFloor>;

export function refusalOfMessage(judged: Judged, message: SessionMessage): Refusal | undefined {
  if (isPlain(message)) {
    return undefined;
  }
  return isOfFloor(message)
    ? floorRefusal(judged, message)
    : otherRefusal(inItsGroup(judged, message), message);
}

function otherRefusal(judged: Judged, message: Other): Refusal | undefined {
  switch (message.type) {
    case "participant.join":
      return joinRefusal(judged, message);
    case "participant.rejoin":
      return rejoinRefusal(judged, message);
    case "participant.admit":
    case "participant.deny":
    case "participant.remove":
    case "participant.ban":
    case "participant.unban":
      return moveRefusal(judged, message);
    case "participant.rename":
      return renameRefusal(judged, message);
    case "participant.promote":
      return promoteRefusal(judged, message);
    case "participant.demote":
      return demoteRefusal(judged, message);
    case "hand.call":
    case "accommodation.set":
    case "attendance.mark":
      return strangerNamed(judged, message.participantId);
    case "groups.plan":
      return planRefusal(judged, message);
    case "groups.move":
      return moveToGroupRefusal(judged, message);
    case "round.open":
      return openRefusal(judged, message);
    case "round.close":
    case "round.extend":
    case "round.reopen":
    case "round.score":
    case "round.reveal":
    case "round.void":
    case "round.dismiss":
      return roundRefusal(judged, message);
    case "answer.submit":
    case "answer.amend":
    case "draft.save":
      return answerRefusal(judged, message);
    case "answer.grade":
      return gradeRefusal(judged, message);
    case "hand.lower":
      return handRefusal(judged, message.participantId);
    case "session.extend":
      return extendRefusal(judged, message.byMs);
    case "session.schedule":
      return scheduleRefusal(judged, message.startsAt);
    case "settings.set":
      return settingsRefusal(judged, message.settings);
    case "step.present":
      return stepRefusal(judged, message.stepId);
    default:
      return unreachable(message);
  }
}

/** A round is judged where it is asked: for a word about one of a group, the group is the class. */
function inItsGroup(judged: Judged, message: SessionMessage): Judged {
  const speaker = standingIn(judged.context, judged.by)?.participantId;
  return { ...judged, context: focusedFor(judged.context, message, speaker) };
}

function isPlain(message: SessionMessage): message is Plain {
  return PLAIN.some((type) => type === message.type);
}

function strangerNamed({ context }: Judged, participantId: string): Refusal | undefined {
  return participantOf(context, participantId) === undefined
    ? invalid("/participantId", "Expected the id of a participant of this session")
    : undefined;
}

function handRefusal(judged: Judged, participantId: string | undefined): Refusal | undefined {
  const standing = standingIn(judged.context, judged.by);
  if (standing?.audience === "hosts") {
    return participantId === undefined
      ? invalid("/participantId", "Expected whose hand to lower")
      : strangerNamed(judged, participantId);
  }
  return participantId === undefined || participantId === standing?.participantId
    ? undefined
    : refuse("not-allowed", "Only hosts lower the hands of others.");
}

function stepRefusal({ context }: Judged, stepId: string): Refusal | undefined {
  return context.steps.some((step) => step.id === stepId)
    ? undefined
    : invalid("/stepId", "Expected the id of a step of this lesson");
}

function extendRefusal({ context, at }: Judged, byMs: number): Refusal | undefined {
  const longest = (context.startedAt ?? at) + DURATION_MS_MAX;
  return (context.endsBy ?? at) + byMs > longest
    ? invalid("/byMs", "Expected an end within 24 hours after the start")
    : undefined;
}

function scheduleRefusal({ at }: Judged, startsAt: string): Refusal | undefined {
  const time = instantMs(startsAt);
  if (time === undefined) {
    return invalid("/startsAt", "Expected a date that exists");
  }
  return time + EXPIRY_MS <= at
    ? invalid("/startsAt", "Expected a time that is not already over")
    : undefined;
}

/** Nobody may learn later what was given under the word that nobody would. */
function settingsRefusal(
  { context, where }: Judged,
  settings: { readonly anonymous?: boolean },
): Refusal | undefined {
  const { anonymous } = settings;
  const isChange = anonymous !== undefined && anonymous !== context.settings.anonymous;
  const isStarted = where.phase === "running" || where.phase === "paused";
  return isChange && isStarted
    ? refuse("not-accepted", "anonymous can only be changed before the session is started.", {
        errors: [{ path: "/settings/anonymous", message: "Fixed when the session was started" }],
      })
    : undefined;
}
