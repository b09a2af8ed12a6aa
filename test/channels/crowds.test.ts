/** Whoever is named hears it once and in order, and nobody else does, by publish or one by one. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { Server } from "socket.io";
import { type Socket, io as connectTo } from "socket.io-client";
import type { SocketData } from "../../src/channels/bun-socket.ts";
import { Crowds } from "../../src/channels/crowds.ts";
import { createEngine } from "../../src/channels/engine.ts";
import { LIMITS } from "../../src/channels/limits.ts";
import { createUnread } from "../../src/channels/unread.ts";
import type { Emitted, Inbound } from "../../src/channels/wire.ts";
import { systemClock } from "../../src/platform.ts";
import { connectDeaf } from "../support/deaf.ts";
import { eventually } from "../support/eventually.ts";

/** One who polls, two who come by polling and upgrade, and the rest of the class. */
const SEATS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
const TRANSPORTS: Readonly<Record<number, readonly string[]>> = {
  0: ["polling"],
  1: ["polling", "websocket"],
  2: ["polling", "websocket"],
};
/** Above all that the longest history says while nobody polls. */
const UNREAD_BYTES_MAX = 2_097_152;

/** A Socket.IO server of our engine, without a desk: whoever comes is let in. */
function openHall() {
  const limits = { ...LIMITS, unreadBytesMax: UNREAD_BYTES_MAX, slowByeMs: 50 };
  const door = createEngine({ corsOrigins: [], clock: systemClock, limits });
  const io = new Server<Inbound, Emitted>({ serveClient: false });
  const slow: string[] = [];
  const unread = createUnread({ clock: systemClock, limits, door }, (socket) => {
    slow.push(socket.id);
    socket.disconnect(true);
  });
  const published: string[] = [];
  const crowds = new Crowds({
    io,
    unread,
    door: {
      socketUnder: (transport) => door.socketUnder(transport),
      publish: (topic, packet) => {
        published.push(packet);
        door.publish(topic, packet);
      },
    },
  });
  io.bind(door.engine);
  io.on("connection", (socket) => unread.guard(socket));
  const server = Bun.serve<SocketData>({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, bun) => door.handle(request, bun),
    websocket: door.websocket,
  });
  return { io, crowds, published, slow, server, url: `http://127.0.0.1:${server.port}` };
}

interface Listener {
  readonly id: string;
  readonly socket: Socket;
  readonly heard: string[];
}

async function listenAt(url: string, transports = ["websocket"]): Promise<Listener> {
  const socket = connectTo(url, { transports, forceNew: true, reconnection: false });
  const heard: string[] = [];
  socket.onAny((event: string, document: unknown) => {
    heard.push(`${event} ${JSON.stringify(document)}`);
  });
  await eventually(() => socket.connected);
  return { id: socket.id ?? "", socket, heard };
}

let hall: ReturnType<typeof openHall>;

beforeAll(() => {
  hall = openHall();
});

afterAll(() => hall.server.stop(true));

function recordOf(actor: string, seq: number, text = "") {
  const at = "2026-01-01T00:00:00.000Z";
  return { actor, seq, at, facts: [{ type: "told", text }], state: "live", can: [] };
}

function open(count: number): Promise<readonly Listener[]> {
  return Promise.all(Array.from({ length: count }, () => listenAt(hall.url)));
}

function leave(listeners: readonly Listener[]): void {
  for (const { socket } of listeners) {
    socket.close();
  }
}

