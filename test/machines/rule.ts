/** How a rule is tested: over many random histories of a class, each checked as a whole. */
import { test } from "bun:test";
import * as fc from "fast-check";
import type { Fact, SeenFact } from "../../machines/fact.ts";
import type { JsonObject } from "../../machines/json.ts";
import type { Round, SessionContext } from "../../machines/learning-session/context.ts";
import type { SessionLiving } from "../../machines/learning-session/machine.ts";
import type { Principal } from "../../machines/principal.ts";
import { type Classroom, LEARNERS, type Learner, type Told, seenOf } from "./classroom.ts";
import { currentRounds } from "./current.ts";
import { type History, type PlayOptions, history, play } from "./history.ts";

/**
 * Each run is a lesson of some 50 moves. So many found every fault that was planted on purpose, in
 * each of five tries.
 */
const RUNS = 150;

/** A second where there is a core to itself, and the search for the least example after a fault. */
export const TEST_MS_MAX = 60_000;

interface RuleOptions extends PlayOptions {
  readonly runs?: number;
}

export function rule(
  name: string,
  check: (room: Classroom, story: History) => void,
  options: RuleOptions = {},
): void {
  const proven = fc.property(history, (story) => check(play(story, options), story));
  test(name, () => fc.assert(proven, { numRuns: options.runs ?? RUNS }), TEST_MS_MAX);
}

export interface Accepted extends Told {
  readonly facts: readonly Fact[];
}

export function accepted(room: Classroom): readonly Accepted[] {
  return room.told.flatMap((told) =>
    told.stepped.kind === "accepted" ? [{ ...told, facts: told.stepped.facts }] : [],
  );
}

/** Those who sit in the class after this step. */
export function students({ after }: Told): readonly Learner[] {
  return LEARNERS.filter(({ by }) => after.standing(by)?.role === "student");
}

export interface Sighting {
  readonly step: Accepted;
  readonly id: string;
  readonly fact: SeenFact;
}

/** Everything that anybody of the class saw, in order. */
export function sightings(room: Classroom): readonly Sighting[] {
  return accepted(room).flatMap((step) =>
    students(step).flatMap(({ id, by }) => seenOf(step, by).map((fact) => ({ step, id, fact }))),
  );
}

/** What somebody sees of a session; undefined: it is none of his. */
export function viewIn(living: SessionLiving, by: Principal): JsonObject | undefined {
  const standing = living.standing(by);
  return standing === undefined ? undefined : living.view(standing);
}

/** All that there were, and those that there are, of the class and of groups. */
export function roundsOf(context: SessionContext): readonly Round[] {
  return [...context.pastRounds, ...currentRounds(context)];
}

export function roundIn({ context }: SessionLiving, roundId: unknown): Round | undefined {
  return roundsOf(context).find((round) => round.roundId === roundId);
}

export function rowIn({ context }: SessionLiving, participantId: string) {
  return context.participants.find((row) => row.participantId === participantId);
}
