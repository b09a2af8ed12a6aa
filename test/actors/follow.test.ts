/** Watching: everything after the look, in order, without a gap, and nothing twice. */
import { describe, expect, test } from "bun:test";
import type { Follower } from "../../actors/runtime.ts";
import { ADDRESS, born, misbehaving, openWorld, saying } from "../support/nodes.ts";

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
});
