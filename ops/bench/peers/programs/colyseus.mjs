/**
 * The quiz as a room of Colyseus: one room an actor. A room has no durability of its own, so this
 * one loads its state from Redis and acknowledges when Redis has the change on disk.
 */
import { Room, Server } from "@colyseus/core";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { createClient } from "redis";
import { NEW, judge } from "./quiz.mjs";

const redis = createClient({ url: process.env.PEER_REDIS });
await redis.connect();

class Quiz extends Room {
  maxClients = 1_000;

  async onCreate({ actor }) {
    const stored = await redis.get(`${actor}:state`);
    this.quiz = stored === null ? NEW : JSON.parse(stored);
    this.first = new Map(Object.entries(await redis.hGetAll(`${actor}:ids`)));
    this.onMessage("answer", async (client, command) => {
      const { id } = command;
      if (!this.first.has(id)) {
        const { next, reply } = judge(this.quiz, command);
        this.quiz = next;
        this.first.set(id, JSON.stringify(reply));
      }
      const said = this.first.get(id);
      await redis
        .multi()
        .set(`${actor}:state`, JSON.stringify(this.quiz))
        .hSet(`${actor}:ids`, id, said)
        .exec();
      client.send("answered", { id, ...JSON.parse(said) });
    });
  }
}

const server = new Server({ transport: new WebSocketTransport(), greet: false });
server.define("quiz", Quiz).filterBy(["actor"]);
await server.listen(0, "127.0.0.1");
console.log(`ready ${server.transport.server.address().port}`);
