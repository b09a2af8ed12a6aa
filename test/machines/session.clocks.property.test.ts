/** The rules of clocks, over random histories of a class. */
import { expect } from "bun:test";
import type { JsonObject } from "../../machines/json.ts";
import type { Message } from "../../machines/living.ts";
import { LEARNERS, type Told } from "./classroom.ts";
import { type Place, currentRounds, placeOf, roundFor } from "./current.ts";
import { accepted, roundIn as roundOf, rowIn, rule, sightings, viewIn } from "./rule.ts";
import { leafIn } from "./state.ts";

rule("LS8: a pause of any length changes nobody's remaining time", (room) => {
  const left = new Map<string, unknown>();
  for (const { id, fact, step } of sightings(room)) {
    if (fact.type === "session.paused") {
      left.set(id, fact["remainingMs"]);
    }
    if (fact.type === "session.resumed" && left.has(id)) {
      const now = remaining(fact["deadlineAt"], step.stamp.at);
      expect(`${id}: ${String(now)}`).toBe(`${id}: ${String(left.get(id))}`);
    }
    if (CHANGES_TIME.has(fact.type)) {
      left.delete(id);
    }
  }
});

rule(
  "LS8: to freeze or to thaw leaves everyone what his view said, and ice never melts",
  (room) => {
    for (const { before, after, message, stamp } of accepted(room)) {
      for (const { id, by, was, is } of clocksIn(before, after)) {
        const isTurn = was !== is;
        if (!isTurn && was !== "frozen") {
          continue;
        }
        const had = leftIn(roundIn(before, by), was === "frozen" ? before.context.at : stamp.at);
        const has = leftIn(roundIn(after, by), stamp.at);
        const isSame = isTurn && TURNS.has(message.type);
        const isKept = had === undefined || has === undefined || has >= had;
        expect([message.type, id, isSame && has !== undefined ? has : had]).toEqual([
          message.type,
          id,
          had,
        ]);
        expect([message.type, id, isKept]).toEqual([message.type, id, true]);
      }
    }
  },
);

rule("LS8: a frozen round has no timer, and nobody in it runs out of time", (room) => {
  for (const { before, after, facts } of accepted(room)) {
    const isPaused = leafIn(after.state, "phase") === "paused";
    for (const round of currentRounds(after.context)) {
      const isFrozen = placeOf(round) === "frozen";
      expect(isFrozen ? round.dueAt : null).toBeNull();
      const wasFrozen = isFrozen && placeOf(roundOf(before, round.roundId)) === "frozen";
      const handedIn = facts.filter(
        ({ type, parts }) =>
          type === "answer.submitted" && parts[0]?.fields["roundId"] === round.roundId,
      );
      expect(wasFrozen ? handedIn : []).toEqual([]);
      expect([isPaused, placeOf(round)]).not.toEqual([true, "ticking"]);
      expect([isPaused, placeOf(round)]).not.toEqual([false, "frozen"]);
    }
  }
});

rule("LS8: an answer's time is that of its receipt since the opening, pauses left out", (room) => {
  const frozenMs = new Map<string, number>();
  for (const { before, stamp, facts } of accepted(room)) {
    const passed = stamp.at - before.context.at;
    for (const round of currentRounds(before.context)) {
      const frozen = placeOf(round) === "frozen" ? passed : 0;
      frozenMs.set(round.roundId, (frozenMs.get(round.roundId) ?? 0) + frozen);
    }
    const given = facts.find(
      ({ type }) => type === "answer.submitted" || type === "answer.amended",
    );
    const own = given?.parts.find(({ to }) => to.startsWith("p:"))?.fields;
    if (own?.["auto"] === false) {
      const { openedAt = 0, roundId = "" } = roundOf(before, own["roundId"]) ?? {};
      expect(own["atMs"]).toBe(stamp.at - openedAt - (frozenMs.get(roundId) ?? 0));
    }
  }
});

