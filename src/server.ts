/**
 * One server: storage, runtime, desk and doors, joined, started in order and stopped in order.
 *
 * Invariants:
 * 1. No door is open before the runtime has started, and none before its storage is migrated.
 * 2. DR2: `stop` first says that it is not ready, so that balancers turn away; then it answers
 *    what sockets have asked and hands them off, answers the requests in flight, ends turns,
 *    flushes the journal, and closes storage. What was acknowledged is on disk at every point.
 */
import type { Server as BunServer } from "bun";
import { asTenant } from "../db/as-tenant.ts";
import { liveFamilies } from "../db/refresh-tokens.ts";
import type { Clock, Ids, Log } from "../actors/clock.ts";
import { type Runtime, createRuntime } from "../actors/runtime.ts";
import { MACHINES } from "../machines/catalog.ts";
import { createApp } from "./app.ts";
import { createArchive } from "./archive.ts";
import { createKeys } from "./auth/keys.ts";
import { createPasswords } from "./auth/passwords.ts";
import { type Tokens, createTokens } from "./auth/tokens.ts";
import type { SocketData } from "./channels/bun-socket.ts";
import { type Channels, createChannels } from "./channels/channels.ts";
import type { Config } from "./config.ts";
import { type DemoSchool, ensureDemoSchool } from "./demo-school.ts";
import { type Desk, createDesk } from "./desk.ts";
import { type DrainStep, drain } from "./drain.ts";
import { sessionPerformers } from "./effects/session.ts";
import { gaugesOf } from "./gauges.ts";
import { GroupsOfWork } from "./groups-of-work.ts";
import { createLimits } from "./http/limits.ts";
import { withClosing } from "./http/closing.ts";
import type { AppParts } from "./http/parts.ts";
import { type StrayParts, answerBug, refuseUnaddressed } from "./http/stray.ts";
import { randomBelow, randomSecret } from "./platform.ts";
import { sessionPreparers } from "./prepare.ts";
import { writeReadModel } from "./read-model.ts";
import { type Storage, openStorage } from "./storage.ts";
import { startSweeps } from "./sweep.ts";

/** Above every body that a route takes, so that routes, not the socket, say `too-large`. */
const REQUEST_BYTES_MAX = 16 * 1024 * 1024;

/** Balancers that ask every second or oftener have stopped sending before a door closes. */
const TURN_AWAY_MS = 1_000;
/** What each step of a drain may take; `src/main.ts` has the deadline of all together. */
const DRAIN_WITHIN_MS = {
  sockets: 5_000,
  requests: 5_000,
  sweeps: 2_000,
  turns: 10_000,
  storage: 15_000,
} as const;

export interface ServerParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export interface RunningServer {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Undefined where there is none. */
  readonly demo: DemoSchool | undefined;
  readonly runtime: Runtime;
  readonly storage: Storage;
  /**
   * The second call waits for the first. The names of the steps that were not done in time, none
   * when everything was drained.
   */
  stop(): Promise<readonly string[]>;
}

export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const node = parts.ids.next();
  const storage = await openStorage({ ...parts, node });
  try {
    return await startOn(parts, storage, node);
  } catch (error) {
    await storage.close();
    throw error;
  }
}

interface Doors {
  readonly app: { readonly fetch: (request: Request) => Response | Promise<Response> };
  readonly channels: Channels;
  readonly draining: { readonly isOn: boolean };
}

async function startOn(parts: ServerParts, storage: Storage, node: string): Promise<RunningServer> {
  const { config, clock, ids } = parts;
  const demo = await demoOf(parts, storage);
  const open: { server?: BunServer<SocketData> } = {};
  const address = (): string => `http://${hostOf(config.host)}:${open.server?.port ?? config.port}`;
  const publicUrl = (): string => config.publicUrl ?? address();
  const keys = await createKeys({ db: storage.db, clock, ids });
  const tokens = tokensOf(storage, { keys, clock, ids });
  const runtime = runtimeOf(parts, storage, { node, tokens });
  const desk = createDesk({
    ...{ runtime, machines: MACHINES, log: parts.log, publicUrl },
    preparers: sessionPreparers(storage.db, clock),
    now: () => storage.store.now(),
  });
  const draining = { isOn: false };
  const doors = doorsOf(parts, {
    ...{ storage, runtime, desk, keys, tokens },
    draining,
    addressOf: (request) => open.server?.requestIP(request)?.address,
    publicUrl,
  });
  await runtime.start();
  const endSweeps = config.roles.includes("worker")
    ? startSweeps({ db: storage.db, clock, log: parts.log })
    : () => Promise.resolve();
  const listening = listen(config, doors, parts);
  open.server = listening;
  let stopping: Promise<readonly string[]> | undefined;
  const steps = stepsOf({ server: listening, doors, runtime, storage, endSweeps, draining });
  return {
    url: address(),
    port: listening.port ?? config.port,
    ...{ demo, runtime, storage },
    stop: () => (stopping ??= drain(steps(clock), parts)),
  };
}

function demoOf(
  { config, clock, ids }: ServerParts,
  { db, alone }: Storage,
): Promise<DemoSchool | undefined> {
  const embedded = alone && config.databaseUrl === undefined;
  return embedded && config.mode !== "production"
    ? ensureDemoSchool({ db, clock, ids, password: config.demoPassword })
    : Promise.resolve(undefined);
}

