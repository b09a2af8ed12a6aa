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
import type { BunSocket } from "./bun-socket.ts";
import type { ChannelSocket } from "./connection.ts";
import type { ChannelLimits } from "./limits.ts";

export interface Unread {
  opened(ws: BunSocket): void;
  guard(socket: ChannelSocket): void;
}

export function createUnread(
  clock: Clock,
  limits: ChannelLimits,
  onSlow: (socket: ChannelSocket) => void,
): Unread {
  /** bun-engine's transport → the socket under it. */
  const sockets = new WeakMap<object, BunSocket>();

  const guard = (socket: ChannelSocket): void => {
    const { conn } = socket;
    let queued = 0;
    let isCut = false;
    conn.on("flush", () => {
      queued = 0;
    });
    conn.on("packetCreate", (packet: { readonly data?: unknown }) => {
      const ws = sockets.get(conn.transport);
      const unread = queued + (ws?.getBufferedAmount() ?? 0);
      queued += typeof packet.data === "string" ? packet.data.length : 0;
      if (unread > limits.unreadBytesMax && !isCut) {
        isCut = true;
        onSlow(socket);
        clock.after(limits.slowByeMs, () => ws?.terminate());
      }
    });
  };

  return {
    opened: (ws) => void sockets.set(ws.data.transport, ws),
    guard,
  };
}