rule(
  "LS8: a round that begins, or begins again, has its whole limit, and all their terms",
  (room) => {
    for (const { after, message, stamp } of accepted(room)) {
      const begun = BEGUN[message.type]?.(message, stamp);
      const round = begun === undefined ? undefined : roundOf(after, begun);
      for (const { id, by } of round === undefined ? [] : LEARNERS) {
        const limitMs = round?.limitMs ?? null;
        const { accommodation } = rowIn(after, id) ?? {};
        const { multiplier = 1, extraMs = 0, untimed = false } = accommodation ?? {};
        const due = limitMs === null || untimed ? null : stamp.at + limitMs * multiplier + extraMs;
        const seen = roundIn(after, by);
        const shown = seen?.["roundId"] === begun ? seen : undefined;
        const dueAt = due === null ? null : new Date(due).toISOString();
        expect([id, shown?.["deadlineAt"] ?? null]).toEqual([
          id,
          shown === undefined ? null : dueAt,
        ]);
      }
    }
  },
);

rule("LS9: more time holds at once, less from the next round on", (room) => {
  for (const { before, after, message } of accepted(room)) {
    const learner = LEARNERS.find(({ id }) => id === message["participantId"]);
    const round = learner === undefined ? null : roundFor(after.context, learner.id);
    const had = round === null ? undefined : roundOf(before, round.roundId);
    // A host who was lost thaws the round by his very word: a frozen one shows no deadline.
    const isTicking = [had, round].every((each) => placeOf(each) === "ticking");
    const isOpen = isTicking && round?.floorAt === null;
    if (message.type === "accommodation.set" && isOpen && learner !== undefined) {
      const [shown, has] = [before, after].map((each) => roundIn(each, learner.by));
      const {
        multiplier = 1,
        extraMs = 0,
        untimed = false,
      } = rowIn(after, learner.id)?.accommodation ?? {};
      const limitMs = round?.limitMs ?? null;
      const paused = (round?.pausedTotalMs ?? 0) - (round?.pausedBeforeMs ?? 0);
      const startedAt = (round?.startedAt ?? 0) + paused;
      const asked =
        untimed || limitMs === null ? FOREVER : startedAt + limitMs * multiplier + extraMs;
      const held = timeOf(shown?.["deadlineAt"]);
      expect(has === undefined ? 0 : timeOf(has["deadlineAt"])).toBe(
        has === undefined || shown === undefined ? 0 : Math.max(asked, held),
      );
    }
  }
});

rule("LS9: a deadline never moves earlier", (room) => {
  const latest = new Map<string, number>();
  for (const { id, fact, step } of sightings(room)) {
    const round = roundFor(step.after.context, id);
    const key = `${id}/${round?.roundId ?? ""}`;
    if (fact.type === "round.reopened") {
      latest.delete(key);
    }
    // Said before the same step thaws the round: a frozen clock has no deadline to compare.
    const was = placeOf(roundFor(step.before.context, id));
    if (was === "frozen" && fact.type === "accommodation.changed") {
      expect(fact["deadlineAt"] ?? null).toBeNull();
    } else if ("deadlineAt" in fact && placeOf(round) === "ticking") {
      const due = timeOf(fact["deadlineAt"]);
      expect([key, due >= (latest.get(key) ?? 0)]).toEqual([key, true]);
      latest.set(key, due);
    }
  }
});

rule("LS9: whatever happens, nobody's view has less time than before", (room) => {
  for (const { before, after, message } of accepted(room)) {
    for (const { id, by, was, is } of clocksIn(before, after)) {
      const [had, has] = [roundIn(before, by), roundIn(after, by)];
      const isEarlier =
        was === "ticking" &&
        is === "ticking" &&
        had !== undefined &&
        has !== undefined &&
        timeOf(has["deadlineAt"]) < timeOf(had["deadlineAt"]);
      expect([message.type, id, isEarlier]).toEqual([message.type, id, false]);
    }
  }
});

rule("LS8, LS9: what was told in a fact is what the view says", (room) => {
  for (const { id, fact, step } of sightings(room)) {
    const by = LEARNERS.find((each) => each.id === id)?.by;
    const view = by === undefined ? undefined : roundIn(step.after, by);
    const isLast = step.facts.at(-1)?.type === fact.type;
    const isTicking = placeOf(roundFor(step.after.context, id)) === "ticking";
    if (view !== undefined && isLast && isTicking && "deadlineAt" in fact) {
      expect([fact.type, fact["deadlineAt"]]).toEqual([fact.type, view["deadlineAt"] ?? null]);
    }
    const isFrozen = placeOf(roundFor(step.after.context, id)) === "frozen";
    // What is left to the groups is another time.
    const isOfRound = "remainingMs" in fact && !fact.type.startsWith("groups.");
    if (view !== undefined && isLast && isFrozen && isOfRound) {
      expect([fact.type, fact["remainingMs"]]).toEqual([fact.type, view["remainingMs"] ?? null]);
    }
  }
});

