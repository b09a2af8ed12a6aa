/** The bare protocols, Engine.IO and Socket.IO, as clients of any make speak them to our engine. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startProtocolServer } from "../../ops/protocol/server.ts";
import { eventually } from "../support/eventually.ts";

/** What the server pings by, and how long it waits for the answer. */
const ALIVE_MS = 300 + 200;
const SEPARATOR = "\u001e";

type Path = "engine.io" | "socket.io";

let server: ReturnType<typeof startProtocolServer>;

beforeAll(() => {
  server = startProtocolServer(0, "refused");
});

afterAll(() => server.stop(true));

function ask(query: string, init: RequestInit = {}, path: Path = "engine.io"): Promise<Response> {
  return fetch(`http://localhost:${server.port}/${path}/?${query}`, init);
}

interface Session {
  readonly sid: string;
  poll(init?: RequestInit): Promise<Response>;
  post(body: string): Promise<Response>;
}

async function openPolling(): Promise<Session> {
  const query = "EIO=4&transport=polling";
  const opened = await (await ask(query)).text();
  const { sid } = parseOpen(opened.slice(1));
  return {
    sid,
    poll: (init) => ask(`${query}&sid=${sid}`, init),
    post: (body) => ask(`${query}&sid=${sid}`, { method: "POST", body }),
  };
}

interface Wire {
  readonly socket: WebSocket;
  readonly heard: readonly string[];
  /** What was heard, without the server's pings. */
  said(): readonly string[];
  /** The close code; undefined while it is open. */
  closed(): number | undefined;
}

function openWire(query: string, path: Path = "engine.io"): Wire {
  const socket = new WebSocket(`ws://localhost:${server.port}/${path}/?${query}`);
  const heard: string[] = [];
  let code: number | undefined;
  socket.addEventListener("message", ({ data }) => void heard.push(String(data)));
  socket.addEventListener("close", (event) => {
    code = event.code;
  });
  return {
    socket,
    heard,
    said: () => heard.filter((packet) => packet !== "2"),
    closed: () => code,
  };
}

async function openSocket(path: Path = "engine.io"): Promise<Wire> {
  const wire = openWire("EIO=4&transport=websocket", path);
  await eventually(() => wire.heard.length > 0);
  return wire;
}

/** Connected to the main namespace. */
async function openTalk(): Promise<Wire> {
  const wire = await openSocket("socket.io");
  wire.socket.send("40");
  await eventually(() => wire.said().length === 3);
  return wire;
}

/** A session that began with polling and has its WebSocket. */
async function openUpgraded(): Promise<{ readonly session: Session; readonly wire: Wire }> {
  const session = await openPolling();
  const wire = await probe(session);
  wire.socket.send("5");
  wire.socket.send("4there");
  await eventually(() => wire.said().includes("4there"));
  return { session, wire };
}

async function probe(session: Session): Promise<Wire> {
  const wire = openWire(`EIO=4&transport=websocket&sid=${session.sid}`);
  await eventually(() => wire.socket.readyState === WebSocket.OPEN);
  wire.socket.send("2probe");
  await eventually(() => wire.heard.includes("3probe"));
  return wire;
}

