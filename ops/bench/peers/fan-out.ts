/**
 * Fan-out: a class of two hundred at one node hears what is said at another, in Socket.IO on Node
 * with either of its Redis adapters and in ours; and both alone, with everybody at one node.
 *
 * Eight records are said at once, the next eight when everybody has heard them. Socket.IO keeps
 * nothing of it; ours has a record on disk before anybody hears it.
 */
import { systemClock } from "../../../src/platform.ts";
import { createClient } from "../../../src/client/client.ts";
import { type Figure, quantile } from "../row.ts";
import { install, installNode } from "./cache.ts";
import { type Listener, listenTo } from "./listener.ts";
import { startNodes } from "./nodes.ts";
import { Scope } from "./scope.ts";

const PACKAGES = {
  "@socket.io/redis-adapter": "8.3.0",
  "@socket.io/redis-streams-adapter": "0.3.1",
  redis: "6.3.1",
  "socket.io": "4.8.4",
};
/** What only passes on has nothing to keep. */
const FORGETFUL = ["--appendonly", "no"];
const LISTENERS = 200;
const AT_ONCE = 8;
/** A connection of ours may say fifty things a second. */
const SPEAKERS = 64;
const WARM_UP_MS = 1_000;
const MEASURED_MS = 4_000;
const HEARD_WITHIN_MS = 15_000;

interface Hall {
  readonly listeners: readonly Listener[];
  /** One more record for everybody; `nth` counts them. */
  readonly say: (nth: number) => Promise<void>;
}

interface Setting {
  readonly name: string;
  readonly nodes: 1 | 2;
  readonly isOurs: boolean;
  open(scope: Scope): Promise<Hall>;
}

const SETTINGS: readonly Setting[] = [
  setting("ours, one node (fsynced before it is heard)", 1, openOurs),
  setting("ours, two nodes (fsynced before it is heard)", 2, openOurs),
  setting("Socket.IO on Node, one node (not durable)", 1, socketIo("none")),
  setting("Socket.IO on Node, redis-adapter, two nodes (not durable)", 2, socketIo("pub-sub")),
  setting(
    "Socket.IO on Node, redis-streams-adapter, two nodes (not durable)",
    2,
    socketIo("streams"),
  ),
];

export async function fanOut(progress: (line: string) => void): Promise<readonly Figure[]> {
  const found: { readonly setting: Setting; readonly figure: Figure }[] = [];
  for (const setting of SETTINGS) {
    const name = `fan-out to ${LISTENERS}, ${setting.name}`;
    const figure = await tryToMeasure(setting, name);
    progress(`${figure.name}: ${figure.value} deliveries a second`);
    const ours = found.find((each) => each.setting.isOurs && each.setting.nodes === setting.nodes);
    found.push({ setting, figure });
    if (ours !== undefined && ours.figure.value > 0 && figure.value > 0) {
      const ratio = ours.figure.value / figure.value;
      const beside = { ...ours.figure, name: `${ours.figure.name} over it`, of: name, ratio };
      found.push({ setting: { ...setting, isOurs: false }, figure: beside });
    }
  }
  return found.map(({ figure }) => figure);
}

function setting(name: string, nodes: 1 | 2, open: OpenHall): Setting {
  return { name, nodes, isOurs: name.startsWith("ours"), open: (scope) => open(scope, nodes) };
}

type OpenHall = (scope: Scope, nodes: 1 | 2) => Promise<Hall>;

function socketIo(adapter: "none" | "pub-sub" | "streams"): OpenHall {
  return async (scope, nodes) => {
    const folder = await install("fan-out", PACKAGES);
    const node = await installNode();
    const env = { PEER_ADAPTER: adapter, PEER_REDIS: await scope.redis(FORGETFUL) };
    const start = (): Promise<string> =>
      scope.child([node, "fan-out.mjs"], { cwd: folder, env, ready: /ready (\d+)/ });
    const first = `http://127.0.0.1:${await start()}`;
    const second = nodes === 1 ? first : `http://127.0.0.1:${await start()}`;
    const speakers = await many(SPEAKERS, () => listenTo(scope, first, {}));
    const listeners = await many(LISTENERS, () => listenTo(scope, second, {}));
    await Promise.all(listeners.map((listener) => listener.emit("watch", { actor: "hall" })));
    const say = async (nth: number): Promise<void> =>
      speakers[nth % SPEAKERS]?.emit("send", { actor: "hall" });
    return { listeners, say };
  };
}

