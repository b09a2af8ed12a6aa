/** What a client knows of the server's clock, and what it says when no answer came. */
import { describe, expect, test } from "bun:test";
import { createClient } from "../../src/client/client.ts";
import { Unanswered } from "../../src/client/problems.ts";
import { ServerTime } from "../../src/client/server-time.ts";
import { createFakeClock } from "../support/fake-clock.ts";

/** The server's clock is this far ahead of ours. */
const AHEAD_MS = 60_000;

function at(ms: number): string {
  return new Date(ms + AHEAD_MS).toISOString();
}

describe("the server's time", () => {
  test("is taken from the fastest round trip, and slower ones do not spoil it", async () => {
    const clock = createFakeClock();
    const time = new ServerTime(clock);
    const trip = async (thereMs: number, backMs: number): Promise<void> => {
      const askedAt = clock.now();
      await clock.advance(thereMs);
      const now = at(clock.now());
      await clock.advance(backMs);
      time.heard(askedAt, now);
    };

    await trip(400, 0);
    const slow = time.now() - clock.now();
    await trip(2, 2);
    const fast = time.now() - clock.now();
    await trip(0, 900);

    expect(slow).toBe(AHEAD_MS + 200);
    expect(fast).toBe(AHEAD_MS);
    expect(time.now() - clock.now()).toBe(AHEAD_MS);
  });

  test("an answer without a time changes nothing", () => {
    const clock = createFakeClock();
    const time = new ServerTime(clock);

    time.heard(clock.now(), undefined);
    time.heard(clock.now(), "soon");

    expect(time.now()).toBe(clock.now());
  });
});

describe("a command that nobody answers", () => {
  test("is given up at its deadline, naming the id to send again", async () => {
    const client = createClient({ url: "http://127.0.0.1:9" });
    const store = client.watch("session/x");

    const sent = store.send({ type: "hand.raise" }, { id: "hand-7", deadlineMs: 150 });

    const failure: unknown = await sent.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Unanswered);
    expect(failure).toMatchObject({ id: "hand-7" });
    client.close();
  });
});
