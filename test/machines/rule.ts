/** How a rule is tested: over many random histories of a class, each checked as a whole. */
import { test } from "bun:test";
import * as fc from "fast-check";
import type { Fact, SeenFact } from "../../machines/fact.ts";
import { type Classroom, LEARNERS, type Learner, type Told, seenOf } from "./classroom.ts";
import { type History, type PlayOptions, history, play } from "./history.ts";

/** Each run is a lesson of some 50 moves; so many find what a rule forbids within a second. */
const RUNS = 60;

export function rule(
  name: string,
  check: (room: Classroom, story: History) => void,
  options: PlayOptions & { readonly runs?: number } = {},
): void {
  test(name, () => {
    fc.assert(
      fc.property(history, (story) => check(play(story, options), story)),
      { numRuns: options.runs ?? RUNS },
    );
  });
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