async function openOurs(scope: Scope, nodes: 1 | 2): Promise<Hall> {
  const { urls, teacher, token, lessonId } = await startNodes(scope, nodes);
  const [first = "", second = first] = urls;
  const session = await teacher.http.post<{ readonly id: string; readonly joinCode: string }>(
    "/sessions",
    { lessonId },
  );
  const actor = `session/${session.id}`;
  const speakers = await many(SPEAKERS, () => listenTo(scope, first, { token }));
  let sent = 0;
  const send = async (command: object): Promise<void> => {
    sent += 1;
    await speakers[sent % SPEAKERS]?.emit("send", { actor, id: `say-${sent}`, command });
  };
  await send({ type: "session.open-lobby" });
  await send({ type: "session.start" });
  const listeners = await many(LISTENERS, async (nth) => {
    const joining = { code: session.joinCode, name: `Student ${nth}` };
    const guest = createClient({ url: second });
    const { accessToken } = await guest.http.post<{ readonly accessToken: string }>(
      "/join",
      joining,
    );
    const listener = await listenTo(scope, second, { token: accessToken });
    await listener.emit("watch", { actor });
    return listener;
  });
  return { listeners, say: () => send({ type: "step.present", stepId: "s1" }) };
}

async function tryToMeasure(setting: Setting, name: string): Promise<Figure> {
  const scope = new Scope();
  try {
    const { perSecond, samples } = await listen(await setting.open(scope));
    const tenths = (share: number): number => Math.round(quantile(samples, share) * 10) / 10;
    return { name, value: perSecond, unit: "1/s", p50Ms: tenths(0.5), p99Ms: tenths(0.99) };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const reason = said.replaceAll(/\s+/g, " ").slice(0, 120);
    return { name: `${name}: not measured: ${reason}`, value: 0, unit: "1/s" };
  } finally {
    await scope.end();
  }
}

interface Heard {
  readonly perSecond: number;
  readonly samples: readonly number[];
}

async function listen({ listeners, say }: Hall): Promise<Heard> {
  const samples: number[] = [];
  const beganAt = performance.now();
  let said = 0;
  let measuredMs = 0;
  let saidAt = 0;
  while (performance.now() < beganAt + WARM_UP_MS + MEASURED_MS) {
    const isWarm = performance.now() >= beganAt + WARM_UP_MS;
    const everybody = Promise.withResolvers<void>();
    let left = listeners.length * AT_ONCE;
    saidAt = performance.now();
    for (const listener of listeners) {
      listener.onRecord = () => {
        left -= 1;
        if (isWarm) {
          samples.push(performance.now() - saidAt);
        }
        if (left === 0) {
          everybody.resolve();
        }
      };
    }
    const saying = Array.from({ length: AT_ONCE }, (_, nth) => say(said + nth));
    said += AT_ONCE;
    await soon(Promise.all([...saying, everybody.promise]));
    measuredMs += isWarm ? performance.now() - saidAt : 0;
  }
  return { perSecond: Math.round((1_000 * samples.length) / measuredMs), samples };
}

async function soon(work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const stop = systemClock.after(HEARD_WITHIN_MS, () =>
    late.reject(new Error(`not everybody heard within ${HEARD_WITHIN_MS} ms`)),
  );
  await Promise.race([work, late.promise]).finally(stop);
}

/** One after the other: none of them is hurried by a queue of handshakes. */
async function many<T>(count: number, make: (nth: number) => Promise<T>): Promise<readonly T[]> {
  const made: T[] = [];
  for (let nth = 1; nth <= count; nth += 1) {
    made.push(await make(nth));
  }
  return made;
}
