/** A live class in two groups: p1 and p2 are Reds, p3 is a Blue. */
import type { JsonObject } from "../../machines/json.ts";
import { type Classroom, HOST, type Options, liveClass } from "./classroom.ts";
import { groupIds } from "./stage.ts";
import { leafIn } from "./state.ts";

export function split(fields: JsonObject = {}, options: Options = {}): Classroom {
  const room = liveClass(options);
  room.must(HOST, {
    type: "groups.plan",
    strategy: "by-hand",
    groups: [
      { name: "Reds", participantIds: ["p1", "p2"] },
      { name: "Blues", participantIds: ["p3"] },
    ],
  });
  room.must(HOST, { type: "groups.open", ...fields });
  return room;
}

/** A round of the group at this place; its id. */
export function ask(room: Classroom, index: number, fields: JsonObject = {}): string {
  const groupId = groupIds(room)[index] ?? "";
  room.must(HOST, { type: "round.open", stepId: "single", groupId, ...fields });
  return room.context.grouping?.groups[index]?.round?.roundId ?? "";
}

export function grouping(room: Classroom): string {
  return leafIn(room.living.state, "grouping");
}
