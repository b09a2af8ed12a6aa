/**
 * The quiz behind Socket.IO on Node, as one writes it by hand: one script of Redis an answer, which
 * judges, counts and remembers the id, and an acknowledgement when Redis has it on disk.
 */
import { createServer } from "node:http";
import { createClient } from "redis";
import { Server } from "socket.io";

const ANSWER = `
  local first = redis.call("HGET", KEYS[2], ARGV[1])
  if first then return first end
  local counted = tonumber(ARGV[3]) > tonumber(redis.call("HGET", KEYS[1], ARGV[2]) or "-1")
  if counted then
    redis.call("HSET", KEYS[1], ARGV[2], ARGV[3])
    redis.call("HINCRBY", KEYS[3], ARGV[4], 1)
  end
  local counts = redis.call("HMGET", KEYS[3], "0", "1", "2", "3")
  for each = 1, 4 do counts[each] = tonumber(counts[each] or "0") end
  local reply = cjson.encode({ counted = counted, counts = counts })
  redis.call("HSET", KEYS[2], ARGV[1], reply)
  return reply`;

const redis = createClient({ url: process.env.PEER_REDIS });
await redis.connect();
const script = await redis.scriptLoad(ANSWER);

const http = createServer();
const server = new Server(http, { transports: ["websocket"], serveClient: false });
server.on("connection", (socket) => {
  socket.on("answer", async ({ actor, id, student, question, choice }, acknowledge) => {
    const reply = await redis.evalSha(script, {
      keys: [`${actor}:last`, `${actor}:ids`, `${actor}:counts`],
      arguments: [id, student, String(question), String(choice)],
    });
    acknowledge(JSON.parse(reply));
  });
});
http.listen(0, "127.0.0.1", () => console.log(`ready ${http.address().port}`));
