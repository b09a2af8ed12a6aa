/** How many rounds a session holds: of the class, and of its groups, each a number of their own. */
import { expect, test } from "bun:test";
import { GROUP_ROUNDS_MAX, ROUNDS_MAX } from "../../machines/learning-session/refusal-of-round.ts";
import { STORED_BYTES_MAX, storedBytes } from "../../machines/learning-session/size.ts";
import { Classroom, HOST, guest, join } from "./classroom.ts";
import { groupIds } from "./stage.ts";

const GROUPS = 6;
const QUESTIONS = 40;

function classInGroups(seats = GROUPS): Classroom {
  const room = new Classroom({ settings: { graceMs: 0, seatsMax: 500 } });
  room.must(HOST, { type: "session.open-lobby" });
  for (let n = 0; n < seats; n += 1) {
    const id = `s${n}`.padEnd(36, "-");
    join(room, { id, userId: null, by: guest(id) });
  }
  room.must(HOST, { type: "session.start" });
  split(room);
  return room;
}

function split(room: Classroom): void {
  room.must(HOST, { type: "groups.plan", strategy: "random", count: GROUPS });
  room.must(HOST, { type: "groups.open" });
}

/** Opened and closed again; or the code of the refusal. */
function ask(room: Classroom, groupId?: string): string {
  const group = groupId === undefined ? {} : { groupId };
  const verdict = room.verdict(HOST, { type: "round.open", stepId: "single", ...group });
  if (verdict === "accepted") {
    const { grouping, round } = room.context;
    const opened = grouping?.groups.find((each) => each.groupId === groupId)?.round ?? round;
    room.must(HOST, { type: "round.close", roundId: opened?.roundId ?? "" });
    room.pass(1);
  }
  return verdict;
}

function askAll(room: Classroom, times: number): ReadonlySet<string> {
  const ids = groupIds(room);
  return new Set(Array.from({ length: times }, (_, n) => ask(room, ids[n % ids.length])));
}

test("six groups with forty questions each leave the class all of its rounds", () => {
  const room = classInGroups();
  expect(askAll(room, GROUPS * QUESTIONS)).toEqual(new Set(["accepted"]));
  room.must(HOST, { type: "groups.recall" });
  room.pass(120_000);
  const ofClass = Array.from({ length: ROUNDS_MAX }, () => ask(room));
  expect(new Set(ofClass)).toEqual(new Set(["accepted"]));
  ask(room);
  expect(ask(room)).toBe("not-accepted");
  split(room);
  expect(ask(room, groupIds(room)[0])).toBe("accepted");
});

test("the groups' own number has an end, also for groups that are made anew", () => {
  const room = classInGroups();
  expect(askAll(room, GROUP_ROUNDS_MAX)).toEqual(new Set(["accepted"]));
  room.must(HOST, { type: "groups.recall" });
  room.pass(120_000);
  split(room);
  expect(ask(room, groupIds(room)[0])).toBe("not-accepted");
  room.must(HOST, { type: "groups.recall" });
  room.pass(120_000);
  expect(ask(room)).toBe("accepted");
});

test("what rounds add to the snapshot is estimated from above, with the members of each group's round", () => {
  const room = classInGroups(240);
  const before = storedBytes(room.context) - JSON.stringify(room.living.persist()).length;
  askAll(room, GROUPS * QUESTIONS);
  const after = storedBytes(room.context) - JSON.stringify(room.living.persist()).length;
  expect(after).toBeGreaterThanOrEqual(before);
  expect(storedBytes(room.context)).toBeLessThan(STORED_BYTES_MAX);
});
