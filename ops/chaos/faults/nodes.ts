/** What happens to nodes: killed, stopped for a while, and restarted one after the other. */
import type { Fault } from "../fault.ts";

/** A killed node is away for a moment, as where something restarts it. */
const AWAY_MS = 500;
const BETWEEN_MS = 1_500;

export const killedNodes: Fault = {
  name: "kill-node",
  about: "SIGKILL of random nodes, one every few seconds, each started again",
  run: async ({ world, chance, isOver, rest, strike }) => {
    while (!isOver()) {
      const node = chance.of(world.nodes);
      strike(`SIGKILL of ${node?.name}`);
      await node?.kill();
      await rest(AWAY_MS);
      await node?.start();
      await rest(chance.between(BETWEEN_MS, 2 * BETWEEN_MS));
    }
  },
};
