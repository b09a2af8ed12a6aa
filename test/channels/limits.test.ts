/** The limits of a connection: what is over them is refused or cut, and nothing grows. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Door, asGuest, openDoor } from "../support/door.ts";
import { systemClock } from "../../src/platform.ts";
import { eventually } from "../support/eventually.ts";
import { connectDeaf } from "../support/deaf.ts";

let door: Door;

beforeAll(async () => {
  door = await openDoor({ limits: { unreadBytesMax: 65_536, slowByeMs: 100 } });
});

afterAll(() => door.close());

describe("rates", () => {
  test("over 50 commands a second: rate-limited with retryAfterMs, and the connection stays", async () => {
    const actor = await door.born();
    const talker = await door.connect();
    const startedAt = systemClock.now();

    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, n) =>
        talker.ask("send", { actor, id: `r${n}`, command: { type: "add", n: 1 } }),
      ),
    );

    const refused = answers.filter((answer) => !answer.ok);
    const codes = new Set(refused.map(({ problem }) => `${problem.status} ${problem.code}`));
    const refilled = Math.ceil((50 * (systemClock.now() - startedAt)) / 1_000);
    const accepted = answers.length - refused.length;
    expect(accepted).toBeGreaterThanOrEqual(50);
    expect(accepted).toBeLessThanOrEqual(51 + refilled);
    expect([...codes]).toEqual(["429 rate-limited"]);
    expect(refused[0]?.problem.retryAfterMs).toBeGreaterThan(0);
    expect(talker.ended()).toBeUndefined();
    talker.close();
  });

  test("what was refused for its rate goes through after retryAfterMs, with the same id", async () => {
    const actor = await door.born();
    const talker = await door.connect();
    const send = (n: number) =>
      talker.ask("send", { actor, id: `w${n}`, command: { type: "add", n: 1 } });
    await Promise.all(Array.from({ length: 70 }, (_, n) => send(n)));

    const answer = await eventually(async () => {
      const again = await send(69);
      return again.ok ? again : undefined;
    });

    expect(answer.ok).toBe(true);
    talker.close();
  });
});

describe("watches", () => {
  test("64 actors a connection; the next is refused until one is unwatched", async () => {
    const actors = await Promise.all(Array.from({ length: 65 }, () => door.born()));
    const talker = await door.connect();
    const [first = "", ...others] = actors;
    for (const actor of others) {
      await talker.ask("watch", { actor });
    }

    const over = await talker.ask("watch", { actor: first });
    const again = await talker.ask("watch", { actor: others[0] });
    await talker.ask("unwatch", { actor: others[0] });
    const then = await talker.ask("watch", { actor: first });

    expect(over.problem.code).toBe("not-accepted");
    expect([again.ok, then.ok]).toEqual([true, true]);
    talker.close();
  });
});

describe("a slow reader", () => {
  test("is cut once it left too much unread, and the others go on", async () => {
    const actor = await door.born();
    const [teacher, reader] = [await door.connect(), await door.connect(asGuest("bob", actor))];
    await reader.ask("watch", { actor });
    const deaf = await connectDeaf(door.url, await door.token(asGuest("ann", actor)));
    const connected = door.channels.size();

    await eventually(
      () => {
        deaf.ask(`427${JSON.stringify(["watch", { actor }])}`, 500);
        return door.channels.size() < connected;
      },
      { withinMs: 20_000 },
    );

    await teacher.ask("send", { actor, command: { type: "add", n: 1 } });
    await eventually(() => reader.of("record").length === 1);
    expect(door.log.events.map(({ event }) => event)).toContain("channel.slow");
    deaf.close();
    teacher.close();
    reader.close();
  }, 30_000);

  test("over polling: what nobody fetches is bounded in the same way", async () => {
    const actor = await door.born();
    const base = `${door.url}/socket.io/?EIO=4&transport=polling`;
    const opened = await (await fetch(base)).text();
    const { sid } = parseOpen(opened.slice(1));
    const post = (body: string) => fetch(`${base}&sid=${sid}`, { method: "POST", body });
    await post(`40${JSON.stringify({ token: await door.token() })}`);
    await (await fetch(`${base}&sid=${sid}`)).text();
    const connected = door.channels.size();
    const asks = Array(100)
      .fill(`427${JSON.stringify(["watch", { actor }])}`)
      .join("\u001e");

    await eventually(
      async () => {
        await post(asks);
        return door.channels.size() < connected;
      },
      { withinMs: 20_000 },
    );

    expect(door.log.events.filter(({ event }) => event === "channel.slow").length).toBe(2);
  }, 30_000);
});

function parseOpen(json: string): { readonly sid: string } {
  return JSON.parse(json) as { readonly sid: string };
}
