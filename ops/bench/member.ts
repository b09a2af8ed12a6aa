/**
 * One person of a class on a plain Socket.IO connection: what any client would send, and no more,
 * so that what is measured is the server.
 */
import { type Socket, io } from "socket.io-client";

/** An answer that takes longer than this is not slow, it is lost. */
const ANSWER_WITHIN_MS = 30_000;

export interface WireRecord {
  readonly seq: number;
  readonly facts: readonly { readonly type: string; readonly [field: string]: unknown }[];
}

export interface Member {
  readonly participantId: string | undefined;
  /** Throws when it is refused. */
  send(command: { readonly type: string; readonly [field: string]: unknown }): Promise<Accepted>;
  /** Returns what ends it. */
  onRecord(listener: (record: WireRecord) => void): () => void;
  leave(): void;
}

export interface Accepted {
  readonly seq: number;
  readonly facts: WireRecord["facts"];
}

export interface Seat {
  readonly url: string;
  readonly accessToken: string;
  readonly sessionId: string;
  readonly participantId?: string;
}

/** Resolves when the session is watched. */
export async function enter(seat: Seat): Promise<Member> {
  const actor = `session/${seat.sessionId}`;
  const socket = io(seat.url, {
    auth: { token: seat.accessToken, v: 1 },
    forceNew: true,
    transports: ["websocket"],
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
  await ask(socket, "watch", { actor });
  return {
    participantId: seat.participantId,
    send: async (command) =>
      parseAccepted(await ask(socket, "send", { actor, id: crypto.randomUUID(), command })),
    onRecord: (listener) => {
      socket.on("record", listener);
      return () => {
        socket.off("record", listener);
      };
    },
    leave: () => {
      socket.disconnect();
    },
  };
}

/** A JSON request; throws what the server said when it is no success. */
export async function request(
  url: string,
  body: object,
  token?: string,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`expected success of ${url}, found ${response.status}: ${text}`);
  }
  return parseDocument(text);
}

async function ask(socket: Socket, event: string, payload: object): Promise<unknown> {
  const answer: unknown = await socket.timeout(ANSWER_WITHIN_MS).emitWithAck(event, payload);
  const isOk = typeof answer === "object" && answer !== null && "ok" in answer && answer.ok;
  if (isOk !== true) {
    throw new Error(`expected ${event} to be accepted, found ${JSON.stringify(answer)}`);
  }
  return answer;
}

function parseAccepted(answer: unknown): Accepted {
  return answer as Accepted;
}

function parseDocument(text: string): Readonly<Record<string, unknown>> {
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}
