/**
 * The channels of one node on a free port, over a real runtime, a SQLite store in memory and real
 * sockets; the machine is the tests' tally, so that a suite of the door needs no lesson.
 */
import { generateKeyPair } from "jose";
import { type Address, actorName } from "../../actors/address.ts";
import { type Runtime, createRuntime } from "../../actors/runtime.ts";
import { openSqliteStore } from "../../actors/sqlite/sqlite-store.ts";
import {
  parseActorId,
  parseParticipantId,
  parseTenantId,
  parseUserId,
} from "../../machines/ids.ts";
import type { Machine } from "../../machines/living.ts";
import type { Machines } from "../../machines/versions.ts";
import { type Grant, type Tokens, createTokens } from "../../src/auth/tokens.ts";
import type { SocketData } from "../../src/channels/bun-socket.ts";
import { type Channels, createChannels } from "../../src/channels/channels.ts";
import type { ChannelsConfig } from "../../src/channels/parts.ts";
import { createDesk } from "../../src/desk.ts";
import { systemClock, systemIds } from "../../src/platform.ts";
import { type QuietLog, quietLog } from "./fake-clock.ts";
import { createMemoryArchive } from "./memory-archive.ts";
import { tallyMachine } from "./tally.ts";
import { type Talker, connect } from "./talker.ts";

export const TENANT = parseTenantId("t1");
export const TEACHER = {
  kind: "user",
  userId: parseUserId("teacher"),
  role: "teacher",
  name: "Tara",
} as const;
export const OTHER_TENANT = parseTenantId("t2");

export interface Door {
  readonly url: string;
  readonly runtime: Runtime;
  readonly channels: Channels;
  readonly tokens: Tokens;
  readonly log: QuietLog;
  /** A new actor; its name. */
  born(tenantId?: typeof TENANT): Promise<string>;
  token(grant?: Partial<Grant>): Promise<string>;
  connect(grant?: Partial<Grant>, options?: Parameters<typeof connect>[2]): Promise<Talker>;
  close(): Promise<void>;
}

export interface DoorOptions {
  readonly machine?: Machine;
  readonly limits?: ChannelsConfig["limits"];
  readonly corsOrigins?: readonly string[];
  /** The runtime as the channels see it: the real one, slowed down or cut off at will. */
  readonly through?: (runtime: Runtime) => Runtime;
  /** Families of tokens that were revoked. */
  readonly revoked?: ReadonlySet<string>;
}

export async function openDoor(options: DoorOptions = {}): Promise<Door> {
  const log = quietLog();
  const machines: Machines = { session: [options.machine ?? tallyMachine] };
  const store = await openSqliteStore({ file: ":memory:", clock: systemClock, log });
  const runtime = createRuntime({
    store,
    archive: createMemoryArchive(),
    machines,
    clock: systemClock,
    ids: systemIds,
    log,
    node: "boot1",
    alone: true,
    performers: {},
    roles: { worker: true, journal: true },
  });
  await runtime.start();
  const desk = createDesk({
    runtime,
    machines,
    preparers: {},
    now: () => store.now(),
    log,
    publicUrl: () => "http://127.0.0.1",
  });
  const tokens = await createTestTokens(options.revoked ?? new Set());
  const channels = createChannels({
    runtime: options.through?.(runtime) ?? runtime,
    desk,
    machines,
    verify: (token) => tokens.verify(token),
    clock: systemClock,
    ids: systemIds,
    log,
    config: {
      corsOrigins: options.corsOrigins ?? [],
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    },
  });
  const server = Bun.serve<SocketData>({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, server) => channels.handle(request, server),
    websocket: channels.websocket,
  });
  const url = `http://127.0.0.1:${server.port}`;
  const token = async (grant: Partial<Grant> = {}): Promise<string> =>
    (await tokens.sign({ tenantId: TENANT, principal: TEACHER, family: "f1", ...grant }))
      .accessToken;
  return {
    url,
    runtime,
    channels,
    tokens,
    log,
    token,
    async born(tenantId = TENANT) {
      const id = parseActorId(systemIds.next());
      const address: Address = { tenantId, kind: "session", id };
      await runtime.birth(address, { type: "begin", deaf: true }, TEACHER);
      return actorName(address);
    },
    connect: async (grant, more) => connect(url, { token: await token(grant) }, more),
    async close() {
      await channels.close({ reason: "draining" });
      await runtime.stop();
      await server.stop(true);
      await store.close();
    },
  };
}

/** A guest of this one actor. */
export function asGuest(name: string, actor: string): Partial<Grant> {
  const [, id = ""] = actor.split("/");
  return { principal: { kind: "guest", participantId: parseParticipantId(name) }, boundTo: id };
}

async function createTestTokens(revoked: ReadonlySet<string>): Promise<Tokens> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  return createTokens({
    keys: {
      current: () => Promise.resolve({ kid: "k1", privateKey }),
      find: (kid) => Promise.resolve(kid === "k1" ? publicKey : undefined),
      jwks: () => Promise.resolve({ keys: [] }),
    },
    clock: systemClock,
    ids: systemIds,
    alive: (_tenantId, family) => Promise.resolve(!revoked.has(family)),
  });
}
