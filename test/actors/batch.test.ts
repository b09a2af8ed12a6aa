/** Batches: what is too large, throws or loses a race hurts nobody else in it. */
import { describe, expect, test } from "bun:test";
import { CommitTooLarge, StoreUnreachable } from "../../actors/store.ts";
import { ADDRESS, born, misbehaving, openWorld, saying, seqOf } from "../support/nodes.ts";
import { totalOf } from "../support/tally.ts";

const add = (n: number) => ({ type: "add", n });

describe("a batch", () => {
  test("C12: that is larger than a commit may be is committed in parts", async () => {
    const world = await openWorld();
    const sizes: number[] = [];
    const small = misbehaving(world.store, {
      commit: async (address, commit) => {
        if (commit.records.length > 3) {
          throw new CommitTooLarge("expected at most 3 records");
        }
        sizes.push(commit.records.length);
        return world.store.commit(address, commit);
      },
    });
    const runtime = world.node({ store: small });
    await born(world, runtime);

    const replies = await world.during(
      Promise.all(Array.from({ length: 150 }, () => runtime.send(ADDRESS, saying(add(1))))),
    );

    expect(replies.map(seqOf)).toEqual(Array.from({ length: 150 }, (_, index) => index + 2));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(3);
  });

  test("C12: a single message that is too large is refused, and the others are not", async () => {
    const world = await openWorld();
    const small = misbehaving(world.store, {
      commit: async (address, commit) => {
        if (commit.records.some((line) => line.includes('"n":13'))) {
          throw new CommitTooLarge("expected no 13");
        }
        return world.store.commit(address, commit);
      },
    });
    const runtime = world.node({ store: small });
    await born(world, runtime);

    const replies = await world.during(
      Promise.all([1, 13, 2].map((n) => runtime.send(ADDRESS, saying(add(n))))),
    );

    expect(replies.map(seqOf)).toEqual([2, "too-large", 3]);
  });

  test("C22: many messages on which the machine throws do not turn the others away", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);

    const poison = Array.from({ length: 60 }, () =>
      runtime.send(ADDRESS, saying({ type: "throw" })),
    );
    const good = runtime.send(ADDRESS, saying(add(5)));
    const replies = await world.during(Promise.all([...poison, good]));

    expect(new Set(replies.slice(0, 60).map(seqOf))).toEqual(new Set(["internal"]));
    expect(seqOf(await good)).toBe(2);
  });

  test("that loses every race is refused busy, and another batch is served", async () => {
    const world = await openWorld();
    let losing = true;
    const unlucky = misbehaving(world.store, {
      commit: async (address, commit) => {
        const envelope = losing ? await world.store.load(address) : undefined;
        return envelope === undefined
          ? world.store.commit(address, commit)
          : { kind: "conflict", envelope };
      },
    });
    const runtime = world.node({ store: unlucky });
    await born(world, runtime);

    const lost = await world.during(runtime.send(ADDRESS, saying(add(1))));
    losing = false;
    const won = await world.during(runtime.send(ADDRESS, saying(add(1))));

    expect([lost, won].map(seqOf)).toEqual(["busy", 2]);
  });

  test("C5: a resend whose record cannot be read fails alone", async () => {
    const world = await openWorld();
    const writer = world.node();
    await born(world, writer);
    await world.during(writer.send(ADDRESS, saying(add(1), { id: "k1" })));
    let away = false;
    const runtime = world.node({
      store: misbehaving(world.store, {
        records: (...asked) =>
          away
            ? Promise.reject(new StoreUnreachable("the log is away"))
            : world.store.records(...asked),
      }),
    });
    await world.during(runtime.look(ADDRESS));
    away = true;

    const resent = runtime.send(ADDRESS, saying(add(1), { id: "k1" })).catch(String);
    const fresh = runtime.send(ADDRESS, saying(add(2), { id: "k2" }));

    expect(seqOf(await world.during(fresh))).toBe(3);
    expect(await world.during(resent)).toContain("the log is away");
  });

  test("C1: finds an actor gone that was there, and wakes it where it sleeps", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    await world.during(runtime.send(ADDRESS, saying(add(1))));
    const other = world.node();
    await world.during(other.stop());
    await world.archive.setResident(ADDRESS, false);
    const head = (await world.archive.find(ADDRESS))?.head ?? "";
    const evicted = await world.store.evict(ADDRESS, head, world.clock.now());

    const reply = await world.during(runtime.send(ADDRESS, saying(add(2))));

    expect(evicted).toBe("evicted");
    expect(seqOf(reply)).toBe(3);
    expect(totalOf((await runtime.look(ADDRESS))?.living)).toBe(3);
  });

  test("a look that took long does not put an older copy in the place of a newer", async () => {
    const world = await openWorld();
    const other = world.node();
    await born(world, other);
    let confirms = 0;
    const runtime = world.node({
      store: misbehaving(world.store, {
        confirm: async (...asked) => {
          const confirmed = await world.store.confirm(...asked);
          confirms += 1;
          if (confirms === 2) {
            await new Promise<void>((resolve) => void world.clock.after(100, resolve));
          }
          return confirmed;
        },
      }),
    });
    await world.during(runtime.look(ADDRESS));
    await world.during(other.send(ADDRESS, saying(add(1))));

    const slow = runtime.look(ADDRESS);
    await world.clock.advance(1);
    await world.during(runtime.send(ADDRESS, saying(add(1))));
    const looked = await world.during(slow);

    expect(looked?.seq).toBe(2);
    expect(runtime.peek(ADDRESS)?.seq).toBe(3);
  });
});
