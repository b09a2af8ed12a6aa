/**
 * A plain `socket.io-client` that writes down everything it hears, in order.
 *
 * Nothing of our own client is in it: what a test sees here is what any client sees.
 */
import { type ManagerOptions, type Socket, type SocketOptions, io } from "socket.io-client";
import type { JsonObject } from "../../machines/json.ts";
import type { Problem } from "../../src/problem.ts";

/** Longer than the slowest store under test, shorter than a suite's patience. */
const ANSWER_WITHIN_MS = 8_000;

export interface Heard {
  readonly event: string;
  readonly document: HeardDocument;
}

/** Whatever the server said: tests look at the members that they expect. */
export interface HeardDocument {
  readonly actor: string;
  readonly seq: number;
  readonly epoch: string;
  readonly at: string;
  readonly now: string;
  readonly facts: readonly (JsonObject & { readonly type: string })[];
  readonly records: readonly { readonly seq: number; readonly facts: readonly JsonObject[] }[];
  readonly state: unknown;
  readonly can: readonly string[];
  readonly view: JsonObject;
  readonly of: string;
  readonly reason: string;
  readonly retryAfterMs: number;
  readonly [more: string]: unknown;
}

export interface Answer extends HeardDocument {
  readonly ok: boolean;
  readonly duplicate: boolean;
  readonly problem: Problem;
}

export interface Talker {
  readonly socket: Socket;
  /** Everything since the connection, in the order of arrival; acknowledgements are not in it. */
  readonly heard: readonly Heard[];
  of(event: string): readonly HeardDocument[];
  ask(event: string, ...payload: unknown[]): Promise<Answer>;
  /** Why the connection ended, once it has. */
  ended(): string | undefined;
  close(): void;
}

export class Refused extends Error {
  readonly data: unknown;

  constructor(message: string, data: unknown) {
    super(message);
    this.data = data;
  }
}

/** Rejects with `Refused` when the handshake is refused. */
export async function connect(
  url: string,
  auth: object,
  options: Partial<ManagerOptions & SocketOptions> = {},
): Promise<Talker> {
  const socket = io(url, {
    auth: { ...auth },
    forceNew: true,
    reconnection: false,
    transports: ["websocket"],
    ...options,
  });
  const heard: Heard[] = [];
  let reason: string | undefined;
  socket.onAny((event: string, document: unknown) => {
    heard.push({ event, document: parseDocument(document) });
  });
  socket.on("disconnect", (why) => {
    reason = why;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", (error) => {
      socket.close();
      reject(new Refused(error.message, "data" in error ? error.data : undefined));
    });
  });
  return {
    socket,
    heard,
    of: (event) => heard.filter((each) => each.event === event).map((each) => each.document),
    ask: async (event, ...payload) =>
      parseAnswer(await socket.timeout(ANSWER_WITHIN_MS).emitWithAck(event, ...payload)),
    ended: () => reason,
    close: () => void socket.close(),
  };
}

function parseDocument(document: unknown): HeardDocument {
  return document as HeardDocument;
}

function parseAnswer(answer: unknown): Answer {
  return answer as Answer;
}
