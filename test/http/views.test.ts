/** Views: one for all who stand in the same place at the same seq, and another after a record. */
import { expect, test } from "bun:test";
import { parseParticipantId } from "../../machines/ids.ts";
import type { Standing } from "../../machines/principal.ts";
import { viewOf } from "../../src/views.ts";
import { TallyLiving } from "../support/tally.ts";

const PLACE = { actor: "session/a1", publicUrl: () => "http://127.0.0.1" };
const HOST: Standing = { role: "host", audience: "hosts", since: 1 };
const TALLY = { total: 0, lastAt: 0, heard: [], over: false, connections: [] };

class Watched extends TallyLiving {
  made = 0;

  override view() {
    this.made += 1;
    return { made: this.made };
  }
}

function student(name: string, since: number): Standing {
  return { role: "student", audience: "class", since, participantId: parseParticipantId(name) };
}

test("a view is made once for a standing, and by itself for every other", () => {
  const living = new Watched(TALLY);

  expect(viewOf(living, HOST, PLACE)).toBe(viewOf(living, { ...HOST }, PLACE));
  expect(viewOf(living, HOST, PLACE)).toEqual({ id: "a1", made: 1 });
  expect(viewOf(living, student("p1", 2), PLACE)).toEqual({ id: "a1", made: 2 });
  expect(viewOf(living, student("p2", 2), PLACE)).toEqual({ id: "a1", made: 3 });
  expect(viewOf(living, student("p2", 3), PLACE)).toEqual({ id: "a1", made: 4 });
  expect(viewOf(living, { ...HOST, audience: "own" }, PLACE)).toEqual({ id: "a1", made: 5 });
});

test("the next snapshot has views of its own", () => {
  const [living, next] = [new Watched(TALLY), new Watched(TALLY)];

  viewOf(living, HOST, PLACE);
  viewOf(next, HOST, PLACE);

  expect([living.made, next.made]).toEqual([1, 1]);
});
