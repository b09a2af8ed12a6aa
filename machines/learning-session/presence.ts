/**
 * Connections opening and closing, and what the host's presence makes of them.
 *
 * Invariants:
 * LS4: Reconnecting never loses or duplicates an answer, a score, a hand or a seat.
 * LS5: A stale disconnect never changes presence while another connection lives.
 * LS16: Losing the host never resets or ends the room: it pauses, or a co-host becomes host.
 */
import type { Fact } from "../fact.ts";
import { parseUserId } from "../ids.ts";
import type { Principal } from "../principal.ts";
import { arrived, departed } from "./attendance.ts";
import { type Change, changed } from "./change.ts";
import {
  type Host,
  EMPTY_FLOOR,
  type HostPresence,
  type Participant,
  type SessionContext,
  hostSpeaking,
  participantOf,
  seatOfUser,
  withParticipant,
} from "./context.ts";
import { hostChanged, hostMoved, seat } from "./facts.ts";
import type { EventOf } from "./messages.ts";
import { RECONNECT_MS, closed, cutOff, isConnected, opened, turned } from "./participant.ts";
import { offlineTimer } from "./seats.ts";
import { standingIn } from "./standing.ts";

/** A host with more open connections than this has forgotten some; the oldest are let go. */
const HOST_CONNECTIONS_MAX = 20;

export function openConnection(
  context: SessionContext,
  { by, connectionId }: EventOf<"connection.opened">,
): Change {
  const host = hostSpeaking(context, by);
  if (host !== undefined) {
    const others = host.connections.filter((each) => each !== connectionId);
    const connections = [...others, connectionId].slice(-HOST_CONNECTIONS_MAX);
    return changed(withHost(context, { ...host, connections }));
  }
  const row = seatOf(context, by);
  return row === undefined || !(row.status === "admitted" || row.status === "waiting")
    ? changed(context)
    : connect(context, row, connectionId);
}

/** Whoever's it was; of a connection that nobody has, nothing. */
export function closeConnection(
  context: SessionContext,
  { connectionId }: EventOf<"connection.closed">,
): Change {
  const host = context.hosts.find((each) => each.connections.includes(connectionId));
  if (host !== undefined) {
    const connections = host.connections.filter((each) => each !== connectionId);
    return changed(withHost(context, { ...host, connections }));
  }
  const row = context.participants.find((each) => each.connections.includes(connectionId));
  return row === undefined ? changed(context) : disconnect(context, row, connectionId);
}

/** The page is hidden, or in sight again. */
export function setPresence(context: SessionContext, event: EventOf<"presence.set">): Change {
  const row = participantOf(context, standingIn(context, event.by)?.participantId ?? "");
  if (row === undefined) {
    return changed(context);
  }
  const { floor = EMPTY_FLOOR } = context;
  const attendedAt = { ...floor.attendedAt, [row.participantId]: event.at };
  return put({ ...context, floor: { ...floor, attendedAt } }, row, turned(row, event));
}

export function goOffline(context: SessionContext, event: EventOf<"timer.offline">): Change {
  const row = participantOf(context, event.participantId);
  if (row?.connection !== "reconnecting") {
    return changed(context);
  }
  const next: Participant = { ...row, connection: "offline" };
  return changed(withParticipant(context, next), [
    seat("participant.offline", next, { boardNames: false }),
  ]);
}

/** Would no host or co-host be connected any more without this connection? */
export function isLastOfHosts(context: SessionContext, connectionId: string): boolean {
  const all = context.hosts.flatMap((each) => each.connections);
  return all.length > 0 && all.every((each) => each === connectionId);
}

export function tellHost(presence: HostPresence) {
  return (context: SessionContext): Change => changed(context, [hostChanged(context, presence)]);
}

export function tellOthers(type: "told.host-lost" | "told.host-back") {
  return (context: SessionContext): Change => changed(context, [], { told: [{ type }] });
}

export function connectedCoHost(context: SessionContext): Host | undefined {
  return context.hosts.find((each) => each.role === "co-host" && each.connections.length > 0);
}

