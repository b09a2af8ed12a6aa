/** Joining a room while records go by: looks that are slow, late, or of a store that went away. */
import { afterEach, describe, expect, test } from "bun:test";
import type { Runtime } from "../../actors/runtime.ts";
import { StoreUnreachable } from "../../actors/store.ts";
import { type Door, asGuest, openDoor } from "../support/door.ts";
import { eventually } from "../support/eventually.ts";
import { misbehaving } from "../support/nodes.ts";

let door: Door;

afterEach(() => door.close());

type Look = Runtime["look"];

/** The real runtime with another `look`, as long as there is one. */
function through(look: () => ((real: Look) => Look) | undefined): (runtime: Runtime) => Runtime {
  return (runtime) =>
    misbehaving(runtime, {
      look: (address) => {
        const real: Look = (each) => runtime.look(each);
        return (look()?.(real) ?? real)(address);
      },
    });
}

async function add(actor: string, times: number): Promise<void> {
  const teacher = await door.connect();
  for (let n = 0; n < times; n += 1) {
    await teacher.ask("send", { actor, command: { type: "add", n } });
  }
  teacher.close();
}

describe("C10: a watch", () => {
  test("that was acknowledged with an old look hears everything since", async () => {
    const gate = Promise.withResolvers<void>();
    let looks = 0;
    door = await openDoor({
      through: through(() => (real) => async (address) => {
        looks += 1;
        const look = await real(address);
        await gate.promise;
        return look;
      }),
    });
    const actor = await door.born();
    const watcher = await door.connect();
    const asked = watcher.ask("watch", { actor });
    await eventually(() => looks === 1);

    await add(actor, 3);
    gate.resolve();

    const { seq } = await asked;
    await eventually(() => watcher.of("record").length === 3);
    expect(seq).toBe(1);
    expect(watcher.of("record").map((record) => record.seq)).toEqual([2, 3, 4]);
    watcher.close();
  });

  test("that was acknowledged with a look newer than what was held hears none of it twice", async () => {
    const gate = Promise.withResolvers<void>();
    let looks = 0;
    door = await openDoor({
      through: through(() => (real) => async (address) => {
        looks += 1;
        await gate.promise;
        return real(address);
      }),
    });
    const actor = await door.born();
    const watcher = await door.connect();
    const asked = watcher.ask("watch", { actor });
    await eventually(() => looks === 1);

    await add(actor, 3);
    gate.resolve();

    const { seq } = await asked;
    await add(actor, 1);
    await eventually(() => watcher.of("record").length > 0);
    expect(seq).toBe(4);
    expect(watcher.of("record").map((record) => record.seq)).toEqual([5]);
    watcher.close();
  });

  test("whose client left before the acknowledgement leaves nothing behind", async () => {
    const gate = Promise.withResolvers<void>();
    let looks = 0;
    door = await openDoor({
      through: through(() => (real) => async (address) => {
        looks += 1;
        await gate.promise;
        return real(address);
      }),
    });
    const actor = await door.born();
    const watcher = await door.connect(asGuest("ann", actor));
    void watcher.socket.emit("watch", { actor }, () => undefined);
    await eventually(() => looks === 1);

    watcher.close();
    await eventually(() => door.channels.size() === 0);
    gate.resolve();

    await add(actor, 1);
    expect(door.log.events.filter(({ level }) => level === "error")).toEqual([]);
  });
});

describe("views", () => {
  test("a change during a slow look is shown by another look", async () => {
    const gates: PromiseWithResolvers<void>[] = [];
    let isSlow = false;
    door = await openDoor({
      through: through(() =>
        isSlow
          ? (real) => async (address) => {
              const look = await real(address);
              const gate = Promise.withResolvers<void>();
              gates.push(gate);
              await gate.promise;
              return look;
            }
          : undefined,
      ),
    });
    const actor = await door.born();
    const board = await door.connect();
    await board.ask("watch", { actor, as: "view" });
    isSlow = true;
    await add(actor, 2);
    await eventually(() => gates.length === 1);
    await add(actor, 3);

    isSlow = false;
    gates[0]?.resolve();

    await eventually(() => board.of("reset").at(-1)?.seq === 6);
    board.close();
  });
});

describe("a subscription that broke", () => {
  test("sends a reset to everybody, and what follows comes once and in order", async () => {
    const followers: Parameters<Runtime["follow"]>[1][] = [];
    door = await openDoor({
      through: (runtime) =>
        misbehaving(runtime, {
          ...through(() => undefined)(runtime),
          follow: (address, follower) => {
            followers.push(follower);
            return runtime.follow(address, follower);
          },
        }),
    });
    const actor = await door.born();
    const [one, two] = [await door.connect(), await door.connect(asGuest("ann", actor))];
    for (const watcher of [one, two]) {
      await watcher.ask("watch", { actor });
    }
    await add(actor, 2);
    await eventually(() => two.of("record").length === 2);

    followers[0]?.onReset();
    await add(actor, 2);

    await eventually(() =>
      [one, two].every(
        (each) => each.of("record").at(-1)?.seq === 5 || each.of("reset").at(-1)?.seq === 5,
      ),
    );
    for (const watcher of [one, two]) {
      const seqs = watcher.heard
        .filter(({ event }) => event !== "delta")
        .map(({ document }) => document.seq);
      expect(watcher.of("reset")).toHaveLength(1);
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
      expect(watcher.of("record").map((record) => record.seq)).toEqual(
        [2, 3, 4, 5].filter((seq) => seq <= 3 || seq > (watcher.of("reset")[0]?.seq ?? 0)),
      );
      watcher.close();
    }
    expect(followers).toHaveLength(2);
  });
});

describe("a store that went away", () => {
  test("a watch is refused unavailable with retryAfterMs, and works again afterwards", async () => {
    let isAway = false;
    door = await openDoor({
      through: through(() =>
        isAway ? () => () => Promise.reject(new StoreUnreachable("away")) : undefined,
      ),
    });
    const actor = await door.born();
    const watcher = await door.connect();

    isAway = true;
    const refused = await watcher.ask("watch", { actor });
    isAway = false;
    const again = await watcher.ask("watch", { actor });

    expect(refused.problem).toMatchObject({ code: "unavailable", status: 503 });
    expect(refused.problem.retryAfterMs).toBeGreaterThan(0);
    expect(again.ok).toBe(true);
    watcher.close();
  });

  test("a view that could not be looked at is shown once the store is back", async () => {
    let isAway = false;
    door = await openDoor({
      through: through(() =>
        isAway ? () => () => Promise.reject(new StoreUnreachable("away")) : undefined,
      ),
    });
    const actor = await door.born();
    const board = await door.connect();
    await board.ask("watch", { actor, as: "view" });

    isAway = true;
    await add(actor, 1);
    isAway = false;

    await eventually(() => board.of("reset").at(-1)?.seq === 2);
    board.close();
  });
});
