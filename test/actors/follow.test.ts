/** Watching: everything after the look, in order, without a gap, and nothing twice. */
import { describe, expect, test } from "bun:test";
import type { Follower } from "../../actors/reply.ts";
import { StoreUnreachable, type Subscription } from "../../actors/store.ts";
import { ADDRESS, born, misbehaving, openWorld, saying } from "../support/nodes.ts";
import { thrownBy } from "../support/failure.ts";

const add = { type: "add", n: 1 };

interface Heard extends Follower {
  readonly seqs: number[];
  resets: number;
}

function listener(): Heard {
  const heard: Heard = {
    seqs: [],
    resets: 0,
    onRecord: (record) => heard.seqs.push(record.seq),
    onReset: () => {
      heard.resets += 1;
    },
  };
  return heard;
}

describe("a follower", () => {
  test("C10: hears every record after the look, from any node, in order", async () => {
    const world = await openWorld();
    const [one, two] = [world.node(), world.node()];
    await born(world, one);
    await world.during(one.send(ADDRESS, saying(add)));
    const heard = listener();

    const following = await world.during(two.follow(ADDRESS, heard));
    await world.during(
      Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          (index % 2 === 0 ? one : two).send(ADDRESS, saying(add)),
        ),
      ),
    );
    await world.clock.advance(10);

    expect(following?.look.seq).toBe(2);
    expect(heard.seqs).toEqual(Array.from({ length: 40 }, (_, index) => index + 3));
    expect(heard.resets).toBe(0);
  });

  test("C10: nothing falls between the look and the first record, whatever commits meanwhile", async () => {
    for (let lateMs = 0; lateMs < 8; lateMs += 1) {
      const world = await openWorld();
      const writer = world.node();
      await born(world, writer);
      const slow = misbehaving(world.store, {
        load: async (address) => {
          const found = await world.store.load(address);
          await new Promise<void>((resolve) => {
            world.clock.after(lateMs, resolve);
          });
          return found;
        },
      });
      const heard = listener();
      const following = world.during(world.node({ store: slow }).follow(ADDRESS, heard));
      const writes = Promise.all(
        Array.from({ length: 10 }, () => writer.send(ADDRESS, saying(add))),
      );

      const seq = (await following)?.look.seq ?? 0;
      await world.during(writes);
      await world.clock.advance(20);

      const expected = Array.from({ length: 11 - seq }, (_, index) => seq + 1 + index);
      expect({ lateMs, seqs: heard.seqs }).toEqual({ lateMs, seqs: expected });
    }
  });

  test("hears nothing in the tick in which it was told where it begins", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    const heard = listener();
    let heardAtOnce = -1;

    const following = runtime.follow(ADDRESS, heard).then((answer) => {
      heardAtOnce = heard.seqs.length;
      return answer;
    });
    const write = runtime.send(ADDRESS, saying(add));
    const seq = (await world.during(following))?.look.seq ?? 0;
    await world.during(write);
    await world.clock.advance(5);

    expect(heardAtOnce).toBe(0);
    expect(heard.seqs).toEqual(seq === 1 ? [2] : []);
  });

  test("hears nothing any more when it has stopped", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    const [stays, goes] = [listener(), listener()];
    await world.during(runtime.follow(ADDRESS, stays));
    const following = await world.during(runtime.follow(ADDRESS, goes));
    await world.during(runtime.send(ADDRESS, saying(add)));
    await world.clock.advance(5);

    following?.stop();
    await world.during(runtime.send(ADDRESS, saying(add)));
    await world.clock.advance(5);

    expect(goes.seqs).toEqual([2]);
    expect(stays.seqs).toEqual([2, 3]);
  });

  test("of an actor that is not there is told so", async () => {
    const world = await openWorld();

    const following = await world.during(world.node().follow(ADDRESS, listener()));

    expect(following).toBeUndefined();
  });

  test("a gap that the store cannot explain is a reset, never silence", async () => {
    const world = await openWorld();
    const runtime = world.node({
      store: misbehaving(world.store, {
        subscribe: (address, subscription) =>
          world.store.subscribe(address, {
            ...subscription,
            onRecords: (records) => subscription.onRecords(records.filter(({ seq }) => seq !== 3)),
          }),
      }),
    });
    await born(world, runtime);
    const heard = listener();
    await world.during(runtime.follow(ADDRESS, heard));
    await world.clock.advance(5);

    for (let count = 0; count < 4; count += 1) {
      await world.during(runtime.send(ADDRESS, saying(add)));
    }
    await world.clock.advance(5);

    expect(heard.seqs).toEqual([2, 5]);
    expect(heard.resets).toBe(1);
  });

  test("hears nothing after it stopped, not even what waited for it to begin", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    const heard = listener();

    const following = runtime.follow(ADDRESS, heard).then((answer) => answer?.stop());
    const writes = Promise.all([1, 2, 3].map(() => runtime.send(ADDRESS, saying(add))));
    await world.during(Promise.all([following, writes]));
    await world.clock.advance(5);

    expect(heard.seqs).toEqual([]);
  });

  test("that throws keeps nothing from the others", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    const heard = listener();
    const faulty: Follower = {
      onRecord: () => {
        throw new Error("a follower's bug");
      },
      onReset: () => undefined,
    };
    await world.during(runtime.follow(ADDRESS, faulty));
    await world.during(runtime.follow(ADDRESS, heard));
    await world.clock.advance(5);

    await world.during(runtime.send(ADDRESS, saying(add)));

    expect(heard.seqs).toEqual([2]);
    expect(world.log.events.map(({ event }) => event)).toContain("follower.threw");
  });

  test("C1: hears of another history from its first record on, after a reset", async () => {
    const world = await openWorld();
    const told: Subscription[] = [];
    const runtime = world.node({
      store: misbehaving(world.store, {
        subscribe: (address, subscription) => {
          told.push(subscription);
          return world.store.subscribe(address, subscription);
        },
      }),
    });
    await born(world, runtime);
    for (let count = 0; count < 4; count += 1) {
      await world.during(runtime.send(ADDRESS, saying(add)));
    }
    const heard = listener();
    await world.during(runtime.follow(ADDRESS, heard));
    await world.clock.advance(5);
    const early = await world.store.records(ADDRESS, 1, 2);

    told[0]?.onReset();
    told[0]?.onRecords(early);

    expect(heard.resets).toBe(1);
    expect(heard.seqs).toEqual([2, 3]);
  });

  test("hears of a reset that came before it was told where it begins, right after", async () => {
    const world = await openWorld();
    let subscription: Subscription | undefined;
    const runtime = world.node({
      store: misbehaving(world.store, {
        subscribe: async (address, given) => {
          subscription = given;
          return world.store.subscribe(address, given);
        },
        confirm: async (...asked) => {
          subscription?.onReset();
          return world.store.confirm(...asked);
        },
      }),
    });
    await born(world, runtime);
    const heard = listener();

    const resetsAtOnce = runtime.follow(ADDRESS, heard).then(() => heard.resets);
    const early = await world.during(resetsAtOnce);
    await world.clock.advance(5);

    expect(early).toBe(0);
    expect(heard.resets).toBe(1);
  });

  test("of a subscription that failed leaves the next one alone", async () => {
    const world = await openWorld();
    const fail: (() => void)[] = [];
    let stopped = 0;
    const runtime = world.node({
      store: misbehaving(world.store, {
        subscribe: async (address, given) => {
          if (fail.length === 0) {
            await new Promise<void>((_resolve, reject) => {
              fail.push(() => reject(new StoreUnreachable("cut")));
            });
          }
          const stop = await world.store.subscribe(address, given);
          return () => {
            stopped += 1;
            stop();
          };
        },
      }),
    });
    await born(world, runtime);
    const first = runtime.follow(ADDRESS, listener());
    fail.forEach((each) => each());
    expect(await thrownBy(world.during(first))).toThrow("cut");

    const heard = listener();
    const second = await world.during(runtime.follow(ADDRESS, heard));
    await world.clock.advance(5);
    await world.during(runtime.send(ADDRESS, saying(add)));
    second?.stop();
    await world.clock.advance(5);

    expect(heard.seqs).toEqual([2]);
    expect(stopped).toBe(1);
  });
});
