/**
 * A room on Socket.IO: `watch` enters it, `present` sends everybody in it a record, through the
 * adapter of `PEER_ADAPTER` where there is more than one node. Nothing of it is kept.
 */
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";

async function adapterOf(name) {
  if (name === "none") {
    return {};
  }
  const redis = createClient({ url: process.env.PEER_REDIS });
  await redis.connect();
  if (name === "streams") {
    return { adapter: createStreamsAdapter(redis) };
  }
  const subscriber = redis.duplicate();
  await subscriber.connect();
  return { adapter: createAdapter(redis, subscriber) };
}

const http = createServer();
const adapter = await adapterOf(process.env.PEER_ADAPTER);
const server = new Server(http, { transports: ["websocket"], serveClient: false, ...adapter });
let seq = 0;
server.on("connection", (socket) => {
  socket.on("watch", async ({ actor }, acknowledge) => {
    await socket.join(actor);
    acknowledge({ ok: true });
  });
  socket.on("send", ({ actor }, acknowledge) => {
    seq += 1;
    const at = new Date().toISOString();
    const facts = [{ type: "step.presented", stepId: "s1" }];
    const state = { phase: "live", host: "present", admission: "open", activity: "idle" };
    server.to(actor).emit("record", { actor, seq, at, facts, state, can: ["hand.raise"] });
    acknowledge({ ok: true });
  });
});
http.listen(0, "127.0.0.1", () => console.log(`ready ${http.address().port}`));
