/**
 * Colyseus: a room an actor, made durable by its user with a Redis, since it keeps nothing itself.
 *
 * Its own client speaks to it, as there is no other: one connection for each student of the one
 * class, and one for each class where there are many.
 */
import { install, installNode } from "./cache.ts";
import { type Answer, type Peer, type Quiz, type Reply, parseReply } from "./quiz.ts";
import type { Scope } from "./scope.ts";

const PACKAGES = {
  "@colyseus/core": "0.18.17",
  "@colyseus/schema": "5.0.34",
  "@colyseus/sdk": "0.18.4",
  "@colyseus/ws-transport": "0.18.4",
  redis: "6.3.1",
};

/** What is used of its client. */
interface Client {
  joinOrCreate(room: string, options: { readonly actor: string }): Promise<Room>;
}

interface Room {
  send(type: string, message: Answer): void;
  onMessage(type: string, listener: (message: unknown) => void): void;
  leave(): Promise<unknown>;
}

export const colyseus: Peer = {
  name: "Colyseus (not durable; fsynced Redis by hand)",
  durability: "none of its own; here Redis with appendfsync always, one transaction an answer",
  lacks: "an order over processes: a room is in the memory of one, and goes ahead of its disk",
  door: "socket",
  isOurs: false,
  start: async (scope, { actors, lanes }) => {
    const folder = await install("colyseus", PACKAGES);
    const node = await installNode();
    const env = { PEER_REDIS: await scope.redis() };
    const ready = /ready (\d+)/;
    const port = await scope.child([node, "colyseus.mjs"], { cwd: folder, env, ready });
    const client = await loadClient(folder, `http://127.0.0.1:${port}`);
    const seats = new Map<string, Promise<Quiz>>();
    const seat = (lane: number, actor: string): Promise<Quiz> => {
      const key = actors.length < lanes ? `${lane} ${actor}` : actor;
      const taken = seats.get(key) ?? take(scope, client, actor);
      seats.set(key, taken);
      return taken;
    };
    return {
      answer: async (lane, actor, answer) => (await seat(lane, actor)).answer(lane, actor, answer),
    };
  },
};

async function loadClient(folder: string, url: string): Promise<Client> {
  const module: unknown = await import(Bun.resolveSync("@colyseus/sdk", folder));
  return parseClient(module, url);
}

function parseClient(module: unknown, url: string): Client {
  const { Client } = module as { readonly Client: new (url: string) => Client };
  return new Client(url);
}

async function take(scope: Scope, client: Client, actor: string): Promise<Quiz> {
  const room = await client.joinOrCreate("quiz", { actor });
  scope.atEnd(async () => void (await room.leave()));
  const waiting = new Map<string, (reply: Reply) => void>();
  room.onMessage("answered", (message) => {
    const { id } = parseIdentified(message);
    waiting.get(id)?.(parseReply(message));
    waiting.delete(id);
  });
  return {
    answer: (_lane, _actor, answer) =>
      new Promise((resolve) => {
        waiting.set(answer.id, resolve);
        room.send("answer", answer);
      }),
  };
}

function parseIdentified(message: unknown): { readonly id: string } {
  return message as { readonly id: string };
}
