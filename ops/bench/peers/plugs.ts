/** The load client's two usual ways to a quiz: HTTP, and Socket.IO with acknowledgements. */
import { type Socket, io } from "socket.io-client";
import type { Scope } from "./scope.ts";
import { type Plan, type Quiz, parseReply } from "./quiz.ts";

/** `place` is where an actor is answered; an id also goes as `idempotency-key`. */
export function overHttp(place: (actor: string) => string): Quiz {
  return {
    answer: async (_lane, actor, answer) => {
      const response = await fetch(place(actor), {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": answer.id },
        body: JSON.stringify(answer),
      });
      if (!response.ok) {
        throw new Error(`expected a reply, found ${response.status} ${await response.text()}`);
      }
      return parseReply(await response.json());
    },
  };
}

/** One socket a lane. */
export async function overSocketIo(scope: Scope, url: string, { lanes }: Plan): Promise<Quiz> {
  const sockets = await Promise.all(Array.from({ length: lanes }, () => connect(scope, url)));
  return {
    answer: async (lane, actor, answer) =>
      parseReply(await sockets[lane]?.emitWithAck("answer", { actor, ...answer })),
  };
}

export async function connect(
  scope: Scope,
  url: string,
  auth: Readonly<Record<string, string>> = {},
): Promise<Socket> {
  const socket = io(url, { transports: ["websocket"], forceNew: true, reconnection: false, auth });
  scope.atEnd(async () => void socket.disconnect());
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("connect", resolve);
  socket.once("connect_error", reject);
  await promise;
  return socket;
}
