/** Input that no client of ours sends: each is answered or cut, and everybody else goes on. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Code } from "../../machines/refusal.ts";
import { type Door, openDoor } from "../support/door.ts";
import { eventually } from "../support/eventually.ts";
import type { Talker } from "../support/talker.ts";

let door: Door;
let actor: string;
let talker: Talker;
let bystander: Talker;

beforeAll(async () => {
  door = await openDoor();
  actor = await door.born();
  talker = await door.connect();
  bystander = await door.connect();
  await bystander.ask("watch", { actor });
});

afterAll(async () => {
  talker.close();
  bystander.close();
  await door.close();
});

/** The class goes on: a bystander still hears of a command. */
async function expectLife(): Promise<void> {
  const before = bystander.of("record").length;
  const sender = await door.connect();
  await sender.ask("send", { actor, command: { type: "add", n: 1 } });
  await eventually(() => bystander.of("record").length > before);
  sender.close();
}

describe("a payload that is wrong", () => {
  const command = { type: "add", n: 1 };
  const cases: readonly (readonly [string, string, unknown, Code, string])[] = [
    ["no object", "watch", "session/x", "malformed", ""],
    ["null", "watch", null, "malformed", ""],
    ["an array", "watch", ["session/x"], "invalid", ""],
    ["a missing actor", "watch", {}, "invalid", "/actor"],
    ["a wrong type", "watch", { actor: 7 }, "invalid", "/actor"],
    ["an unknown field", "watch", { actor: "session/x", rooms: 1 }, "invalid", "/rooms"],
    ["a negative after", "watch", { actor: "session/x", after: -1 }, "invalid", "/after"],
    ["a fraction", "watch", { actor: "session/x", after: 1.5 }, "invalid", "/after"],
    ["an unknown as", "watch", { actor: "session/x", as: "rows" }, "invalid", "/as"],
    ["a NUL", "watch", { actor: "session/x\u0000" }, "invalid", "/actor"],
    ["a lone surrogate", "send", { actor: "s\ud800", id: "1", command }, "invalid", "/actor"],
    ["no command", "send", { actor: "session/x", id: "1" }, "invalid", "/command"],
    ["an empty id", "send", { actor: "session/x", id: "", command }, "invalid", "/id"],
    ["a long id", "send", { actor: "session/x", id: "i".repeat(201), command }, "invalid", "/id"],
    ["no token", "authenticate", {}, "invalid", "/token"],
    ["an unknown field", "unwatch", { actor: "session/x", all: true }, "invalid", "/all"],
  ];

  for (const [what, event, payload, code, path] of cases) {
    test(`${event} with ${what} is refused: ${code} ${path}`, async () => {
      const answer = await talker.ask(event, payload);

      expect(answer.ok).toBe(false);
      expect(answer.problem.code).toBe(code);
      if (path !== "") {
        expect(answer.problem.errors?.map((error) => error.path)).toContain(path);
      }
    });
  }

  test("__proto__, NUL, depth and unknown fields inside a command are refused by path", async () => {
    const deep = JSON.parse(`${"[".repeat(5_000)}${"]".repeat(5_000)}`);
    const proto = JSON.parse('{"type":"add","n":1,"__proto__":{"admin":true}}');
    const send = (command: unknown) => talker.ask("send", { actor, id: "h", command });

    const answers = [
      await send({ type: "add", n: deep }),
      await send(proto),
      await send({ type: "add", n: 1, note: "a\u0000b" }),
      await send({ type: "add", n: "1" }),
      await send({ type: "add", n: 1, admin: true }),
      await send({ type: "fly" }),
      await send({}),
    ];

    const paths = answers.map(({ problem }) => problem.errors?.[0]?.path.slice(0, 18));
    expect(new Set(answers.map(({ problem }) => problem.code))).toEqual(new Set(["invalid"]));
    expect(paths.slice(1)).toEqual([
      "/command/__proto__",
      "/command/note",
      "/n",
      "/admin",
      "/type",
      "/type",
    ]);
    await expectLife();
  });

  test("too many arguments, and a payload of nothing, are malformed", async () => {
    const two = await talker.ask("watch", { actor }, { actor });
    const none = await talker.ask("watch");

    expect([two.problem.code, none.problem.code]).toEqual(["malformed", "malformed"]);
  });

  test("events without a callback and events that do not exist are ignored", async () => {
    talker.socket.emit("watch", { actor });
    talker.socket.emit("send", { actor, command: { type: "add", n: 1 } });
    talker.socket.emit("fly", { actor }, () => undefined);
    talker.socket.emit("error", new Error("x"));
    talker.socket.emit("__proto__", {});

    const answer = await talker.ask("unwatch", { actor });

    expect(answer.ok).toBe(true);
    await expectLife();
  });
});

