/** The rules of who sees what, over random histories of a class. */
import { expect } from "bun:test";
import { type Fact, type SeenFact, seenBy } from "../../machines/fact.ts";
import type { JsonObject } from "../../machines/json.ts";
import type { Round } from "../../machines/learning-session/context.ts";
import { classDeadline } from "../../machines/learning-session/round.ts";
import type { Principal } from "../../machines/principal.ts";
import { BOARD, HOST, LEARNERS, OWNER, seenOf } from "./classroom.ts";
import { isOfAudience, roundFor } from "./current.ts";
import { EVERYONE } from "./history.ts";
import { STEPS } from "./lesson.ts";
import { type Accepted, accepted, roundsOf, rule, students, viewIn } from "./rule.ts";

/** Every step is looked at with the eyes of everyone, which costs more than playing it. */
const RUNS = 60;

const BELOW = [{ id: "", by: BOARD }, ...LEARNERS];

rule(
  "LS10: no key reaches a student before reveal",
  (room) => {
    const shown = new Map<Principal, Set<string>>();
    for (const step of accepted(room)) {
      for (const roundId of revealedIn(step)) {
        const round = roundsOf(step.after.context).find((each) => each.roundId === roundId);
        expect([roundId, round?.revealedAt ?? null]).not.toEqual([roundId, null]);
      }
      for (const { by, id } of BELOW) {
        const known = shown.get(by) ?? new Set();
        shown.set(by, known);
        for (const round of roundsOf(step.after.context).filter(isRevealed)) {
          known.add(isOfAudience(round, id) ? (round.stepId ?? "") : "");
        }
        const hidden = STEPS.filter((each) => !known.has(each.id)).map((each) => `KEY-${each.id}`);
        const seen = text([seenOf(step, by), viewIn(step.after, by)]);
        expect(hidden.filter((key) => seen.includes(key))).toEqual([]);
        const unrevealed = text([
          seenOf(step, by).filter(({ type }) => type !== "round.revealed"),
          unrevealedRound(step, { by, id }),
        ]);
        expect(unrevealed.match(KEYS)).toBeNull();
        expect(unrevealed.match(FILLED)).toBeNull();
      }
    }
  },
  { runs: RUNS },
);

