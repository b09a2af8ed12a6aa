/** When the client's connection comes back by itself, and when it must not. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Server as Engine } from "@socket.io/bun-engine";
import { Server } from "socket.io";
import { Link } from "../../src/client/link.ts";
import { systemClock } from "../../src/platform.ts";
import { type Door, openDoor } from "../support/door.ts";
import { eventually } from "../support/eventually.ts";

/** Tokens live 15 minutes; with this grace a socket is told `bye expired` after half a second. */
const EARLY_MS = 500 - 15 * 60 * 1_000;

let door: Door;

beforeAll(async () => {
  door = await openDoor();
});

afterAll(() => door.close());

interface Linked {
  readonly link: Link;
  readonly events: string[];
  connects(): number;
  refreshes(): number;
}

function linkTo(url: string, token: () => string, renew?: () => Promise<string>): Linked {
  const events: string[] = [];
  let [connects, refreshes, current] = [0, 0, token()];
  const link = new Link({
    url,
    clock: systemClock,
    transports: ["websocket"],
    accessToken: () => current,
    refresh: async () => {
      refreshes += 1;
      current = (await renew?.()) ?? "";
      return renew === undefined ? undefined : current;
    },
    onEvent: (event) => void events.push(event),
    onConnect: () => {
      connects += 1;
    },
    onStatus: () => undefined,
  });
  link.connect();
  return { link, events, connects: () => connects, refreshes: () => refreshes };
}

describe("the link", () => {
  test("comes back after a failed network", async () => {
    const token = await door.token();
    const { link, connects, refreshes } = linkTo(door.url, () => token);
    await eventually(() => link.isConnected);

    link.drop();

    await eventually(() => connects() === 2);
    expect(refreshes()).toBe(0);
    link.close();
  });

  test("comes back after bye expired, with a fresh token", async () => {
    const short = await openDoor({ limits: { expiryGraceMs: EARLY_MS } });
    const token = await short.token();
    const linked = linkTo(
      short.url,
      () => token,
      () => short.token(),
    );

    await eventually(() => linked.connects() >= 2);

    expect(linked.events).toContain("bye");
    expect(linked.refreshes()).toBeGreaterThanOrEqual(1);
    linked.link.close();
    await short.close();
  });

  test("a handshake refused as unauthenticated gets one fresh token, and gives up without", async () => {
    const mended = linkTo(
      door.url,
      () => "no.good.token",
      () => door.token(),
    );
    const hopeless = linkTo(door.url, () => "no.good.token");

    await eventually(() => mended.link.isConnected && hopeless.link.status === "refused");

    expect([mended.refreshes(), hopeless.refreshes()]).toEqual([1, 1]);
    mended.link.close();
    hopeless.link.close();
  });

  test("waits for a fresh token while the server cannot be asked for one", async () => {
    const good = await door.token();
    let [asked, current] = [0, "expired"];
    const link = new Link({
      url: door.url,
      clock: systemClock,
      transports: ["websocket"],
      accessToken: () => current,
      refresh: () => {
        asked += 1;
        current = asked === 1 ? current : good;
        return Promise.resolve(asked === 1 ? undefined : good);
      },
      onEvent: () => undefined,
      onConnect: () => undefined,
      onStatus: () => undefined,
    });
    link.connect();

    await eventually(() => asked > 0);
    expect(link.status).toBe("connecting");
    await eventually(() => link.isConnected);
    link.close();
  }, 20_000);

  test("comes back after bye draining, once somebody listens again", async () => {
    const first = await openDoor();
    const token = await first.token();
    const linked = linkTo(first.url, () => token);
    await eventually(() => linked.link.isConnected);

    await first.channels.close({ reason: "draining", retryAfterMs: 50 });

    await eventually(() => linked.events.includes("bye"));
    await eventually(() => linked.link.status === "connecting");
    expect(linked.refreshes()).toBe(0);
    linked.link.close();
    await first.close();
  });

  test("does not come back after being sent away without a reason", async () => {
    const io = new Server();
    const engine = new Engine({ path: "/socket.io/" });
    io.bind(engine);
    io.on("connection", (socket) => void socket.disconnect(true));
    const server = Bun.serve({ port: 0, ...engine.handler() });

    const linked = linkTo(`http://127.0.0.1:${server.port}`, () => "token");

    await eventually(() => linked.link.status === "refused");
    expect([linked.connects(), linked.refreshes()]).toEqual([1, 0]);
    linked.link.close();
    await server.stop(true);
  });
});