/** The first connected co-host becomes host; who was host is a co-host from now on. */
export function succeedHost(context: SessionContext): Change {
  const next = connectedCoHost(context);
  if (next === undefined) {
    return changed(context);
  }
  const others = context.hosts.filter((each) => each !== next);
  const heir: Host = { ...next, role: "host" };
  const before = others.map((each): Host => ({ ...each, role: "co-host" }));
  const put = { ...context, hosts: [heir, ...before] };
  const facts: Fact[] = [hostMoved(put, "participant.promoted", heir)];
  const former = others.find((each) => each.role === "host");
  if (former !== undefined) {
    facts.push(hostMoved(put, "participant.demoted", { ...former, role: "co-host" }));
  }
  return changed(put, facts);
}

export function promote(context: SessionContext, event: EventOf<"participant.promote">): Change {
  const row = seatOfUser(context, parseUserId(event.userId));
  const host: Host = {
    userId: parseUserId(event.userId),
    name: event.name ?? row?.name ?? "",
    role: "co-host",
    overseer: event.role === "owner" || event.role === "admin",
    connections: row?.connections ?? [],
  };
  const put = { ...context, hosts: [...context.hosts, host] };
  return changed(row === undefined ? put : withParticipant(put, unseated(context, row)), [
    hostMoved(put, "participant.promoted", host),
  ]);
}

/** By the id of his seat, or by his own where he has none. */
export function coHostNamed(context: SessionContext, participantId: string): Host | undefined {
  const userId = participantOf(context, participantId)?.userId ?? participantId;
  return context.hosts.find((each) => each.userId === userId);
}

export function demote(context: SessionContext, event: EventOf<"participant.demote">): Change {
  const host = coHostNamed(context, event.participantId);
  if (host === undefined) {
    return changed(context);
  }
  const hosts = context.hosts.filter((each) => each !== host);
  const put = { ...context, hosts };
  const row = seatOfUser(context, host.userId);
  const seated =
    row?.status === "admitted" && host.connections.length > 0
      ? withParticipant(put, reseated(context, row, host))
      : put;
  return changed(seated, [hostMoved(seated, "participant.demoted", host)]);
}

function connect(context: SessionContext, row: Participant, connectionId: string): Change {
  const after = opened(row, connectionId, context.settings.devices);
  const next = row.status === "admitted" ? arrived(context, after.row) : after.row;
  const { superseded } = after;
  if (isConnected(row) && superseded.length === 0) {
    return put(context, row, next);
  }
  const fact = seat("participant.connected", next, { boardNames: false, superseded });
  return changed(withParticipant(context, next), [fact], {
    timers:
      row.connection === "reconnecting"
        ? [{ kind: "cancel", id: offlineTimer(row.participantId) }]
        : [],
  });
}

function disconnect(context: SessionContext, row: Participant, connectionId: string): Change {
  const after = closed(row, connectionId);
  if (after.connections.length > 0) {
    return put(context, row, after);
  }
  const next = departed(context, after);
  return changed(
    withParticipant(context, next),
    [seat("participant.reconnecting", next, { boardNames: false })],
    {
      timers: [
        {
          kind: "arm",
          id: offlineTimer(row.participantId),
          delayMs: RECONNECT_MS,
          event: { type: "timer.offline", participantId: row.participantId },
        },
      ],
    },
  );
}

/** Hosts and he himself hear of it if he is away now, or is no more. */
function put(context: SessionContext, before: Participant, after: Participant): Change {
  const type = after.connection === "away" ? "participant.away" : "participant.connected";
  return changed(
    withParticipant(context, after),
    before.connection === after.connection ? [] : [seat(type, after, { boardNames: false })],
  );
}

function seatOf(context: SessionContext, by: Principal): Participant | undefined {
  if (by.kind === "guest") {
    return participantOf(context, by.participantId);
  }
  return by.kind === "user" ? seatOfUser(context, by.userId) : undefined;
}

function withHost(context: SessionContext, host: Host): SessionContext {
  const hosts = context.hosts.map((each) => (each.userId === host.userId ? host : each));
  return { ...context, hosts };
}

/** Who drives does not sit in the class: his connections are a host's now. */
function unseated(context: SessionContext, row: Participant): Participant {
  return cutOff(departed(context, row));
}

function reseated(context: SessionContext, row: Participant, host: Host): Participant {
  const connections = host.connections.slice(-context.settings.devices);
  return arrived(context, { ...row, connections, connection: "connected" });
}
