/** What sockets do to nodes that ask and never read. */
import { type Socket, connect } from "node:net";
import type { Blow, Fault } from "../fault.ts";
import type { Lesson } from "../lesson.ts";
import { MIB, loadOf } from "../load.ts";

const DEAF = 20;
/** Each answer is a view with a large lesson in it: together more than any buffer on the way. */
const VIEWS_ASKED = 100;
const LARGE_STEPS = 60;
const LARGE_BODY_CHARS = 8_000;
const CUT_WITHIN_MS = 20_000;
const ANSWERED_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 100;

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
      await Bun.sleep(LOOK_EVERY_MS);
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

function raise(): never {
  throw new Error("expected a lesson");
}

async function untilOver({ isOver, rest }: Blow): Promise<void> {
  while (!isOver()) {
    await rest(LOOK_EVERY_MS);
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

/** Waits for these words; rejects when the socket ends before, and ends it when they are late. */
function listen(socket: Socket): (words: string) => Promise<void> {
  let text = "";
  let check = (): void => {};
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    check();
  });
  return (words) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const late = setTimeout(() => socket.destroy(), ANSWERED_WITHIN_MS);
    socket.once("close", () => reject(new Error(`expected ${words}, found the socket closed`)));
    check = () => {
      if (text.includes(words)) {
        clearTimeout(late);
        resolve();
      }
    };
    check();
    return promise;
  };
}

/** One masked text frame; the mask is zeros, which leaves the text as it is. */
function say(socket: Socket, text: string): void {
  const payload = Buffer.from(text);
  const { length } = payload;
  const head =
    length < 126 ? [0x81, 0x80 | length] : [0x81, 0x80 | 126, length >> 8, length & 0xff];
  socket.write(Buffer.concat([Buffer.from(head), Buffer.alloc(4), payload]));
}
