/**
 * Deliveries a second of one room's records, and how long one takes, through our channels, beside
 * bare Socket.IO on the same engine and Bun's own publish, which is the limit.
 *
 * The server and the listeners are a process each. The records are made before they are said, so
 * that a delivery is measured, not a turn; each door decodes and encodes the same stored lines.
 */
import { startChild } from "../child.ts";
import {
  type DoorName,
  type DoorTask,
  type ListenerTask,
  parseHeard,
  parsePort,
  parseTimes,
} from "../fan-out-task.ts";
import { type Figure, type Row, quantile, tenths } from "../row.ts";

const ROOMS = [200, 1_000] as const;
const DOORS: readonly DoorName[] = ["bun", "socket.io", "ours"];
const NAMES = { bun: "Bun publish", "socket.io": "bare Socket.IO", ours: "ours" } as const;
const WARM_DELIVERIES = 60_000;
const DELIVERIES = 400_000;
const PACED_RECORDS = 100;
const PACED_EVERY_MS = 20;
const WINDOW = 50;
/** Of what Bun publishes. */
const PROMISED_SHARE = 0.8;

export const fanOut: Row = {
  name: "fan-out",
  about: `one room of ${ROOMS.join(" and of ")} sockets, records ready to be told`,
  run: async (progress) => {
    const figures: Figure[] = [];
    for (const sockets of ROOMS) {
      const found = new Map<DoorName, Measured>();
      for (const door of DOORS) {
        const measured = await measure(door, sockets);
        found.set(door, measured);
        progress(`${sockets} sockets, ${NAMES[door]}: ${measured.perSecond} deliveries a second`);
      }
      figures.push(...figuresOf(sockets, found));
    }
    return figures;
  },
};

interface Measured {
  readonly perSecond: number;
  readonly samples: readonly number[];
}

async function measure(door: DoorName, sockets: number): Promise<Measured> {
  const server = startChild("fan-out-server.ts");
  const listeners = startChild("listeners.ts");
  const tell = (task: DoorTask): Promise<unknown> => server.ask(task);
  const listen = (task: ListenerTask): Promise<unknown> => listeners.ask(task);
  try {
    const port = parsePort(await tell({ kind: "open", door }));
    await listen({ kind: "listen", url: `http://127.0.0.1:${port}`, door, sockets });
    const flood = async (deliveries: number): Promise<number> => {
      const records = Math.ceil(deliveries / sockets / WINDOW) * WINDOW;
      const hearing = listen({ kind: "hear", records });
      const startedAt = parsePort(await tell({ kind: "flood", records }));
      const heard = parseHeard(await hearing);
      const endedAt = Math.max(...heard.at.map((times) => times.at(-1) ?? 0));
      return Math.round((1_000 * heard.deliveries) / (endedAt - startedAt));
    };
    await flood(WARM_DELIVERIES);
    const perSecond = await flood(DELIVERIES);
    const hearing = listen({ kind: "hear", records: PACED_RECORDS });
    const pace = { kind: "pace", records: PACED_RECORDS, everyMs: PACED_EVERY_MS } as const;
    const said = parseTimes(await tell(pace));
    const { at } = parseHeard(await hearing);
    const samples = at.flatMap((times) => times.map((time, index) => time - (said[index] ?? time)));
    return { perSecond, samples };
  } finally {
    await Promise.all([server.stop(), listeners.stop()]);
  }
}

function figuresOf(sockets: number, found: ReadonlyMap<DoorName, Measured>): readonly Figure[] {
  const nameOf = (door: DoorName): string => `room of ${sockets}: ${NAMES[door]}`;
  const limit = found.get("bun")?.perSecond ?? Number.NaN;
  const ours = found.get("ours")?.perSecond ?? Number.NaN;
  const bare = found.get("socket.io")?.perSecond ?? Number.NaN;
  const figures = [...found].map(([door, { perSecond, samples }]): Figure => ({
    ...{ name: `${nameOf(door)}, deliveries`, value: perSecond, unit: "1/s" },
    ...(door === "bun" ? {} : { of: nameOf("bun"), ratio: perSecond / limit }),
    p50Ms: tenths(quantile(samples, 0.5)),
    p99Ms: tenths(quantile(samples, 0.99)),
  }));
  return [
    ...figures,
    {
      ...{ name: `${nameOf("ours")}, deliveries`, value: ours, unit: "1/s" },
      ...{ of: nameOf("socket.io"), ratio: ours / bare },
    },
    {
      ...{ name: `${nameOf("ours")}, share of Bun's`, value: ours, unit: "1/s" },
      ...{ of: `promised ${PROMISED_SHARE} of Bun's`, ratio: ours / limit / PROMISED_SHARE },
    },
  ];
}