function runtimeOf(
  { config, clock, ids, log }: ServerParts,
  { db, store, alone }: Storage,
  { node, tokens }: { readonly node: string; readonly tokens: Tokens },
): Runtime {
  return createRuntime({
    ...{ store, clock, ids, log, node, alone, machines: MACHINES },
    archive: createArchive({ db, clock, readModel: writeReadModel }),
    performers: sessionPerformers({ db, clock, tokens }),
    roles: { worker: config.roles.includes("worker"), journal: config.roles.includes("journal") },
  });
}

function tokensOf(
  { db }: Storage,
  parts: {
    readonly keys: Awaited<ReturnType<typeof createKeys>>;
    readonly clock: Clock;
    readonly ids: Ids;
  },
): Tokens {
  // Whole classes come at once.
  const asked = new GroupsOfWork(async (tenantId, families: readonly string[]) => {
    const at = parts.clock.now();
    const live = await asTenant(db, tenantId, (tx) => liveFamilies(tx, families, at));
    return families.map((family) => live.has(family));
  });
  return createTokens({
    ...parts,
    alive: (tenantId, family) => asked.do(tenantId, family),
  });
}

function doorsOf(
  { config, clock, ids, log }: ServerParts,
  inner: {
    readonly storage: Storage;
    readonly runtime: Runtime;
    readonly desk: Desk;
    readonly tokens: Tokens;
    readonly draining: Doors["draining"];
  } & Pick<AppParts, "keys" | "addressOf" | "publicUrl">,
): Doors {
  const { storage, runtime, desk, keys, tokens, draining, ...known } = inner;
  const channels = createChannels({
    ...{ runtime, desk, clock, ids, log, machines: MACHINES },
    verify: (token) => tokens.verify(token),
    config: { corsOrigins: config.corsOrigins },
  });
  const app = createApp({
    ...{ config, runtime, desk, keys, tokens, clock, ids, log, channels, ...known },
    db: storage.db,
    passwords: createPasswords(),
    chance: { secret: randomSecret, below: randomBelow },
    limits: createLimits(config),
    ...{ checks: storage.checks, isDurable: storage.isDurable },
    isDraining: () => draining.isOn,
    gauges: gaugesOf(channels, storage, runtime),
  });
  return { app, channels, draining };
}

/** Nobody can listen where this server was asked to. */
export class AddressUnusable extends Error {
  override readonly name = "AddressUnusable";
  readonly kind = "address.unusable";
  readonly retry = "never";
}

function listen(config: Config, doors: Doors, stray: StrayParts): BunServer<SocketData> {
  try {
    return serve(config, doors, stray);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    const why = code === "EADDRINUSE" ? "another process does" : code;
    const sentence = `cannot listen on port ${config.port} of ${config.host}: ${why}`;
    throw new AddressUnusable(sentence, { cause });
  }
}

function serve(
  config: Config,
  { app, channels, draining }: Doors,
  stray: StrayParts,
): BunServer<SocketData> {
  const answerOf = (request: Request, server: BunServer<SocketData>) => {
    const unaddressed = refuseUnaddressed(request, stray);
    if (unaddressed !== undefined) {
      return unaddressed;
    }
    return isForChannels(request.url) ? channels.handle(request, server) : app.fetch(request);
  };
  return Bun.serve<SocketData>({
    port: config.port,
    hostname: config.host,
    // Outside development Bun would share the port with another server and half of its calls.
    reusePort: false,
    maxRequestBodySize: REQUEST_BYTES_MAX,
    // Long polls of Socket.IO are silent for as long as a ping interval.
    idleTimeout: 30,
    websocket: channels.websocket,
    development: false,
    error: (error) => answerBug(error, stray),
    fetch: async (request, server) => {
      const response = await answerOf(request, server);
      return withClosing(request, response, draining.isOn && !request.headers.has("upgrade"));
    },
  });
}

/** Most URLs are told by a glance; one that only resembles it is read. */
function isForChannels(url: string): boolean {
  return url.includes("socket.io") && new URL(url).pathname.startsWith("/socket.io/");
}

interface Running {
  readonly server: BunServer<SocketData>;
  readonly doors: Doors;
  readonly runtime: Runtime;
  readonly storage: Storage;
  readonly endSweeps: () => Promise<void>;
  readonly draining: { isOn: boolean };
}

function stepsOf(running: Running): (clock: Clock) => readonly DrainStep[] {
  const { server, doors, runtime, storage, endSweeps, draining } = running;
  const turnAway = async (clock: Clock): Promise<void> => {
    draining.isOn = true;
    // Nobody balances between this node and others that cannot be.
    const waitMs = storage.alone ? 0 : TURN_AWAY_MS;
    await new Promise<void>((resolve) => void clock.after(waitMs, resolve));
  };
  const within = DRAIN_WITHIN_MS;
  return (clock) => [
    { name: "turn-away", withinMs: 2 * TURN_AWAY_MS, run: () => turnAway(clock) },
    {
      name: "sockets",
      withinMs: within.sockets,
      run: () => doors.channels.close({ reason: "draining" }),
    },
    // Takes no new connection, closes the idle ones, and resolves when the others are answered.
    { name: "requests", withinMs: within.requests, run: () => server.stop(false) },
    { name: "sweeps", withinMs: within.sweeps, run: endSweeps },
    { name: "turns", withinMs: within.turns, run: () => runtime.stop() },
    {
      name: "storage",
      withinMs: within.storage,
      run: async () => {
        await server.stop(true);
        await storage.close();
      },
    },
  ];
}

function hostOf(host: string): string {
  const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return shown.includes(":") ? `[${shown}]` : shown;
}
