/** A drain seen from a socket: what was asked is answered, what comes later is sent elsewhere. */
import { expect, test } from "bun:test";
import { openDoor } from "../support/door.ts";
import { eventually } from "../support/eventually.ts";
import { misbehaving } from "../support/nodes.ts";

test("DR2: what is under way is answered before the bye, what comes later is `draining`", async () => {
  const gate = Promise.withResolvers<void>();
  let begun = 0;
  const door = await openDoor({
    through: (runtime) =>
      misbehaving(runtime, {
        follow: async (...args) => {
          begun += 1;
          await gate.promise;
          return runtime.follow(...args);
        },
      }),
  });
  const actor = await door.born();
  const talker = await door.connect();
  const under = talker.ask("watch", { actor });
  await eventually(() => begun === 1);

  const closing = door.channels.close({ reason: "draining", retryAfterMs: 7 });
  const later = await talker.ask("watch", { actor });
  for (let more = 0; more < 20; more += 1) {
    await talker.ask("unwatch", { actor });
  }
  const byesBefore = talker.of("bye").length;
  gate.resolve();
  const answer = await under;
  await closing;

  expect(later).toMatchObject({ ok: false, problem: { code: "draining", retryAfterMs: 7 } });
  expect(byesBefore).toBe(0);
  expect(answer).toMatchObject({ ok: true, actor });
  await eventually(() => talker.of("bye").length === 1);
  await door.close();
});