rule(
  "LS10: what an answer earned shows in no points, ranks or counts before reveal",
  (room) => {
    for (const step of accepted(room)) {
      const isOfRevealed = revealedIn(step).length > 0 || isGradeOfRevealed(step);
      for (const { by } of BELOW) {
        const before = pointsIn(viewIn(step.before, by));
        const after = pointsIn(viewIn(step.after, by));
        const moved = [...after].filter(([id, points]) => before.get(id) !== points);
        const known = moved.filter(([id]) => before.has(id));
        expect([step.message.type, isOfRevealed ? [] : known]).toEqual([step.message.type, []]);
      }
      const rounds = roundsOf(step.after.context);
      for (const { of, to, fields } of step.after.counters()) {
        const round = rounds.find(({ roundId }) => roundId === fields["roundId"]);
        const isHosts = round?.group !== undefined || (of === "counts" && !isShown(round));
        expect([of, isHosts ? to : "any"]).toEqual([of, isHosts ? ["hosts"] : "any"]);
      }
      for (const { by, id } of students(step)) {
        const results = text(viewIn(step.after, by)?.["results"]);
        const ids = new Set(results.match(/(?<="roundId":")r\d+/g) ?? []);
        const own = rounds.filter((round) => isRevealed(round) && isHis(round, id));
        expect(ids).toEqual(new Set(own.map(({ roundId }) => String(roundId))));
      }
    }
  },
  { runs: RUNS },
);

rule(
  "LS11: no fact leaves its audience: nobody of the class sees another's name, id or answer",
  (room) => {
    for (const step of accepted(room)) {
      for (const { id, by } of LEARNERS) {
        const seen = text([seenOf(step, by), viewIn(step.after, by)].map(unranked));
        const others = LEARNERS.filter((each) => each.id !== id);
        expect(others.filter((each) => seen.includes(`Name-${each.id}`))).toEqual([]);
        expect(others.filter((each) => seen.includes(`"participantId":"${each.id}"`))).toEqual([]);
        const ranks = text(viewIn(step.after, by)?.["leaderboard"]);
        expect(ranks).not.toContain("Name-");
        const told = seenOf(step, by).filter(({ type }) => OWN.test(type));
        expect(told.filter((fact) => !isOwn(fact, id))).toEqual([]);
      }
    }
  },
  { runs: RUNS },
);

rule(
  "LS11: the board shows no answer, and no name unless the settings show them",
  (room) => {
    for (const step of accepted(room)) {
      const { boardNames } = step.after.context.settings;
      const wasShown = step.before.context.settings.boardNames;
      const facts = seenOf(step, BOARD);
      expect(facts.filter(({ type }) => OWN.test(type))).toEqual([]);
      expect(!boardNames && !wasShown && text(facts).includes("Name-p")).toBe(false);
      expect(!boardNames && text(viewIn(step.after, BOARD)).includes("Name-p")).toBe(false);
      expect(text(facts)).not.toContain("accommodat");
    }
  },
  { runs: RUNS },
);

rule(
  "LS11: what a group is asked reaches that group and hosts, in facts and views",
  (room) => {
    for (const step of accepted(room)) {
      const rounds = roundsOf(step.after.context);
      for (const { id, by } of BELOW) {
        for (const fact of seenOf(step, by)) {
          const round = rounds.find(({ roundId }) => roundId === fact["roundId"]);
          const reaches = round === undefined || isOfAudience(round, id) || OWN.test(fact.type);
          expect([fact.type, by, reaches]).toEqual([fact.type, by, true]);
        }
        const view = viewIn(step.after, by);
        const others = rounds.filter((round) => !isHis(round, id));
        expect(others.filter((each) => text(view).includes(`"${each.roundId}"`))).toEqual([]);
        const shown = roundIn(view)?.["roundId"];
        const asked = by === BOARD ? step.after.context.round : roundFor(step.after.context, id);
        expect(shown ?? asked?.roundId).toBe(asked?.roundId);
      }
    }
  },
  { runs: RUNS },
);

rule(
  "LS11: who is in which group reaches hosts; others know their own, and how many are in each",
  (room) => {
    for (const step of accepted(room)) {
      const { grouping } = step.after.context;
      const isChosen = grouping?.strategy === "self-selected";
      for (const { id, by } of BELOW) {
        const view = viewIn(step.after, by);
        const names = text([view?.["grouping"], view?.["group"], groupWords(step, by)]);
        const others = LEARNERS.filter((each) => each.id !== id);
        expect(others.filter((each) => names.includes(`"${each.id}"`))).toEqual([]);
        const foreign = (grouping?.groups ?? []).filter(
          ({ members }) => !members.some((each) => each === id),
        );
        const told = foreign.filter(({ groupId }) => text(view).includes(`"${groupId}"`));
        expect(isChosen ? [] : told).toEqual([]);
      }
    }
  },
  { runs: RUNS },
);

rule(
  "LS11: whoever waits or is gone sees himself alone",
  (room) => {
    for (const step of accepted(room)) {
      const inside = new Set(students(step).map(({ id }) => id));
      for (const { id, by } of LEARNERS.filter((each) => !inside.has(each.id))) {
        const view = viewIn(step.after, by);
        const isHosts = view?.["role"] === "host" || view?.["role"] === "co-host";
        const members = Object.keys(view ?? {}).sort();
        expect(isHosts || view === undefined || text(members) === '["me","role","title"]').toBe(
          true,
        );
        const parts = step.facts
          .filter((fact) => isSeen(fact, step, by))
          .map((fact) => ({
            type: fact.type,
            isOwn: isHosts || fact.parts.some(({ to }) => to === `p:${id}`),
          }));
        expect(parts.filter((each) => !each.isOwn)).toEqual([]);
      }
    }
  },
  { runs: RUNS },
);

rule(
  "LS11: more time is seen by hosts and its student only; others see the class's",
  (room) => {
    for (const step of accepted(room)) {
      const board = roundIn(viewIn(step.after, BOARD));
      for (const { id, by } of students(step)) {
        const round = roundFor(step.after.context, id);
        const own = roundIn(viewIn(step.after, by));
        const hasTerms = round !== null && Object.hasOwn(round.terms, id);
        const ofClass = round?.group === undefined ? board?.["deadlineAt"] : classTimeIn(round);
        expect(hasTerms ? ofClass : own?.["deadlineAt"]).toEqual(ofClass);
        expect(text(own)).not.toContain("lastDeadlineAt");
        const facts = seenOf(step, by);
        expect(text(facts)).not.toContain("lastDeadlineAt");
        const seen = facts.find((fact) => "deadlineAt" in fact)?.["deadlineAt"];
        const boards = seenOf(step, BOARD).find((fact) => "deadlineAt" in fact)?.["deadlineAt"];
        const isApart = round?.group !== undefined;
        expect(hasTerms || isApart || boards === undefined ? boards : seen).toEqual(boards);
      }
    }
  },
  { runs: RUNS },
);

rule(
  "LS11: of an anonymous session hosts get no answer and no points beside a name",
  (room) => {
    for (const step of accepted(room)) {
      for (const by of [HOST, OWNER]) {
        const { anonymous } = step.after.context.settings;
        const linked = seenOf(step, by).filter(
          (fact) => "participantId" in fact && ("answer" in fact || "points" in fact),
        );
        const view = viewIn(step.after, by);
        expect(anonymous ? linked : []).toEqual([]);
        const told = text([seenOf(step, by), view]);
        expect(anonymous && /"answers":\{"p/.test(told)).toBe(false);
        expect(anonymous && /"results":\[\{/.test(told)).toBe(false);
        expect(anonymous && /"points":\d[^}]*"accommodation"/.test(text(view))).toBe(false);
        expect(anonymous ? (view?.["leaderboard"] ?? null) : null).toBeNull();
        const leaders = seenOf(step, by).map((fact) => fact["leaderboard"] ?? null);
        expect(anonymous ? leaders.filter((each) => each !== null) : []).toEqual([]);
      }
    }
  },
  { runs: RUNS },
);

rule(
  "LS11: what was given without names stays without them: anonymous never ends",
  (room) => {
    let isFixed = false;
    for (const { before, after } of accepted(room)) {
      isFixed ||= before.context.startedAt !== null;
      const [was, is] = [before.context.settings.anonymous, after.context.settings.anonymous];
      expect(isFixed && was !== is).toBe(false);
    }
  },
  { runs: RUNS },
);

rule(
  "LS13: no secret is in any broadcast: codes reach hosts and boards, connections nobody",
  (room) => {
    for (const step of accepted(room)) {
      for (const { by } of LEARNERS) {
        expect(text([seenOf(step, by), viewIn(step.after, by)])).not.toContain("CODE");
      }
      for (const by of EVERYONE) {
        const seen = text([seenOf(step, by), viewIn(step.after, by)]);
        expect(seen).not.toMatch(/"c-[pt]\d/);
      }
    }
  },
  { runs: RUNS },
);

rule(
  "whoever's state or can a record changes sees at least one of its facts",
  (room) => {
    for (const step of accepted(room)) {
      const isOther = text(step.after.state) !== text(step.before.state);
      const inside = students(step).map(({ by }) => by);
      for (const by of isOther ? [HOST, BOARD, ...inside] : []) {
        const count = seenOf(step, by).length;
        expect([step.message.type, by, count > 0]).toEqual([step.message.type, by, true]);
      }
      for (const { by, id } of LEARNERS) {
        const moved = step.before.standing(by)?.role !== step.after.standing(by)?.role;
        expect([id, step.message.type, !moved || seenOf(step, by).length > 0]).toEqual([
          id,
          step.message.type,
          true,
        ]);
      }
    }
  },
  { runs: RUNS },
);

/** What only keys and results have. */
const KEYS = /"(correct|weights?|accepted|rubric|results?)":(?!null|false)/g;
const FILLED = /"(counts|key|explanation|feedback)":(?!null)/g;
/** Of one participant, whoever that is. */
const OWN = /^(answer|draft|accommodation|attendance|hand\.(raised|lowered)|participant\.nudged)/;

function text(value: unknown): string {
  return JSON.stringify(value) ?? "";
}

function revealedIn({ facts }: Accepted): readonly string[] {
  return facts
    .filter(({ type }) => type === "round.revealed")
    .map(({ parts }) => String(parts[0]?.fields["roundId"]));
}

function isGradeOfRevealed({ message, after }: Accepted): boolean {
  const round = roundsOf(after.context).find((each) => each.roundId === message["roundId"]);
  return message.type === "answer.grade" && round?.revealedAt !== null;
}

/** The current round as this viewer has it, while it is not revealed. */
function unrevealedRound({ after }: Accepted, viewer: (typeof BELOW)[number]): unknown {
  const { by, id } = viewer;
  const round = by === BOARD ? after.context.round : roundFor(after.context, id);
  return round?.revealedAt === null ? roundIn(viewIn(after, by)) : null;
}

function isRevealed({ revealedAt, voidedAt }: Round): boolean {
  return revealedAt !== null && voidedAt === null;
}

function isShown(round: Round | undefined): boolean {
  return round !== undefined && isRevealed(round);
}

/** He was asked it, or has something of it. */
function isHis(round: Round, id: string): boolean {
  const has = Object.hasOwn(round.answers, id) || Object.hasOwn(round.grades, id);
  return has || isOfAudience(round, id);
}

/** The deadline of a group's round for whoever has the group's time. */
function classTimeIn(round: Round): string | null {
  const due = round.pausedAt === null ? classDeadline(round) : null;
  return due === null ? null : new Date(due).toISOString();
}

function groupWords(step: Accepted, by: Principal): readonly SeenFact[] {
  return seenOf(step, by)
    .filter(({ type }) => type.startsWith("groups."))
    .map((fact) => ({ ...fact, groupId: null }));
}

function roundIn(view: JsonObject | undefined): JsonObject | undefined {
  const round = view?.["round"];
  return isObject(round) ? round : undefined;
}

/** Points by whose they are; one's own by "me". */
function pointsIn(view: JsonObject | undefined): ReadonlyMap<string, unknown> {
  const points = new Map<string, unknown>();
  const me = view?.["me"];
  if (isObject(me)) {
    points.set("me", me["points"]);
  }
  const rows = view?.["leaderboard"];
  for (const row of Array.isArray(rows) ? rows.filter(isObject) : []) {
    points.set(String(row["participantId"]), row["points"]);
  }
  return points;
}

function isSeen(fact: Fact, { after, stamp }: Accepted, by: Principal): boolean {
  const standing = after.standing(by);
  return standing !== undefined && seenBy(fact, standing, stamp.seq) !== undefined;
}

/** Ranks name their rows by ids, and are looked at by themselves. */
function unranked(seen: unknown): unknown {
  return JSON.parse(text(seen ?? null), (name, value: unknown) =>
    name === "leaderboard" ? null : value,
  );
}

function isOwn(fact: SeenFact, id: string): boolean {
  const whose = fact["participantId"] ?? id;
  return whose === id;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