rule("LS8: the groups' time stands still in a pause, and nothing of theirs ends in it", (room) => {
  for (const { before, after, message, stamp } of accepted(room)) {
    const [was, is] = [before, after].map(({ state }) => leafIn(state, "phase"));
    const [had, has] = [before, after].map(({ context }) => context.grouping ?? null);
    const isOwnWord = message.type.startsWith("groups.") || message.type === "session.end";
    if (had === null || has === null || isOwnWord) {
      // In a pause groups end by a host's word, or with the session.
      expect([was, is, isOwnWord || had === has]).not.toEqual(["paused", "paused", false]);
      continue;
    }
    const left = (had?.endsAt ?? 0) - (had?.pausedAt ?? stamp.at);
    const isTurn = was !== is && TURNS.has(message.type);
    if ((was === "paused" && is === "paused") || isTurn) {
      const where = [before, after].map(({ state }) => leafIn(state, "grouping"));
      expect([message.type, where[1]]).toEqual([message.type, where[0]]);
      expect([message.type, (has?.endsAt ?? 0) - (has?.pausedAt ?? stamp.at)]).toEqual([
        message.type,
        left,
      ]);
    }
    expect([is, has?.pausedAt === null]).not.toEqual(["running", false]);
    expect([is, has?.endsAt !== null && has?.pausedAt === null]).not.toEqual(["paused", true]);
  }
});

const FOREVER = Number.POSITIVE_INFINITY;
const CLOCKS: ReadonlySet<Place> = new Set(["ticking", "frozen"]);
/** What begins a round, or begins it again, and which. */
const BEGUN: Readonly<Record<string, (message: Message, stamp: Told["stamp"]) => unknown>> = {
  "round.open": (_, { seq }) => `r${seq}`,
  "round.reopen": ({ roundId }) => roundId,
};
/** What stops and starts the clock and does nothing else to it. */
const TURNS: ReadonlySet<string> = new Set(["session.pause", "session.resume"]);

const CHANGES_TIME: ReadonlySet<string> = new Set([
  "session.resumed",
  "accommodation.changed",
  "participant.joined",
  "participant.admitted",
  "round.closed",
  "round.voided",
  "groups.moved",
  "groups.opened",
  "groups.recalled",
]);

/** Of each learner whose round is the same in both and has a clock, where it was and is. */
function clocksIn(before: Told["before"], after: Told["after"]) {
  return LEARNERS.flatMap((learner) => {
    const [had, has] = [before, after].map(({ context }) => roundFor(context, learner.id));
    const [was, is] = [placeOf(had), placeOf(has)];
    const isSame = had?.roundId === has?.roundId;
    return isSame && CLOCKS.has(was) && CLOCKS.has(is) ? [{ ...learner, was, is }] : [];
  });
}

function roundIn(living: Told["after"], by: Parameters<typeof viewIn>[1]): JsonObject | undefined {
  const round = viewIn(living, by)?.["round"];
  const isRound = typeof round === "object" && round !== null && "roundId" in round;
  return isRound ? round : undefined;
}

/** What is left to whoever has this round; undefined: nobody has told him. */
function leftIn(round: JsonObject | undefined, at: number): number | undefined {
  if (round === undefined) {
    return undefined;
  }
  const { remainingMs, deadlineAt } = round;
  return typeof remainingMs === "number" ? remainingMs : Math.max(0, timeOf(deadlineAt) - at);
}

/** No deadline is later than every other. */
function timeOf(instant: unknown): number {
  return typeof instant === "string" ? Date.parse(instant) : FOREVER;
}

function remaining(instant: unknown, at: number): number | null {
  return typeof instant === "string" ? Math.max(0, Date.parse(instant) - at) : null;
}