describe("sizes", () => {
  test("up to 64 KiB is processed, up to 1 MiB refused too-large, and the connection lives", async () => {
    const sender = await door.connect();
    const send = (bytes: number) =>
      sender.ask("send", { actor, id: "b", command: { type: "fly", text: "x".repeat(bytes) } });

    const [small, large, huge] = [await send(60_000), await send(66_000), await send(1_000_000)];

    expect(small.problem.code).toBe("invalid");
    expect(large.problem).toMatchObject({ code: "too-large", status: 413 });
    expect(huge.problem.code).toBe("too-large");
    expect(sender.ended()).toBeUndefined();
    sender.close();
  });

  test("size is counted in bytes, not in characters", async () => {
    const sender = await door.connect();
    const command = { type: "fly", text: "é".repeat(40_000) };

    const answer = await sender.ask("send", { actor, id: "b", command });

    expect(answer.problem.code).toBe("too-large");
    sender.close();
  });

  test("above 1 MiB the connection is cut, and only that one", async () => {
    const sender = await door.connect();

    sender.socket.emit("send", { text: "x".repeat(1_100_000) }, () => undefined);

    await eventually(() => sender.ended() !== undefined);
    await expectLife();
  });

  test("over polling the same sizes hold", async () => {
    const sender = await door.connect({}, { transports: ["polling"] });
    const command = { type: "fly", text: "x".repeat(100_000) };

    const answer = await sender.ask("send", { actor, id: "b", command });
    const body = "4".padEnd(1_100_000, "x");
    const query = "?EIO=4&transport=polling&sid=nobody";
    const cut = await fetch(`${door.url}/socket.io/${query}`, { method: "POST", body });

    expect(answer.problem.code).toBe("too-large");
    expect(cut.status).toBeGreaterThanOrEqual(400);
    sender.close();
  });

  test("one request over polling holds at most a thousand packets, whoever sends it", async () => {
    const address = `${door.url}/socket.io/?EIO=4&transport=polling`;
    const [, sid = ""] = /"sid":"([^"]+)"/.exec(await (await fetch(address)).text()) ?? [];
    const post = async (packets: readonly string[]) => {
      const body = packets.join("\u001e");
      return (await fetch(`${address}&sid=${sid}`, { method: "POST", body })).status;
    };
    const connects = Array.from({ length: 1_001 }, () => '40{"token":"nobody"}');

    expect(await post(connects)).toBe(413);
    expect(await post(connects.slice(1))).toBe(200);
  });
});

describe("frames that are none", () => {
  const frames: readonly (readonly [string, string | Uint8Array])[] = [
    ["nothing", ""],
    ["garbage", "hello"],
    ["an unknown packet", "49"],
    ["an event without JSON", "42["],
    ["an event of no array", '42{"a":1}'],
    ["a reserved event", '42["disconnect"]'],
    ["a binary event", '451-["send",{"_placeholder":true,"num":0}]'],
    ["a binary acknowledgement", "461-0[]"],
    ["a binary frame", new Uint8Array([1, 2, 3])],
    ["deep JSON", `42["watch",${"[".repeat(30_000)}${"]".repeat(30_000)}]`],
    ["an unknown namespace", "40/admin,{}"],
    ["a second CONNECT", "40{}"],
    ["an acknowledgement nobody asked for", "437[1]"],
  ];

  for (const [what, frame] of frames) {
    test(`${what}: the others go on`, async () => {
      const other = await door.connect();
      const raw = await rawSocket();

      raw.send(frame);

      await expectLife();
      expect(other.ended()).toBeUndefined();
      raw.close();
      other.close();
    });
  }

  test("a second CONNECT on one connection is no second socket", async () => {
    const token = await door.token();
    const raw = new WebSocket(
      `${door.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`,
    );
    const heard: string[] = [];
    raw.addEventListener("message", ({ data }) => void heard.push(String(data)));
    await eventually(() => heard.length === 1);
    const before = door.channels.size();

    for (let n = 0; n < 5; n += 1) {
      raw.send(`40${JSON.stringify({ token })}`);
    }

    await eventually(() => heard.some((packet) => packet.startsWith("40")));
    await eventually(() => heard.filter((packet) => packet.startsWith("44")).length === 4);
    expect(door.channels.size()).toBe(before + 1);
    raw.close();
  });
});

async function rawSocket(): Promise<WebSocket> {
  const url = `${door.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`;
  const raw = new WebSocket(url);
  const heard: string[] = [];
  raw.addEventListener("message", ({ data }) => void heard.push(String(data)));
  await eventually(() => heard.length === 1);
  raw.send(`40${JSON.stringify({ token: await door.token() })}`);
  await eventually(() => heard.length >= 2);
  return raw;
}
