/**
 * Unread bytes: a client that stopped reading is cut before it costs memory.
 *
 * bun-engine ignores what a write to the socket returned, so a reader that fell behind would lose
 * packets and stay connected. Here each packet is preceded by a look at what is waiting already.
 * Invariants:
 * 1. No packet is ever dropped from a connection that lives on.
 * 2. A cut connection was told `bye slow`, in case it reads again within `slowByeMs`.
 */
import type { Clock } from "../../actors/clock.ts";
import type { ChannelSocket } from "./wire.ts";
import type { ChannelEngine } from "./engine.ts";
import type { ChannelLimits } from "./limits.ts";

export interface Unread {
  guard(socket: ChannelSocket): void;
  /** Before what reaches a socket past its connection. */
  look(socketId: string): void;
}

export interface UnreadParts {
  readonly clock: Clock;
  readonly limits: ChannelLimits;
  readonly door: Pick<ChannelEngine, "socketUnder">;
}

export function createUnread(
  { clock, limits, door }: UnreadParts,
  onSlow: (socket: ChannelSocket) => void,
): Unread {
  const looks = new Map<string, () => void>();

  const guard = (socket: ChannelSocket): void => {
    const { conn } = socket;
    let queued = 0;
    let isCut = false;
    const look = (): void => {
      const ws = door.socketUnder(conn.transport);
      const unread = queued + (ws?.getBufferedAmount() ?? 0);
      if (unread > limits.unreadBytesMax && !isCut) {
        isCut = true;
        onSlow(socket);
        clock.after(limits.slowByeMs, () => ws?.terminate());
      }
    };
    conn.on("flush", () => {
      queued = 0;
    });
    conn.on("packetCreate", (packet: { readonly data?: unknown }) => {
      look();
      queued += typeof packet.data === "string" ? packet.data.length : 0;
    });
    looks.set(socket.id, look);
    socket.on("disconnect", () => looks.delete(socket.id));
  };

  return { guard, look: (socketId) => looks.get(socketId)?.() };
}
