/** What sockets do to nodes: some never read, and thousands come back in the same moment. */
import { type Socket, connect } from "node:net";
import type { OwnNode } from "../../servers/node.ts";
import type { Blow, Fault } from "../fault.ts";
import type { Lesson } from "../lesson.ts";
import { type PlainSocket, openPlainSocket } from "../plain-socket.ts";

const DEAF = 20;
/** Each answer is a view with a large lesson in it: together more than any buffer on the way. */
const VIEWS_ASKED = 100;
const LARGE_STEPS = 60;
const LARGE_BODY_CHARS = 8_000;
const CUT_WITHIN_MS = 20_000;
const MIB = 1_048_576;
/** Opened in groups: a listen queue holds some hundreds. */
const OPENED_AT_ONCE = 100;
/** Whoever is not let in tries again this much later, five seconds at most. */
const AGAIN_MS = 100;
const TRIES_MAX = 100;
const BACK_WITHIN_MS = 60_000;

export const deafSockets: Fault = {
  name: "deaf-sockets",
  about: `${DEAF} sockets ask for a large view again and again and never read`,
  run: async (blow) => {
    const { world, lessons, strike, note, accuse } = blow;
    const { teacher } = lessons[0] ?? raise();
    const actor = await largeSession(teacher.client);
    const before = await loadOf(world.nodes);
    strike(`${DEAF} sockets that never read`);
    const from = performance.now();
    const token = teacher.client.accessToken ?? "";
    const deaf = await Promise.all(
      Array.from({ length: DEAF }, (_, index) => {
        const node = world.nodes[index % world.nodes.length];
        return askDeaf(node?.url ?? "", token, actor);
      }),
    );
    let load = await loadOf(world.nodes);
    let peak = load.bytes;
    const left = (): number => load.connections - before.connections;
    while (left() > 0 && performance.now() - from < CUT_WITHIN_MS) {
      await Bun.sleep(AGAIN_MS);
      load = await loadOf(world.nodes);
      peak = Math.max(peak, load.bytes);
    }
    const took = Math.round(performance.now() - from);
    const grown = Math.round((peak - before.bytes) / MIB);
    note(`cut within ${took} ms; the nodes together took ${grown} MiB more at most`);
    if (left() > 0) {
      accuse(`${left()} of ${DEAF} sockets that never read were not cut`);
    }
    deaf.forEach((socket) => socket.destroy());
    await untilOver(blow);
  },
};

export const reconnectStorm: Fault = {
  name: "storm",
  about: "thousands of watching sockets are dropped and come back in the same moment (--sockets)",
  run: async (blow) => {
    const { world, lessons, sockets, strike, note, accuse } = blow;
    const boards = await Promise.all(lessons.map(boardOf));
    const seats = Array.from({ length: sockets }, (_, index) => boards[index % boards.length]);
    const opened: PlainSocket[] = [];
    for (let at = 0; at < seats.length; at += OPENED_AT_ONCE) {
      const some = seats.slice(at, at + OPENED_AT_ONCE);
      opened.push(...(await Promise.all(some.map((board, n) => sit(world.nodes, board, at + n)))));
    }
    strike(`${sockets} sockets are dropped and come back at once`);
    const from = performance.now();
    opened.forEach((socket) => socket.close());
    const late = Bun.sleep(BACK_WITHIN_MS).then(() => undefined);
    const back = await Promise.all(
      seats.map(async (board, index) => {
        const socket = await Promise.race([sit(world.nodes, board, index + 1), late]);
        return { socket, tookMs: Math.round(performance.now() - from) };
      }),
    );
    const times = back.map(({ tookMs }) => tookMs).toSorted((one, other) => one - other);
    const half = times[Math.floor(times.length / 2)];
    note(`${sockets} sockets watched again: half after ${half} ms, all after ${times.at(-1)} ms`);
    const missing = back.filter(({ socket }) => socket === undefined).length;
    if (missing > 0) {
      accuse(`${missing} of ${sockets} sockets did not come back in ${BACK_WITHIN_MS} ms`);
    }
    back.forEach(({ socket }) => socket?.close());
    await untilOver(blow);
  },
};

