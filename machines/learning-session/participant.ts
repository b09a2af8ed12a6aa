/**
 * A participant's life: a pure transition table, and presence as a set of live connections.
 *
 * ```
 * (none) → waiting | admitted{ connected ⇄ away · reconnecting → after(10s) offline }
 * waiting → admitted | denied | left      admitted → left | removed | banned
 * left → waiting | admitted   removed → admitted (by a host or a pin)   banned → left (unbanned)
 * ```
 *
 * Invariants:
 * LS5: A stale disconnect never changes presence while another connection lives.
 * 1. Away is whose every connection has a page that is hidden; one page in sight, and he is here.
 * LS18: Who was removed cannot act or return by himself; who was unbanned can return.
 */
import type { Connection, Participant, ParticipantStatus } from "./context.ts";

/** A phone that changes networks is back within this; the class should not see it blink. */
export const RECONNECT_MS = 10_000;

export const SEAT_MOVES = [
  "join",
  "rejoin",
  "admit",
  "deny",
  "leave",
  "remove",
  "ban",
  "unban",
] as const;
export type SeatMove = (typeof SEAT_MOVES)[number];

/** `back`: admitted again, or waiting again where a host must approve. */
type Target = ParticipantStatus | "back" | "same";

/** Each status decides each move; undefined: it is not accepted there. */
const MOVES: Readonly<Record<ParticipantStatus, Readonly<Record<SeatMove, Target | undefined>>>> = {
  waiting: {
    join: "same",
    rejoin: "same",
    admit: "admitted",
    deny: "denied",
    leave: "left",
    remove: "removed",
    ban: "banned",
    unban: undefined,
  },
  admitted: {
    join: "same",
    rejoin: "same",
    admit: "same",
    deny: undefined,
    leave: "left",
    remove: "removed",
    ban: "banned",
    unban: undefined,
  },
  left: {
    join: "back",
    rejoin: "back",
    admit: "admitted",
    deny: undefined,
    leave: "same",
    remove: "removed",
    ban: "banned",
    unban: undefined,
  },
  removed: {
    join: undefined,
    rejoin: "admitted",
    admit: "admitted",
    deny: undefined,
    leave: undefined,
    remove: "same",
    ban: "banned",
    unban: undefined,
  },
  banned: {
    join: undefined,
    rejoin: undefined,
    admit: undefined,
    deny: undefined,
    leave: undefined,
    remove: undefined,
    ban: "same",
    unban: "left",
  },
  denied: {
    join: undefined,
    rejoin: "admitted",
    admit: "admitted",
    deny: "same",
    leave: undefined,
    remove: undefined,
    ban: "banned",
    unban: undefined,
  },
};

/** Where a move leads; undefined: it is not accepted there. `back` needs to know about approval. */
export function moved(
  row: Pick<Participant, "status">,
  move: SeatMove,
  wasAdmitted: boolean,
): ParticipantStatus | undefined {
  const target = MOVES[row.status][move];
  if (target === "back") {
    return wasAdmitted ? "admitted" : "waiting";
  }
  return target === "same" ? row.status : target;
}

/** With one more connection; the oldest beyond `devices` are superseded. */
export function opened(
  row: Participant,
  connectionId: string,
  devices: number,
): { readonly row: Participant; readonly superseded: readonly string[] } {
  const all = [...row.connections.filter((each) => each !== connectionId), connectionId];
  const connections = all.slice(-devices);
  return {
    row: withConnections(row, connections, row.hidden ?? []),
    superseded: all.slice(0, -connections.length),
  };
}

/** Without that connection; the same row if it was not there. */
export function closed(row: Participant, connectionId: string): Participant {
  if (!row.connections.includes(connectionId)) {
    return row;
  }
  const connections = row.connections.filter((each) => each !== connectionId);
  return withConnections(row, connections, row.hidden ?? []);
}

/** Hidden, or in sight again: this connection of his, or, where none is named, all of them. */
export function turned(
  row: Participant,
  { away, connectionId }: { readonly away: boolean; readonly connectionId?: string | undefined },
): Participant {
  const named = connectionId === undefined ? row.connections : [connectionId];
  const others = (row.hidden ?? []).filter((each) => !named.includes(each));
  return row.connections.length === 0
    ? row
    : withConnections(row, row.connections, away ? [...others, ...named] : others);
}

/** Without any, as somebody is who is not in the class. */
export function cutOff(row: Participant): Participant {
  return { ...withConnections(row, [], []), connection: "offline" };
}

/** He is there, in sight or not. */
export function isConnected({ connection }: Pick<Participant, "connection">): boolean {
  return connection === "connected" || connection === "away";
}

function withConnections(
  row: Participant,
  connections: readonly string[],
  hiddenOnes: readonly string[],
): Participant {
  const hidden = connections.filter((each) => hiddenOnes.includes(each));
  const next: Participant = { ...row, connections, connection: connectionOf(connections, hidden) };
  return hidden.length > 0 ? { ...next, hidden } : inSight(next);
}

function connectionOf(connections: readonly string[], hidden: readonly string[]): Connection {
  if (connections.length === 0) {
    return "reconnecting";
  }
  return hidden.length === connections.length ? "away" : "connected";
}

/** The row as it is where nothing is hidden: without the member. */
function inSight(row: Participant): Participant {
  const plain: { -readonly [Name in keyof Participant]: Participant[Name] } = { ...row };
  delete plain.hidden;
  return plain;
}
