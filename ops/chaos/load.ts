/** What nodes carry, by their own word: memory and open connections of all together. */
import type { OwnNode } from "../servers/node.ts";
import { limitedFetch } from "./limited-fetch.ts";

const LOOK_EVERY_MS = 250;
export const MIB = 1_048_576;

export interface Load {
  readonly bytes: number;
  readonly connections: number;
}

export async function loadOf(nodes: readonly OwnNode[]): Promise<Load> {
  const texts = await Promise.all(
    nodes.map(async ({ url }) => (await limitedFetch(`${url}/metrics`, {})).text()),
  );
  const sum = (name: string): number =>
    texts
      .map((text) => Number(new RegExp(`^${name} (\\S+)`, "m").exec(text)?.[1] ?? 0))
      .reduce((total, value) => total + value, 0);
  return {
    bytes: sum("process_resident_memory_bytes"),
    connections: sum("toolboxai_channel_connections"),
  };
}

/** Looks again and again until it is stopped; resolves with the most bytes that it saw. */
export function watchBytes(nodes: readonly OwnNode[]): { stop(): Promise<number> } {
  let isOver = false;
  let peak = 0;
  const run = async (): Promise<number> => {
    while (!isOver) {
      // A node that is too busy to say is asked again.
      const load = await loadOf(nodes).catch(() => undefined);
      peak = Math.max(peak, load?.bytes ?? 0);
      await Bun.sleep(LOOK_EVERY_MS);
    }
    return peak;
  };
  const running = run();
  return {
    stop: () => {
      isOver = true;
      return running;
    },
  };
}
