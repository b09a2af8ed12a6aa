/** Whom a stored fact reaches, and what of it. */
import { expect, test } from "bun:test";
import { type Fact, reachOf, seenBy } from "../../machines/fact.ts";
import { parseParticipantId } from "../../machines/ids.ts";
import type { Audience, Standing } from "../../machines/principal.ts";

const ann = parseParticipantId("ann");
const ben = parseParticipantId("ben");

const FACT: Fact = {
  type: "round.revealed",
  parts: [
    { to: "everyone", fields: { key: "b", result: null } },
    { to: "hosts", fields: { names: true } },
    { to: reachOf(ann), fields: { result: "right" } },
  ],
};

function standing(audience: Audience, more: Partial<Standing> = {}): Standing {
  return { role: "any", audience, since: 0, ...more };
}

test("LS11: who was admitted later reads nothing that was said to everyone before", () => {
  const late = standing("class", { participantId: ben, since: 10 });

  expect(seenBy(FACT, late, 9)).toBeUndefined();
  expect(seenBy(FACT, late, 10)).toEqual({ type: "round.revealed", key: "b", result: null });
});

test("LS11: who waits or is gone reads what is his own, and nothing else", () => {
  const waiting = standing("own", { participantId: ann });

  expect(seenBy(FACT, waiting, 5)).toEqual({ type: "round.revealed", result: "right" });
  expect(seenBy(FACT, standing("own", { participantId: ben }), 5)).toBeUndefined();
});

test("LS11: hosts, class and board each read the parts that reach them, later over earlier", () => {
  const shared = { type: "round.revealed", key: "b", result: null };

  expect(seenBy(FACT, standing("hosts"), 5)).toEqual({ ...shared, names: true });
  expect(seenBy(FACT, standing("board"), 5)).toEqual(shared);
  expect(seenBy(FACT, standing("class", { participantId: ann }), 5)).toEqual({
    ...shared,
    result: "right",
  });
});
