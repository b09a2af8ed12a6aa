/** The rules of answers and points, over random histories of a class. */
import { expect } from "bun:test";
import type { Fact, SeenFact } from "../../machines/fact.ts";
import { parseParticipantId } from "../../machines/ids.ts";
import { isBlank, parseAnswer } from "../../machines/learning-session/answer.ts";
import { pointsMaxOf, scoreOf } from "../../machines/learning-session/score.ts";
import { resultIn } from "../../machines/learning-session/leaderboard.ts";
import { OVERDUE_AFTER_MS, deadlineOf } from "../../machines/learning-session/round.ts";
import type { Round } from "../../machines/learning-session/context.ts";
import { HOST, LEARNERS, seenOf } from "./classroom.ts";
import { currentRounds, placeOf, roundFor } from "./current.ts";
import { ANSWERS } from "./lesson.ts";
import {
  type Accepted,
  accepted,
  roundIn,
  roundsOf,
  rowIn,
  rule,
  sightings,
  viewIn,
} from "./rule.ts";
import { leafIn } from "./state.ts";

rule("LS3: one counted answer per round and participant, under any interleaving", (room) => {
  const counted = new Map<string, unknown>();
  for (const { facts, before } of accepted(room)) {
    for (const fact of facts) {
      const { roundId, participantId, ...given } = answerOf(fact) ?? {};
      const key = `${String(roundId)}/${String(participantId)}`;
      if (participantId !== undefined) {
        const isAmended = fact.type === "answer.amended";
        expect([key, counted.has(key)]).toEqual([key, isAmended]);
        expect([key, !isAmended || before.context.settings.amend]).toEqual([key, true]);
        counted.set(key, given);
      }
    }
  }

  const kept = roundsOf(room.context).flatMap(({ roundId, answers }) =>
    Object.entries(answers).map(([id, given]): [string, unknown] => [`${roundId}/${id}`, given]),
  );
  expect(new Map(kept)).toEqual(counted);
});

rule("LS3: nobody is asked twice at once: by his group, or else by the class", (room) => {
  for (const { after, message } of accepted(room)) {
    const rounds = currentRounds(after.context);
    const ofGroups = rounds.filter(({ group }) => group !== undefined);
    const isSplit = after.context.round !== null && ofGroups.length > 0;
    expect([message.type, isSplit]).toEqual([message.type, false]);
    const asked = ofGroups.flatMap(({ group }) => group?.members ?? []);
    expect(new Set(asked).size).toBe(asked.length);
  }
});

rule(
  "LS3: whoever has answered has no draft beside it, that could be handed in as well",
  (room) => {
    for (const { after, message } of accepted(room)) {
      for (const { answers, drafts } of roundsOf(after.context)) {
        const both = Object.keys(drafts).filter((id) => Object.hasOwn(answers, id));
        expect([message.type, both]).toEqual([message.type, []]);
      }
    }
  },
);

rule("LS6: no answer outside open and grace, nor carried into the next round", (room) => {
  for (const { before, after, message, stamp } of accepted(room)) {
    if (ANSWERING.has(message.type)) {
      const { settings } = before.context;
      const id = before.standing(stamp.by)?.participantId ?? "";
      const round = roundFor(before.context, id);
      const isDraft = message.type === "draft.save";
      const open = isDraft ? ["ticking", "frozen", "grace"] : ["ticking", "grace"];
      expect(open).toContain(placeOf(round));
      expect(isDraft ? ["running", "paused"] : ["running"]).toContain(
        leafIn(before.state, "phase"),
      );
      expect(String(round?.roundId)).toBe(String(message["roundId"]));
      expect(stamp.at).toBeLessThan((round?.closedAt ?? stamp.at + 1) + settings.graceMs);
      expect(rowIn(before, id)?.status).toBe("admitted");
      expect(round?.only?.some((each) => each === id) ?? true).toBe(true);
    }
    if (message.type === "round.open") {
      const { answers, drafts, grades } = roundIn(after, `r${stamp.seq}`) ?? {};
      expect([answers, drafts, grades]).toEqual([{}, {}, {}]);
    }
    for (const past of after.context.pastRounds) {
      const was = roundsOf(before.context).find(({ roundId }) => roundId === past.roundId);
      const isCurrent = currentRounds(before.context).some((each) => each === was);
      expect(isCurrent ? {} : past.answers).toEqual(isCurrent ? {} : (was?.answers ?? {}));
    }
  }
});

