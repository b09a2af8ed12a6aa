/**
 * A plain socket: Socket.IO's protocol by hand on a WebSocket, so that thousands fit one process.
 *
 * It watches and never sends a command; it does not come back by itself.
 */

const ANSWERED_WITHIN_MS = 20_000;
const HAPPENED = /^42\["(record|reset)"/;

export interface PlainSocket {
  /** Resolves when the watch is acknowledged; rejects when it is refused, or not in time. */
  watch(actor: string): Promise<void>;
  /** Resolves when it is told of something that happened after its watch. */
  readonly heard: Promise<void>;
  readonly closed: Promise<void>;
  /** As a network does it: nobody says goodbye. */
  cut(): void;
}

/** Rejects when it is not let in, or not in time. */
export async function openPlainSocket(url: string, token: string): Promise<PlainSocket> {
  const ws = new WebSocket(`${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
  const connected = Promise.withResolvers<void>();
  const watched = Promise.withResolvers<void>();
  const heard = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  watched.promise.catch(() => undefined);
  ws.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    const packet = String(data);
    if (packet === "2") {
      ws.send("3");
    } else if (packet.startsWith("0")) {
      ws.send(`40${JSON.stringify({ token })}`);
    } else if (packet.startsWith("40")) {
      connected.resolve();
    } else if (packet.startsWith("44")) {
      connected.reject(new Error(`expected to connect, found ${packet}`));
    } else if (packet.startsWith("430[")) {
      settleWatch(packet, watched);
    } else if (HAPPENED.test(packet)) {
      heard.resolve();
    }
  });
  const end = (): void => {
    const error = new Error("the socket was closed");
    connected.reject(error);
    watched.reject(error);
    closed.resolve();
  };
  ws.addEventListener("close", end);
  ws.addEventListener("error", end);
  await inTime(ws, connected.promise);
  return {
    watch: (actor) => {
      ws.send(`420["watch",${JSON.stringify({ actor })}]`);
      return inTime(ws, watched.promise);
    },
    heard: heard.promise,
    closed: closed.promise,
    cut: () => ws.terminate(),
  };
}

/** A socket that is not answered is cut, which rejects what it waited for. */
async function inTime(ws: WebSocket, answer: Promise<void>): Promise<void> {
  const late = setTimeout(() => ws.terminate(), ANSWERED_WITHIN_MS);
  try {
    await answer;
  } finally {
    clearTimeout(late);
  }
}

/** A watch that was refused is no watch. */
function settleWatch(packet: string, watched: PromiseWithResolvers<void>): void {
  const [answer] = parseAnswer(packet.slice("430".length));
  if (answer?.ok === true) {
    watched.resolve();
  } else {
    watched.reject(new Error(`expected to watch, found ${packet}`));
  }
}

function parseAnswer(text: string): readonly { readonly ok: boolean }[] {
  return JSON.parse(text) as readonly { readonly ok: boolean }[];
}
