/** Socket.IO on Node with a Redis behind it: no actors, what one writes by hand. */
import { install, installNode } from "./cache.ts";
import { overSocketIo } from "./plugs.ts";
import type { Peer } from "./quiz.ts";

const PACKAGES = { "socket.io": "4.8.4", redis: "6.3.1" };

export const socketIo: Peer = {
  name: "Socket.IO on Node (fsynced Redis by hand)",
  durability: "Redis with appendfsync always, one script an answer, awaited",
  lacks: "an actor: each rule is a script in Redis, which leaves no record, timer or effect",
  door: "socket",
  isOurs: false,
  start: async (scope, plan) => {
    const folder = await install("socket-io", PACKAGES);
    const node = await installNode();
    const env = { PEER_REDIS: await scope.redis() };
    const ready = /ready (\d+)/;
    const port = await scope.child([node, "socket-io.mjs"], { cwd: folder, env, ready });
    return overSocketIo(scope, `http://127.0.0.1:${port}`, plan);
  },
};