describe("opening", () => {
  test("a session says its id, its upgrades and its limits, on both transports", async () => {
    const polled = await (await ask("EIO=4&transport=polling")).text();
    const wire = await openSocket();

    const limits = { pingInterval: 300, pingTimeout: 200, maxPayload: 1_000_000 };
    const sid = expect.stringMatching(/^[\w-]{20}$/);
    expect(parseOpen(polled.slice(1))).toEqual({ sid, upgrades: ["websocket"], ...limits });
    expect(parseOpen((wire.heard[0] ?? "").slice(1))).toEqual({ sid, upgrades: [], ...limits });
    wire.socket.close();
  });

  const refusals = [
    ["no transport", "EIO=4", "GET", 0],
    ["an unknown transport", "EIO=4&transport=pigeon", "GET", 0],
    ["an unknown session", "EIO=4&transport=polling&sid=nobody", "GET", 1],
    ["an unknown session that sends", "EIO=4&transport=polling&sid=nobody", "POST", 1],
    ["a handshake by POST", "EIO=4&transport=polling", "POST", 2],
    ["a handshake by PUT", "EIO=4&transport=polling", "PUT", 2],
    ["no version", "transport=polling", "GET", 5],
    ["an older version", "EIO=3&transport=polling", "GET", 5],
    ["a version that is no number", "EIO=four&transport=polling", "GET", 5],
  ] as const;

  for (const [what, query, method, code] of refusals) {
    test(`${what} is refused: 400 with code ${code}`, async () => {
      const response = await ask(query, { method });

      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code });
    });
  }

  test("a WebSocket that asks for nothing we know is never opened", async () => {
    const wires = [
      "transport=websocket",
      "EIO=3&transport=websocket",
      "EIO=4",
      "EIO=4&transport=websocket&sid=nobody",
    ].map((query) => openWire(query));

    await eventually(() => wires.every((wire) => wire.closed() !== undefined));

    expect(wires.flatMap((wire) => wire.heard)).toEqual([]);
  });
});

describe("polling", () => {
  test("several packets of one request are answered in one, in order", async () => {
    const session = await openPolling();

    const sent = await session.post(["4one", "4two", "4three"].join(SEPARATOR));
    const polled = await session.poll();

    expect([sent.status, await sent.text()]).toEqual([200, "ok"]);
    expect(await polled.text()).toBe(["4one", "4two", "4three"].join(SEPARATOR));
  });

  test("a packet that is none ends the session", async () => {
    const session = await openPolling();

    await session.post("what is this");

    expect((await session.poll()).status).toBe(400);
  });

  test("a second poll beside a waiting one ends the session, and the waiting one is told", async () => {
    const session = await openPolling();

    const polls = await Promise.all([session.poll(), session.poll()]);

    const [told, refused] = polls.toSorted((one, other) => one.status - other.status);
    expect([told?.status, await told?.text(), refused?.status]).toEqual([200, "1", 400]);
    expect((await session.poll()).status).toBe(400);
  });

  test("a poll that its client gave up ends the session", async () => {
    const session = await openPolling();
    const giveUp = new AbortController();
    const waiting = session.poll({ signal: giveUp.signal }).catch((error: unknown) => error);
    await session.post("3");

    giveUp.abort();

    expect(await waiting).toHaveProperty("name", "AbortError");
    // Sooner than the heartbeat alone would end it.
    const isGone = async (): Promise<boolean> => (await session.post("3")).status === 400;
    await eventually(isGone, { withinMs: ALIVE_MS / 2 });
  });

  test("a close packet ends the session, and the waiting poll with a noop", async () => {
    const session = await openPolling();

    const [polled] = await Promise.all([session.poll(), session.post("1")]);

    expect(await polled.text()).toBe("6");
    expect((await session.poll()).status).toBe(400);
  });

  test("binary is not taken in", async () => {
    const session = await openPolling();

    const sent = await session.post(`4hello${SEPARATOR}bAQIDBA==`);

    expect(sent.status).toBe(413);
  });
});

describe("heartbeat", () => {
  test("over polling: who answers each ping stays, who does not is gone", async () => {
    const session = await openPolling();
    const silent = await openPolling();

    for (let beat = 0; beat < 3; beat += 1) {
      expect(await (await session.poll()).text()).toBe("2");
      expect((await session.post("3")).status).toBe(200);
    }

    expect((await silent.poll()).status).toBe(400);
  });

  test("over WebSocket: who answers each ping stays, who does not is cut", async () => {
    const began = performance.now();
    const [wire, silent] = await Promise.all([openSocket(), openSocket()]);
    wire.socket.addEventListener("message", ({ data }) => {
      if (data === "2") {
        wire.socket.send("3");
      }
    });

    await eventually(() => silent.closed() !== undefined);

    expect(performance.now() - began).toBeGreaterThanOrEqual(ALIVE_MS - 20);
    await eventually(() => wire.heard.filter((packet) => packet === "2").length === 4);
    expect(wire.closed()).toBeUndefined();
    wire.socket.close();
  });
});