function raise(): never {
  throw new Error("expected a lesson");
}

async function untilOver({ isOver, rest }: Blow): Promise<void> {
  while (!isOver()) {
    await rest(AGAIN_MS);
  }
}

interface Board {
  readonly actor: string;
  readonly token: string;
}

/** A board watches and is nobody's presence, so any number of sockets may be one. */
async function boardOf({ actor, sessionId, teacher }: Lesson): Promise<Board> {
  const path = `/sessions/${sessionId}/board`;
  const { accessToken } = await teacher.client.http.post<{ readonly accessToken: string }>(path);
  return { actor, token: accessToken };
}

/** Watching again, at whichever node lets it in. */
async function sit(
  nodes: readonly OwnNode[],
  board: Board | undefined,
  first: number,
): Promise<PlainSocket> {
  for (let attempt = 0; ; attempt += 1) {
    const node = nodes[(first + attempt) % nodes.length];
    try {
      const socket = await openPlainSocket(node?.url ?? "", board?.token ?? "");
      await socket.watch(board?.actor ?? "");
      return socket;
    } catch (error) {
      if (attempt >= TRIES_MAX) {
        throw error;
      }
      await Bun.sleep(Math.min(AGAIN_MS * 2 ** attempt, 5_000));
    }
  }
}

async function largeSession({ http }: Lesson["teacher"]["client"]): Promise<string> {
  const steps = Array.from({ length: LARGE_STEPS }, (_, index) => ({
    ...{ id: `s${index}`, kind: "content", title: "Long" },
    body: "water ".repeat(LARGE_BODY_CHARS / "water ".length),
  }));
  const lesson = { title: "Large", language: "en", status: "published", steps };
  const { id: lessonId } = await http.post<{ readonly id: string }>("/lessons", lesson);
  const { id } = await http.post<{ readonly id: string }>("/sessions", { lessonId });
  return `session/${id}`;
}

/** Connects, asks, and from then on never reads. Only the server can tell that it was cut. */
async function askDeaf(url: string, token: string, actor: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  const heard = listen(socket);
  socket.write(
    [
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
      `Host: ${hostname}:${port}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Key: ${Buffer.from(token.slice(-16)).toString("base64")}`,
      "Sec-WebSocket-Version: 13",
      "\r\n",
    ].join("\r\n"),
  );
  await heard('0{"sid"');
  say(socket, `40${JSON.stringify({ token })}`);
  await heard('40{"sid"');
  socket.pause();
  for (let asked = 0; asked < VIEWS_ASKED; asked += 1) {
    say(socket, `42${asked}["watch",${JSON.stringify({ actor })}]`);
  }
  return socket;
}

function listen(socket: Socket): (words: string) => Promise<void> {
  let text = "";
  let check = (): void => {};
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    check();
  });
  return (words) =>
    new Promise((resolve) => {
      check = () => {
        if (text.includes(words)) {
          resolve();
        }
      };
      check();
    });
}

/** One masked text frame; the mask is zeros, which leaves the text as it is. */
function say(socket: Socket, text: string): void {
  const payload = Buffer.from(text);
  const { length } = payload;
  const head =
    length < 126 ? [0x81, 0x80 | length] : [0x81, 0x80 | 126, length >> 8, length & 0xff];
  socket.write(Buffer.concat([Buffer.from(head), Buffer.alloc(4), payload]));
}

/** Of all nodes together. */
async function loadOf(nodes: readonly OwnNode[]) {
  const texts = await Promise.all(
    nodes.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()),
  );
  const sum = (name: string): number =>
    texts
      .map((text) => Number(new RegExp(`^${name} (\\S+)`, "m").exec(text)?.[1] ?? 0))
      .reduce((total, value) => total + value, 0);
  return {
    bytes: sum("process_resident_memory_bytes"),
    connections: sum("toolboxai_channel_connections"),
  };
}
