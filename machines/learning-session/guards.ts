/** The questions that the regions ask before they move; each a pure function of rows and event. */
import { admittedIds } from "./clock.ts";
import { isCommandType } from "./commands.ts";
import { type SessionContext, hostSpeaking } from "./context.ts";
import { isLate } from "./group-round.ts";
import { areGroupsDue } from "./group-time.ts";
import type { SessionEvent } from "./messages.ts";
import { coHostNamed, connectedCoHost, isLastOfHosts } from "./presence.ts";
import { lastDeadline } from "./round.ts";

interface Asked {
  readonly context: SessionContext;
  readonly event: SessionEvent;
}

export const GUARDS = {
  isScheduled: ({ context }: Asked) => context.startsAt !== null,
  pausesWhenLost: ({ context }: Asked) => context.settings.pauseWhenHostLost,
  pausedByLoss: ({ context }: Asked) => context.pauseReason === "host-lost",

  toOpen: (asked: Asked) => admissionAsked(asked) === "open",
  toApproval: (asked: Asked) => admissionAsked(asked) === "approval",
  toLocked: (asked: Asked) => admissionAsked(asked) === "locked",
  toMuted: ({ event }: Asked) => event.type === "floor.set" && event.floor === "muted",
  toUnmuted: ({ event }: Asked) => event.type === "floor.set" && event.floor === "open",
  bornOpen: ({ context }: Asked) => context.settings.admission === "open",
  bornApproval: ({ context }: Asked) => context.settings.admission === "approval",

  byTheHost: ({ context, event }: Asked) => roleOf(context, event) === "host",
  byAnyHost: ({ context, event }: Asked) => roleOf(context, event) !== undefined,
  isHostsCommand: ({ context, event }: Asked) =>
    isCommandType(said(event)) && roleOf(context, event) !== undefined,
  isHostsLastConnection: ({ context, event }: Asked) =>
    event.type === "connection.closed" && isLastOfHosts(context, event.connectionId),
  demotesLastConnected: ({ context, event }: Asked) =>
    event.type === "participant.demote" && isLastConnected(context, event.participantId),
  hasConnectedCoHost: ({ context }: Asked) => connectedCoHost(context) !== undefined,

  isOverdue: ({ context, event }: Asked) => isLate(context.round, event.at),
  areGroupsDue: ({ context, event }: Asked) => areGroupsDue(context, event.at),
  opensForGroup: ({ event }: Asked) =>
    event.type === "told.group-round" && event.word.type === "round.open",
  isPastLastDeadline: ({ context, event }: Asked) => {
    const last = context.round === null ? null : lastDeadline(context.round, admittedIds(context));
    return last !== null && event.at >= last;
  },
};

/** A word for the round of a group is a word. */
function said(event: SessionEvent): string {
  return event.type === "told.group-round" ? event.word.type : event.type;
}

/** The round's timer should have come so long ago that no node can have lived. */
export function isOverdue({ round, grouping }: SessionContext, at: number): boolean {
  const ofGroups = (grouping?.groups ?? []).map((each) => each.round);
  return [round, ...ofGroups].some((each) => isLate(each, at));
}

function admissionAsked({ event }: Asked): string | undefined {
  return event.type === "admission.set" || event.type === "told.admission"
    ? event.admission
    : undefined;
}

function roleOf(context: SessionContext, { by }: SessionEvent): "host" | "co-host" | undefined {
  return hostSpeaking(context, by)?.role;
}

function isLastConnected(context: SessionContext, participantId: string): boolean {
  const demoted = coHostNamed(context, participantId);
  const others = context.hosts.filter((each) => each !== demoted);
  return (
    (demoted?.connections.length ?? 0) > 0 && others.every((each) => each.connections.length === 0)
  );
}
