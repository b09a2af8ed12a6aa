/**
 * A balancer as simple as one can be: new connections go to nodes that say they are ready, in turn.
 */
import type { OwnNode } from "./node.ts";
import { type Relay, startRelay } from "./relay.ts";

/** Well below the time that a draining node goes on to accept. */
const ASK_EVERY_MS = 100;

export interface Balancer extends Relay {
  readonly url: string;
}

export async function startBalancer(nodes: readonly OwnNode[]): Promise<Balancer> {
  let ready: readonly OwnNode[] = nodes;
  let turn = 0;
  let isClosed = false;
  const targets = (): readonly number[] => {
    turn += 1;
    const first = turn % Math.max(1, ready.length);
    return [...ready.slice(first), ...ready.slice(0, first)].map(({ port }) => port);
  };
  const relay = await startRelay({ targets });
  const watch = async (node: OwnNode): Promise<void> => {
    while (!isClosed) {
      const isReady = await node.isReady();
      if (isReady !== ready.includes(node)) {
        ready = nodes.filter((each) => (each === node ? isReady : ready.includes(each)));
      }
      await Bun.sleep(ASK_EVERY_MS);
    }
  };
  nodes.forEach((node) => void watch(node));
  return {
    ...relay,
    url: `http://127.0.0.1:${relay.port}`,
    close: () => {
      isClosed = true;
      relay.close();
    },
  };
}