describe("a crowd", () => {
  test("a record that all of them read is published once, also the first one", async () => {
    const listeners = await open(8);
    const ids = listeners.map(({ id }) => id);
    const before = hall.published.length;

    for (let seq = 1; seq <= 5; seq += 1) {
      hall.crowds.emit(ids, "record", recordOf("session/once", seq));
    }

    await eventually(() => listeners.every(({ heard }) => heard.length === 5));
    expect(hall.published.length - before).toBe(5);
    expect(new Set(listeners.map(({ heard }) => heard.join()))).toHaveLength(1);
    leave(listeners);
  });

  test("who is not among the readers hears nothing, and the others go on by publish", async () => {
    const listeners = await open(8);
    const ids = listeners.map(({ id }) => id);
    hall.crowds.emit(ids, "record", recordOf("session/less", 1));
    const before = hall.published.length;

    hall.crowds.emit(ids.slice(2), "record", recordOf("session/less", 2));
    hall.crowds.emit(ids.slice(2), "record", recordOf("session/less", 3));

    await eventually(() => listeners.slice(2).every(({ heard }) => heard.length === 3));
    expect(listeners.slice(0, 2).map(({ heard }) => heard.length)).toEqual([1, 1]);
    expect(hall.published.length - before).toBe(2);
    leave(listeners);
  });

  test("a document for a minority is sent one by one, and does not break the crowd up", async () => {
    const listeners = await open(9);
    const ids = listeners.map(({ id }) => id);
    hall.crowds.emit(ids, "record", recordOf("session/few", 1));
    const before = hall.published.length;

    hall.crowds.emit(ids.slice(0, 4), "record", recordOf("session/few", 2));
    hall.crowds.emit(ids, "record", recordOf("session/few", 3));

    await eventually(() =>
      listeners.every(({ heard }) => String(heard.at(-1)).includes('"seq":3')),
    );
    expect(hall.published.length - before).toBe(1);
    expect(listeners.map(({ heard }) => heard.length)).toEqual([3, 3, 3, 3, 2, 2, 2, 2, 2]);
    leave(listeners);
  });

  test("two crowds that were one find themselves", async () => {
    const listeners = await open(9);
    const ids = listeners.map(({ id }) => id);
    const parts = [ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)].map((part) => [...part, "gone"]);
    hall.crowds.emit(ids, "record", recordOf("session/split", 1));

    for (let seq = 2; seq <= 30; seq += 1) {
      for (const part of parts) {
        hall.crowds.emit(part, "record", recordOf("session/split", seq));
      }
    }
    const before = hall.published.length;
    for (const part of parts) {
      hall.crowds.emit(part, "record", recordOf("session/split", 31));
    }

    await eventually(() => listeners.every(({ heard }) => heard.length === 31));
    expect(hall.published.length - before).toBe(3);
    leave(listeners);
  });

  test("a reader who stopped reading is cut, and the others miss nothing", async () => {
    const listeners = await open(5);
    const before = new Set(hall.io.sockets.sockets.keys());
    const deaf = await connectDeaf(hall.url, "anybody");
    const deafId = [...hall.io.sockets.sockets.keys()].find((id) => !before.has(id)) ?? "";
    const ids = [...listeners.map(({ id }) => id), deafId];
    let seq = 0;

    await eventually(
      () => {
        for (let more = 0; more < 20; more += 1) {
          seq += 1;
          hall.crowds.emit(ids, "record", recordOf("session/deaf", seq, "x".repeat(4_000)));
        }
        return hall.slow.includes(deafId);
      },
      { withinMs: 20_000 },
    );

    await eventually(() => listeners.every(({ heard }) => heard.length === seq));
    expect(hall.slow).toEqual([deafId]);
    deaf.close();
    leave(listeners);
  }, 30_000);

  test("whoever is named hears it in order, over any transport, whatever was said before", async () => {
    const seated = SEATS.map((seat) =>
      listenAt(hall.url, [...(TRANSPORTS[seat] ?? ["websocket"])]),
    );
    const listeners = await Promise.all(seated);
    let told = 0;

    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { minLength: 20, maxLength: 40 }), async (steps) => {
        const expected = SEATS.map((): string[] => []);
        const say = (seats: readonly number[], { event, actor, length }: Saying): void => {
          told += 1;
          const counts = { of: "presence", epoch: "e", now: "", view: {} };
          const document = { ...recordOf(actor, told, "x".repeat(length)), ...counts };
          const ids = seats.map((seat) => listeners[seat]?.id ?? "");
          hall.crowds.emit(ids, event, document);
          for (const seat of seats) {
            expected[seat]?.push(`${event} ${JSON.stringify(document)}`);
          }
        };

        for (const { to, saying, thenAlone, thenWaits } of steps) {
          say(to, saying);
          say(thenAlone ? to.slice(0, 1) : [], { ...saying, event: "reset" });
          await (thenWaits
            ? new Promise<void>((resolve) => void setImmediate(resolve))
            : undefined);
        }

        const counted = (): boolean =>
          listeners.every(({ heard }, seat) => heard.length >= (expected[seat]?.length ?? 0));
        await eventually(counted);
        expect(listeners.map(({ heard }) => heard.splice(0))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
    leave(listeners);
  }, 60_000);
});

interface Saying {
  readonly event: "record" | "delta" | "reset";
  readonly actor: string;
  readonly length: number;
}

const STEP = fc.record({
  to: fc.oneof(
    fc.subarray([...SEATS]),
    fc.subarray([...SEATS], { minLength: 8 }),
    fc.constant([...SEATS]),
  ),
  saying: fc.record<Saying>({
    event: fc.constantFrom("record", "record", "delta"),
    actor: fc.constantFrom("session/a", "session/a", "session/b"),
    length: fc.constantFrom(10, 10, 10, 20_000),
  }),
  thenAlone: fc.boolean(),
  thenWaits: fc.constantFrom(true, false, false, false),
});
