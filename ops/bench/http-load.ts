/**
 * A load of HTTP requests over connections that stay: one ready-made request after the other on
 * each, so that the client costs a tenth of what a server does. The same for whoever is measured.
 */
import { type Socket, connect } from "node:net";

export interface HttpLoad {
  readonly port: number;
  readonly connections: number;
  /** All of it: request line, headers, body. */
  readonly request: string;
  readonly warmMs: number;
  readonly ms: number;
}

export interface HttpMeasured {
  readonly perSecond: number;
  readonly samples: readonly number[];
}

/** Throws at the first answer that is not 200. */
export async function loadHttp(load: HttpLoad): Promise<HttpMeasured> {
  const samples: number[] = [];
  const startsAt = performance.now() + load.warmMs;
  const endsAt = startsAt + load.ms;
  const worker = async (): Promise<void> => {
    const line = await openLine(load.port);
    for (let at = performance.now(); at < endsAt;) {
      const status = await line.ask(load.request);
      if (status !== 200) {
        throw new Error(`expected 200, found ${status}`);
      }
      const answeredAt = performance.now();
      if (at >= startsAt && answeredAt < endsAt) {
        samples.push(answeredAt - at);
      }
      at = answeredAt;
    }
    line.close();
  };
  await Promise.all(Array.from({ length: load.connections }, worker));
  return { perSecond: Math.round((1_000 * samples.length) / load.ms), samples };
}

export function requestOf(
  method: string,
  path: string,
  more: { readonly token?: string; readonly body?: object } = {},
): string {
  const body = more.body === undefined ? "" : JSON.stringify(more.body);
  const headers = [
    `${method} ${path} HTTP/1.1`,
    "host: 127.0.0.1",
    ...(more.token === undefined ? [] : [`authorization: Bearer ${more.token}`]),
    ...(body === "" ? [] : ["content-type: application/json", `content-length: ${body.length}`]),
  ];
  return `${headers.join("\r\n")}\r\n\r\n${body}`;
}

interface Line {
  ask(request: string): Promise<number>;
  close(): void;
}

async function openLine(port: number): Promise<Line> {
  const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let text = "";
  let answered = (_: number): void => undefined;
  let failed = (_: Error): void => undefined;
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    text += chunk;
    const head = text.indexOf("\r\n\r\n");
    const length = /content-length: (\d+)/i.exec(text)?.[1];
    if (head >= 0 && length !== undefined && text.length >= head + 4 + Number(length)) {
      const status = Number(text.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length));
      text = "";
      answered(status);
    }
  });
  socket.on("error", (error) => failed(error));
  socket.on("close", () => failed(new Error("the connection was closed")));
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        answered = resolve;
        failed = reject;
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}
