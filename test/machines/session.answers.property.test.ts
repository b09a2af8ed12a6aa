/** The rules of answers and clocks, over random histories of a class. */
import { describe, expect } from "bun:test";
import type { Fact, SeenFact } from "../../machines/fact.ts";
import type { Round, SessionContext } from "../../machines/learning-session/context.ts";
import { HOST, LEARNERS, seenOf } from "./classroom.ts";
import { accepted, rule, sightings } from "./rule.ts";
import { leafIn } from "./state.ts";

const NETWORK: ReadonlySet<string> = new Set([
  "connection.opened",
  "connection.closed",
  "timer.offline",
]);

function roundsOf({ pastRounds, round }: SessionContext): readonly Round[] {
  return round === null ? pastRounds : [...pastRounds, round];
}

/** What the network must not touch. */
function belongings(context: SessionContext) {
  return {
    answers: roundsOf(context).map(({ roundId, answers, grades }) => [roundId, answers, grades]),
    hands: context.hands,
    seats: context.participants.map((row) => [row.participantId, row.name, row.status, row.since]),
  };
}

/** Whose answer a fact is, and which; the part for the participant has all of it. */
function answerOf(fact: Fact) {
  const own = fact.parts.find(({ to }) => to.startsWith("p:"));
  return fact.type === "answer.submitted" || fact.type === "answer.amended"
    ? own?.fields
    : undefined;
}

describe("answers", () => {
  rule("LS3: one counted answer per round and participant, under any interleaving", (room) => {
    const counted = new Map<string, unknown>();
    for (const { facts } of accepted(room)) {
      for (const fact of facts) {
        const { roundId, participantId, ...given } = answerOf(fact) ?? {};
        const key = `${String(roundId)}/${String(participantId)}`;
        if (participantId !== undefined) {
          expect([key, counted.has(key)]).toEqual([key, fact.type === "answer.amended"]);
          counted.set(key, given);
        }
      }
    }

    const kept = roundsOf(room.context).flatMap(({ roundId, answers }) =>
      Object.entries(answers).map(([id, given]): [string, unknown] => [`${roundId}/${id}`, given]),
    );
    expect(new Map(kept)).toEqual(counted);
  });

  rule("LS4: reconnecting never loses or duplicates an answer, score, hand or seat", (room) => {
    for (const { before, after, message, facts } of accepted(room)) {
      // A reprieve may come with it: the round then has more time, and still the same answers.
      if (NETWORK.has(message.type) && facts.every(({ type }) => type !== "round.scored")) {
        expect(belongings(after.context)).toEqual(belongings(before.context));
      }
    }
  });

  rule("LS6: no answer outside open and grace, nor carried into the next round", (room) => {
    for (const { before, after, message, stamp } of accepted(room)) {
      if (message.type === "answer.submit" || message.type === "answer.amend") {
        const { round, settings } = before.context;
        expect(["ticking", "grace"]).toContain(leafIn(before.state, "activity"));
        expect(leafIn(before.state, "phase")).toBe("running");
        expect(String(round?.roundId)).toBe(String(message["roundId"]));
        expect(stamp.at).toBeLessThan((round?.closedAt ?? stamp.at) + settings.graceMs + 1);
      }
      if (message.type === "round.open") {
        expect([after.context.round?.answers, after.context.round?.drafts]).toEqual([{}, {}]);
      }
    }
  });

  rule("LS6: no answer is accepted past the deadline that this student was told", (room) => {
    const told = new Map<string, number>();
    const seen = sightings(room);
    for (const step of accepted(room)) {
      const { message, stamp, before } = step;
      const speaker = LEARNERS.find(({ by }) => JSON.stringify(by) === JSON.stringify(stamp.by));
      const deadline = told.get(speaker?.id ?? "");
      if (message.type === "answer.submit" && deadline !== undefined) {
        expect(stamp.at).toBeLessThan(Math.max(deadline + before.context.settings.graceMs, 1));
      }
      for (const { id, fact } of seen.filter((each) => each.step.stamp === stamp)) {
        learn(told, id, fact);
      }
    }
  });

  rule("LS7: no answer has negative points", (room) => {
    const seen = accepted(room).flatMap((step) => seenOf(step, HOST));
    const points = JSON.stringify([seen, room.view(HOST)]).match(/"points":-?[\d.]+/g) ?? [];

    expect(points.filter((each) => each.includes("-"))).toEqual([]);
  });
});

describe("clocks", () => {
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

  rule("LS9: a deadline never moves earlier", (room) => {
    const latest = new Map<string, number>();
    for (const { id, fact, step } of sightings(room)) {
      const key = `${id}/${step.after.context.round?.roundId ?? ""}`;
      if (fact.type === "round.reopened") {
        latest.delete(key);
      }
      // Said before the same step thaws the round: a frozen clock has no deadline to compare.
      const frozen = leafIn(step.before.state, "activity") === "frozen";
      if (frozen && fact.type === "accommodation.changed") {
        expect(fact["deadlineAt"] ?? null).toBeNull();
      } else if ("deadlineAt" in fact && leafIn(step.after.state, "activity") === "ticking") {
        const due = timeOf(fact["deadlineAt"]);
        expect([key, due >= (latest.get(key) ?? 0)]).toEqual([key, true]);
        latest.set(key, due);
      }
    }
  });
});

const CHANGES_TIME: ReadonlySet<string> = new Set([
  "session.resumed",
  "accommodation.changed",
  "participant.joined",
  "participant.admitted",
  "round.closed",
  "round.voided",
]);

/** Whoever comes back has it from his view, which this does not follow. */
function learn(told: Map<string, number>, id: string, fact: SeenFact): void {
  if (fact.type === "participant.joined" || fact.type === "participant.admitted") {
    told.delete(id);
  } else if ("deadlineAt" in fact) {
    told.set(id, timeOf(fact["deadlineAt"]));
  }
}

/** No deadline is later than every other. */
function timeOf(instant: unknown): number {
  return typeof instant === "string" ? Date.parse(instant) : Number.POSITIVE_INFINITY;
}

function remaining(instant: unknown, at: number): number | null {
  return typeof instant === "string" ? Math.max(0, Date.parse(instant) - at) : null;
}
