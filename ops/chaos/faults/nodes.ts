/** What happens to nodes: killed, stopped for a while, and restarted one after the other. */
import { createClient } from "../../../src/client/client.ts";
import type { OwnNode } from "../../servers/node.ts";
import type { Blow, Fault } from "../fault.ts";
import type { Lesson } from "../lesson.ts";
import { limitedFetch } from "../limited-fetch.ts";
import { openPlainSocket } from "../plain-socket.ts";

/** A killed node is away for a moment, as where something restarts it. */
const AWAY_MS = 500;
const BETWEEN_MS = 1_500;
/** Some pauses are a long collection; others are long enough for the node to be declared dead. */
const PAUSE_MS = { min: 500, max: 3_000 } as const;
const LONG_PAUSE_MS = 13_000;
/** What is promised. */
const NOTICED_WITHIN_MS = 15_000;

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

export const deadNode: Fault = {
  name: "dead-node",
  about: "once: SIGKILL of a node that nobody starts again, until its people are seen to be gone",
  run: async ({ world, lessons, rest, strike, note, accuse }) => {
    const [node] = world.nodes;
    const [lesson] = lessons;
    if (node === undefined || lesson === undefined) {
      return;
    }
    const ghost = createClient({ url: world.balancer.url, fetch: limitedFetch });
    const { participantId } = await ghost.join({ code: lesson.joinCode, name: "The ghost" });
    const socket = await openPlainSocket(node.url, ghost.accessToken ?? "");
    await socket.watch(lesson.actor);
    const gone = seenGone(lesson, participantId);
    await rest(BETWEEN_MS);
    strike(`SIGKILL of ${node.name}, for good`);
    const from = performance.now();
    await node.kill();
    const isSeen = await Promise.race([
      gone.then(() => true),
      Bun.sleep(NOTICED_WITHIN_MS).then(() => false),
    ]);
    const took = Math.round(performance.now() - from);
    (isSeen ? note : accuse)(`${isSeen ? "noticed" : "not noticed"} after ${took} ms`);
    ghost.close();
    await node.start();
  },
};

/** The host hears that this participant's last connection is closed. */
function seenGone({ onFacts }: Lesson, participantId: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = onFacts((facts) => {
      const isGone = facts.some(
        (fact) =>
          ["participant.reconnecting", "participant.offline"].includes(fact.type) &&
          fact["participantId"] === participantId,
      );
      if (isGone) {
        stop();
        resolve();
      }
    });
  });
}

export const pausedNodes: Fault = {
  name: "pause-node",
  about: "SIGSTOP and SIGCONT of random nodes, one for so long that the others declare it dead",
  run: async (blow) => {
    const { world, chance, isOver, rest } = blow;
    const [first, ...others] = world.nodes;
    if (first !== undefined) {
      await pause(blow, first, LONG_PAUSE_MS);
    }
    while (!isOver()) {
      await rest(BETWEEN_MS);
      const node = chance.of(others) ?? first;
      if (node !== undefined) {
        await pause(blow, node, chance.between(PAUSE_MS.min, PAUSE_MS.max));
      }
    }
  },
};

async function pause({ strike, rest }: Blow, node: OwnNode, ms: number): Promise<void> {
  strike(`SIGSTOP of ${node.name} for ${ms} ms`);
  node.pause();
  await rest(ms);
  node.resume();
}

export const rolling: Fault = {
  name: "rolling",
  about: "a rolling restart: SIGTERM of each node in turn, and a new one in its place",
  failsNothing: true,
  run: async ({ world, isOver, rest, strike, note, accuse }) => {
    do {
      for (const node of world.nodes) {
        strike(`SIGTERM of ${node.name}`);
        const from = performance.now();
        const code = await node.terminate();
        if (code !== 0) {
          accuse(`${node.name} ended with code ${code}, which is not a clean drain`);
        }
        note(`${node.name} drained in ${Math.round(performance.now() - from)} ms, code ${code}`);
        await node.start();
        await rest(BETWEEN_MS);
      }
    } while (!isOver());
  },
};