rule("LS6: no answer is accepted past the deadline that this student was told", (room) => {
  const told = new Map<string, number>();
  const seen = Map.groupBy(sightings(room), ({ step }) => step.stamp.seq);
  for (const step of accepted(room)) {
    const { message, stamp, before } = step;
    const speaker = LEARNERS.find(({ by }) => JSON.stringify(by) === JSON.stringify(stamp.by));
    // Where no node lived, the step that takes the answer says first that there is more time.
    for (const { id, fact } of seen.get(stamp.seq) ?? []) {
      learn(told, id, fact);
    }
    const deadline = told.get(speaker?.id ?? "");
    if (ANSWERING.has(message.type) && deadline !== undefined) {
      const last = deadline + before.context.settings.graceMs;
      expect([message.type, stamp.at < Math.max(last, 1)]).toEqual([message.type, true]);
    }
  }
});

rule("LS6: an answer in time is taken: until the deadline in one's view, and grace", (room) => {
  for (const step of accepted(room)) {
    const { after, stamp } = step;
    for (const { by, roundId, last } of timed(step)) {
      const ask = { type: "answer.submit", roundId, answer: 0 };
      const codes = [last - 1, last].map((at) => {
        const next = after.step(ask, { at: Math.max(at, stamp.at), seq: stamp.seq + 1, by });
        return next.kind === "refused" ? next.refusal.code : next.kind;
      });
      expect(codes).toEqual([last - 1 < stamp.at ? "too-late" : "bad-answer", "too-late"]);
    }
  }
});

rule("LS6: a draft is handed in when the round locks for its author, not before, once", (room) => {
  for (const step of accepted(room)) {
    const { before, after, facts, stamp } = step;
    const handedIn = facts.map(answerOf).filter((each) => each?.["auto"] === true);
    for (const given of handedIn) {
      const id = String(given?.["participantId"]);
      const round = roundIn(before, given?.["roundId"]);
      const draft = round?.drafts[parseParticipantId(id)];
      expect([id, given?.["answer"]]).toEqual([id, draft?.answer]);
      expect([id, round !== undefined && isOver(step, round, id)]).toEqual([id, true]);
    }
    for (const roundId of lockedIn(step)) {
      const [was, round] = [roundIn(before, roundId), roundIn(after, roundId)];
      const drafts = Object.entries(was?.drafts ?? {});
      const due = drafts.filter(([id, { answer }]) => {
        const status = rowIn(before, id)?.status ?? "";
        const isThere = status === "admitted" || status === "left";
        return isThere && round !== undefined && !isBlank(round.item, answer);
      });
      const had = Object.keys(was?.answers ?? {});
      const has = Object.keys(round?.answers ?? {});
      expect(has.sort()).toEqual([...had, ...due.map(([id]) => id)].sort());
      expect(round?.drafts).toEqual({});
      expect(stamp.at).toBe(round?.scoredAt ?? 0);
    }
  }
});

rule("LS7: no answer has negative points, and none more than its item's", (room) => {
  const seen = accepted(room).flatMap((step) =>
    [HOST, ...LEARNERS.map(({ by }) => by)].map((by) => seenOf(step, by)),
  );
  const points = JSON.stringify([seen, room.view(HOST)]).match(/"points":-?[\d.]+/g) ?? [];
  expect(points.filter((each) => each.includes("-"))).toEqual([]);

  for (const { facts, after } of accepted(room)) {
    for (const { type, parts } of facts.filter((fact) => fact.type === "round.scored")) {
      const round = roundsOf(after.context).find(
        ({ roundId }) => roundId === parts[0]?.fields["roundId"],
      );
      const most = round === undefined ? 0 : pointsMaxOf(round.item) * (round.speedBonus ? 1.5 : 1);
      const earned = JSON.stringify(parts).match(/(?<="points":)[\d.]+/g) ?? [];
      expect([type, earned.filter((each) => Number(each) > most)]).toEqual([type, []]);
    }
  }
});

rule("speed takes nothing away, and gives nothing to whoever has more time", (room) => {
  for (const round of roundsOf(room.context)) {
    const [right = {}] = ANSWERS[round.stepId ?? ""] ?? [];
    const base = scoreOf(round.item, parseAnswer(right)).points;
    for (const { id } of LEARNERS) {
      const earned = [0, 1_000, 1_000_000].map((atMs) => {
        const given = { answer: parseAnswer(right), auto: false, atMs };
        return resultIn({ ...round, answers: { [id]: given }, grades: {} }, parseParticipantId(id));
      });
      const [fast = 0, less = 0, slow = 0] = earned.map(({ points }) => points);
      const { limitMs, paceMs = limitMs } = round;
      const hasBonus = round.speedBonus && paceMs !== null && !Object.hasOwn(round.terms, id);
      expect([id, fast]).toEqual([id, hasBonus ? 1.5 * base : base]);
      expect([id, slow, less <= fast && slow <= less]).toEqual([id, base, true]);
    }
  }
});

