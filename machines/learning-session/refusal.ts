/**
 * What stands in the way of a message: one pure function, in the order in which codes come first.
 *
 * not-found, not-allowed, invalid, session-over, not-admitted, paused, round-not-open, wrong-round,
 * too-late, already-answered, bad-answer; what is left is not-accepted. Invariants:
 * LS12: Only hosts drive: what a role never may is refused before anything about it is judged.
 * 1. What passes here is handled by the regions; what does not, changes nothing.
 */
import type { Message, Stamp } from "../living.ts";
import type { Principal } from "../principal.ts";
import type { Refusal } from "../refusal.ts";
import { type PhaseName, RULES, isAccepted, whereOf } from "./can.ts";
import { type CommandType, isCommandOf, isCommandType } from "./commands.ts";
import { participantOf } from "./context.ts";
import { isTimerType, messageErrors, parseMessage } from "./messages.ts";
import { refusalOfMessage } from "./refusal-of-message.ts";
import { type Judged, refuse } from "./refuse.ts";
import { type SessionRole, standingIn } from "./standing.ts";

/** Nothing happens here any more, not even a timer. */
const OVER: ReadonlySet<PhaseName> = new Set(["archived", "cancelled", "expired"]);
/** Said by the platform in the name of whoever opened the connection. */
const OPENED = "connection.opened";
/** What the platform says in its own name. */
const SYSTEMS: ReadonlySet<string> = new Set([
  "connection.closed",
  "code.released",
  "seat.revoked",
  "participant.join",
  "participant.rejoin",
]);

export function refusalOf(
  session: Pick<Judged, "context" | "state">,
  message: Message,
  stamp: Stamp,
): Refusal | undefined {
  const judged: Judged = { ...session, at: stamp.at, by: stamp.by, where: whereOf(session.state) };
  const { phase } = judged.where;
  const isTimer = isTimerType(message.type) && stamp.by.kind === "system";
  const stranger = isTimer ? undefined : strangerRefusal(judged, message);
  const early = stranger ?? (isTimer ? undefined : schemaRefusal(message));
  if (early === undefined && OVER.has(phase)) {
    return refuse("session-over", `The session is ${phase}.`);
  }
  return early ?? (isTimer ? undefined : knownRefusal(judged, message));
}

/** Those whom this session does not concern, and those who may never say this. */
function strangerRefusal(judged: Judged, message: Message): Refusal | undefined {
  const { context, by } = judged;
  const { type } = message;
  if (by.kind === "system") {
    return SYSTEMS.has(type) ? undefined : notAllowed(type);
  }
  const standing = standingIn(context, by);
  if (type === "participant.join") {
    return joinsAs(by, message) && (standing === undefined || standing.participantId !== undefined)
      ? undefined
      : notAllowed(type);
  }
  if (standing === undefined) {
    return refuse("not-found", "There is no such session.");
  }
  const isOwnSeat = standing.participantId === message["participantId"];
  if (type === OPENED || (type === "participant.rejoin" && isOwnSeat)) {
    return undefined;
  }
  const version = context.floor === undefined ? 1 : 2;
  return isCommandOf(version, type) ? roleRefusal(judged, type, standing.role) : notAllowed(type);
}

function roleRefusal(judged: Judged, type: CommandType, role: SessionRole): Refusal | undefined {
  const { roles } = RULES[type];
  if (roles.includes(role)) {
    return undefined;
  }
  const isStudents = roles.includes("student");
  if (role === "gone" && isStudents) {
    return goneRefusal(judged);
  }
  return role === "waiting" && isStudents ? undefined : notAllowed(type);
}

/** Removed and banned may nothing; who left or was denied is judged as not admitted, later. */
function goneRefusal({ context, by }: Judged): Refusal | undefined {
  const participantId = standingIn(context, by)?.participantId ?? "";
  const status = participantOf(context, participantId)?.status;
  return status === "removed" || status === "banned"
    ? refuse(status, `You were ${status} from this session.`)
    : undefined;
}

function schemaRefusal(message: Message): Refusal | undefined {
  const errors = messageErrors(message);
  return errors.length > 0
    ? refuse("invalid", "The command does not fit its schema.", { errors })
    : undefined;
}

function knownRefusal(judged: Judged, message: Message): Refusal | undefined {
  const { type } = message;
  return (
    (isCommandType(type) ? stateRefusal(judged, type) : undefined) ??
    refusalOfMessage(judged, parseMessage(message)) ??
    (isCommandType(type) && type !== "participant.join" && !isAccepted(type, judged.where)
      ? refuse("not-accepted", `${type} is not accepted in this state of the session.`)
      : undefined)
  );
}

function stateRefusal(judged: Judged, type: CommandType): Refusal | undefined {
  const { where, context, by } = judged;
  const { phases } = RULES[type];
  if ((where.phase === "wrapup" || where.phase === "ended") && !phases.includes(where.phase)) {
    return refuse("session-over", "The session is over: only hosts correct marks now.");
  }
  const standing = standingIn(context, by);
  if (standing !== undefined && type !== "participant.join" && !isAdmittedTo(type, standing.role)) {
    return refuse("not-admitted", "You are not admitted to this session.");
  }
  return where.phase === "paused" && !phases.includes("paused") && phases.includes("running")
    ? refuse("paused", "The session is paused: send this again when it has resumed.")
    : undefined;
}

function isAdmittedTo(type: CommandType, role: SessionRole): boolean {
  return RULES[type].roles.includes(role);
}

/** A class is joined by people, each as himself: not by boards, nor for somebody else. */
function joinsAs(by: Principal, message: Message): boolean {
  return by.kind === "guest"
    ? message["participantId"] === by.participantId
    : by.kind === "user" && message["userId"] === by.userId;
}

function notAllowed(type: string): Refusal {
  return refuse("not-allowed", `Your role in this session may not send ${type}.`);
}