describe("upgrade", () => {
  test("the probe is answered, the waiting poll ends with a noop, and nothing is lost", async () => {
    const session = await openPolling();
    const waiting = session.poll();

    const wire = await probe(session);
    const polled = await (await waiting).text();
    await session.post("4between");
    wire.socket.send("5");
    wire.socket.send("4after");

    await eventually(() => wire.said().includes("4after"));
    expect(polled).toBe("6");
    expect(wire.said()).toEqual(["3probe", "4between", "4after"]);
    wire.socket.close();
  });

  test("a second WebSocket of an upgraded session is opened and closed; the first goes on", async () => {
    const { session, wire } = await openUpgraded();
    let isOpened = false;
    const second = openWire(`EIO=4&transport=websocket&sid=${session.sid}`);
    second.socket.addEventListener("open", () => {
      isOpened = true;
    });

    await eventually(() => second.closed() !== undefined);
    wire.socket.send("4still here");

    await eventually(() => wire.said().includes("4still here"));
    expect([isOpened, second.closed(), second.heard]).toEqual([true, 1_000, []]);
    wire.socket.close();
  });

  test("so is one beside a session that began with a WebSocket", async () => {
    const wire = await openSocket();
    const { sid } = parseOpen((wire.heard[0] ?? "").slice(1));
    const second = openWire(`EIO=4&transport=websocket&sid=${sid}`);

    await eventually(() => second.closed() !== undefined);
    wire.socket.send("4still here");

    await eventually(() => wire.said().includes("4still here"));
    expect(second.closed()).toBe(1_000);
    wire.socket.close();
  });

  test("a second WebSocket during the probe is closed, and the first completes", async () => {
    const session = await openPolling();
    const wire = await probe(session);
    const second = openWire(`EIO=4&transport=websocket&sid=${session.sid}`);

    await eventually(() => second.closed() !== undefined);
    wire.socket.send("5");
    wire.socket.send("4done");

    await eventually(() => wire.said().includes("4done"));
    wire.socket.close();
  });

  test.each([
    ["before it said anything", []],
    ["after its probe was answered", ["2probe"]],
    ["with a packet that is none of an upgrade", ["2probe", "4too early"]],
  ])("a WebSocket that ends %s leaves the session to poll, and to the next", async (_, says) => {
    const session = await openPolling();
    const first = openWire(`EIO=4&transport=websocket&sid=${session.sid}`);
    await eventually(() => first.socket.readyState === WebSocket.OPEN);
    says.forEach((packet) => first.socket.send(packet));
    await eventually(() => says.length === 0 || first.heard.includes("3probe"));
    first.socket.close();
    await eventually(() => first.closed() !== undefined);
    await session.post("4between");
    const polled = await (await session.poll()).text();

    const second = await probe(session);
    second.socket.send("5");
    second.socket.send("4after");

    await eventually(() => second.said().includes("4after"));
    expect(polled).toContain("4between");
    second.socket.close();
  });

  test("of two WebSockets after one that failed, the later is closed", async () => {
    const session = await openPolling();
    const failed = await probe(session);
    failed.socket.close();
    await eventually(() => failed.closed() !== undefined);
    const wire = await probe(session);
    const later = openWire(`EIO=4&transport=websocket&sid=${session.sid}`);

    await eventually(() => later.closed() !== undefined);
    wire.socket.send("5");
    wire.socket.send("4done");

    await eventually(() => wire.said().includes("4done"));
    wire.socket.close();
  });

  test("an upgraded session is polled no more", async () => {
    const { session, wire } = await openUpgraded();

    const responses = await Promise.all([session.poll(), session.post("4lost")]);
    wire.socket.send("4kept");

    await eventually(() => wire.said().includes("4kept"));
    expect(responses.map(({ status }) => status)).toEqual([400, 400]);
    expect(wire.said()).not.toContain("4lost");
    wire.socket.close();
  });
});

