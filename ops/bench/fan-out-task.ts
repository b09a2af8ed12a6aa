/** What the server of the fan-out row is told, and its listeners. */

export type DoorName = "ours" | "socket.io" | "bun";

export type DoorTask =
  /** Answers the port. */
  | { readonly kind: "open"; readonly door: DoorName }
  /** Says the next records of the session to all who listen, as fast as they read them. */
  | { readonly kind: "flood"; readonly records: number }
  /** One after the other, with a pause between; answers when each was said. */
  | { readonly kind: "pace"; readonly records: number; readonly everyMs: number }
  | { readonly kind: "close" };

export type ListenerTask =
  | {
      readonly kind: "listen";
      readonly url: string;
      readonly door: DoorName;
      readonly sockets: number;
    }
  /** Answers when every socket has heard as many more; from now, or from the first on. */
  | { readonly kind: "hear"; readonly records: number }
  | { readonly kind: "leave" };

export interface Heard {
  readonly deliveries: number;
  readonly tookMs: number;
  /** When some of the sockets heard each record, ms since 1970. */
  readonly at: readonly (readonly number[])[];
}

/** Records between two words of the listeners that they have read so far. */
export const WINDOW = 50;

export function parsePort(result: unknown): number {
  return result as number;
}

export function parseTimes(result: unknown): readonly number[] {
  return result as readonly number[];
}

export function parseHeard(result: unknown): Heard {
  return result as Heard;
}

/** One clock for two processes of a machine. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