rule("to open a round again takes no points from those who have answered", (room) => {
  for (const { before, after, message } of accepted(room)) {
    const [was, is] = [before, after].map((each) => roundIn(each, message["roundId"]));
    const isAgain = message.type === "round.reopen" && was !== undefined && is !== undefined;
    const [right = {}] = ANSWERS[was?.stepId ?? ""] ?? [];
    const answers = { p1: { answer: parseAnswer(right), auto: false, atMs: 1_000 } };
    const isOther = was?.terms[P1] !== is?.terms[P1];
    if (isAgain && !isOther) {
      const had = resultIn({ ...was, answers, grades: {} }, P1);
      expect(resultIn({ ...is, answers, grades: {} }, P1)).toEqual(had);
    }
  }
});

rule("a round is closed, locked and scored once for each time that it was open", (room) => {
  const times = new Map<string, number>();
  const done = new Set<string>();
  for (const { facts, message } of accepted(room)) {
    for (const { type, parts } of facts) {
      const roundId = String(parts[0]?.fields["roundId"]);
      const time = (times.get(roundId) ?? 0) + (type === "round.reopened" ? 1 : 0);
      times.set(roundId, time);
      const isRescored = type === "round.scored" && message.type === "round.score";
      if (ENDINGS.has(type) && !isRescored) {
        const key = `${roundId} ${type} ${time}`;
        expect([key, done.has(key)]).toEqual([key, false]);
        done.add(key);
      }
    }
  }
});

const P1 = parseParticipantId("p1");
const ENDINGS: ReadonlySet<string> = new Set(["round.closed", "round.locked", "round.scored"]);
const ANSWERING: ReadonlySet<string> = new Set(["answer.submit", "answer.amend", "draft.save"]);

/** Whose answer a fact is, and which; the part for the participant has all of it. */
function answerOf(fact: Fact) {
  const own = fact.parts.find(({ to }) => to.startsWith("p:"));
  return fact.type === "answer.submitted" || fact.type === "answer.amended"
    ? own?.fields
    : undefined;
}

/** Whoever comes back has it from his view, which this does not follow; a pause voids it. */
function learn(told: Map<string, number>, id: string, fact: SeenFact): void {
  const isMoved = fact.type === "groups.moved" && fact["participantId"] === id;
  if (isMoved || VOIDING.has(fact.type)) {
    told.delete(id);
  } else if ("deadlineAt" in fact) {
    told.set(id, typeof fact["deadlineAt"] === "string" ? Date.parse(fact["deadlineAt"]) : FOREVER);
  }
}

const VOIDING: ReadonlySet<string> = new Set([
  "participant.joined",
  "participant.admitted",
  "session.paused",
  "groups.opened",
  "groups.recalled",
]);

/** No deadline is later than every other. */
const FOREVER = Number.POSITIVE_INFINITY;

/** The round is locked, or this participant's time in it has passed. */
function isOver(step: Accepted, round: Round, id: string): boolean {
  const { settings } = step.before.context;
  const due = deadlineOf(round, parseParticipantId(id));
  const isPast = due !== null && step.stamp.at >= due + settings.graceMs;
  return isPast || lockedIn(step).includes(String(round.roundId));
}

function lockedIn({ facts }: Accepted): readonly string[] {
  return facts
    .filter(({ type }) => type === "round.locked")
    .map(({ parts }) => String(parts[0]?.fields["roundId"]));
}

/** Each who may answer now, and by when, as his own view says. */
function timed({ after }: Accepted) {
  const { settings } = after.context;
  const isRunning = leafIn(after.state, "phase") === "running";
  return LEARNERS.flatMap(({ id, by }) => {
    const round = roundFor(after.context, id);
    const view = viewIn(after, by)?.["round"];
    const due = typeof view === "object" && view !== null && "deadlineAt" in view ? view : {};
    const free = round?.answers[parseParticipantId(id)] === undefined;
    const last =
      Date.parse(String("deadlineAt" in due ? due["deadlineAt"] : "")) + settings.graceMs;
    const asked = round?.only?.some((each) => each === id) ?? true;
    // Later than that, no node can have lived, and there is a reprieve.
    const isSoon = last <= (round?.dueAt ?? last) + OVERDUE_AFTER_MS;
    const isOpen = isRunning && placeOf(round) === "ticking" && free && asked;
    const roundId = String(round?.roundId);
    return isOpen && isSoon ? [{ by, roundId, last }] : [];
  });
}