describe("frames", () => {
  const cuts: readonly (readonly [string, string | Uint8Array])[] = [
    ["a close packet", "1"],
    ["a packet that is none", "what is this"],
    ["a binary frame", new Uint8Array([1, 2, 3])],
    ["binary as text", "bAQIDBA=="],
  ];

  for (const [what, frame] of cuts) {
    test(`${what} ends the connection`, async () => {
      const wire = await openSocket();

      wire.socket.send(frame);

      await eventually(() => wire.closed() !== undefined);
      expect(wire.said()).toHaveLength(1);
    });
  }
});

describe("talk", () => {
  test("CONNECT is answered with an id, and its payload is who came", async () => {
    const wire = await openSocket("socket.io");

    wire.socket.send('40{"name":"Ann"}');

    await eventually(() => wire.said().length === 3);
    expect(wire.said()[1]).toMatch(/^40\{"sid":"[\w-]+"\}$/);
    expect(wire.said()[2]).toBe('42["auth",{"name":"Ann"}]');
    wire.socket.close();
  });

  test("an unknown namespace is refused by a message, and the connection lives", async () => {
    const wire = await openTalk();

    wire.socket.send("40/nowhere");
    wire.socket.send('42["message","x"]');

    await eventually(() => wire.said().length === 5);
    expect(wire.said().slice(3)).toEqual([
      '44/nowhere,{"message":"Invalid namespace"}',
      '42["message-back","x"]',
    ]);
    wire.socket.close();
  });

  test("leaving one namespace leaves the other", async () => {
    const wire = await openTalk();
    wire.socket.send("40/custom,{}");
    await eventually(() => wire.said().length === 5);

    wire.socket.send("41/custom,");
    wire.socket.send('42["message",1]');

    await eventually(() => wire.said().length === 6);
    expect(wire.said()[5]).toBe('42["message-back",1]');
    wire.socket.close();
  });

  test("what asks for an acknowledgement gets it under its own id", async () => {
    const wire = await openTalk();

    wire.socket.send('42907["message-with-ack",1,{"two":[true,null]}]');

    await eventually(() => wire.said().length === 4);
    expect(wire.said()[3]).toBe('43907[1,{"two":[true,null]}]');
    wire.socket.close();
  });

  const cuts: readonly (readonly [string, string])[] = [
    ["an unknown packet", "4x"],
    ["an event of no array", '42{"message":1}'],
    ["an acknowledgement's id that is no number", '42x1["message-with-ack",1]'],
    ["a binary event", '451-["message",{"_placeholder":true,"num":0}]'],
    ["a second CONNECT", "40"],
  ];

  for (const [what, packet] of cuts) {
    test(`${what} ends the connection`, async () => {
      const wire = await openTalk();

      wire.socket.send(packet);

      await eventually(() => wire.closed() !== undefined);
      expect(wire.said()).toHaveLength(3);
    });
  }

  test("an event before CONNECT, and silence instead of it, end the connection", async () => {
    const [early, silent] = await Promise.all([openSocket("socket.io"), openSocket("socket.io")]);

    early.socket.send('42["message",1]');

    await eventually(() => early.closed() !== undefined && silent.closed() !== undefined);
    expect([early.said().length, silent.said().length]).toEqual([1, 1]);
  });
});

interface Opened {
  readonly sid: string;
  readonly upgrades: readonly string[];
}

function parseOpen(json: string): Opened {
  return JSON.parse(json) as Opened;
}
