/** The random histories of a class reach what the rules are about, groups and their rounds too. */
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { placeOf, roundFor } from "./current.ts";
import { LEARNERS } from "./classroom.ts";
import { history, play } from "./history.ts";
import { TEST_MS_MAX, accepted } from "./rule.ts";
import { leafIn } from "./state.ts";

const RUNS = 300;

test(
  "these histories do what they are about",
  () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(history, (story) => {
        for (const { after, message, facts } of accepted(play(story))) {
          const where = leafIn(after.state, "grouping");
          const phase = leafIn(after.state, "phase");
          seen.add(`${where} ${message.type}`).add(`${phase} ${where}`);
          const ofGroups = LEARNERS.map(({ id }) => roundFor(after.context, id)).filter(
            (round) => round?.group !== undefined,
          );
          ofGroups.forEach((round) => seen.add(`group's ${placeOf(round)}`));
          seen.add(`${new Set(ofGroups).size} at once`);
          facts.forEach(({ type }) => seen.add(`${where} ${type}`));
        }
      }),
      { numRuns: RUNS },
    );

    expect(EXPECTED.filter((each) => !seen.has(each))).toEqual([]);
  },
  TEST_MS_MAX,
);

const EXPECTED = [
  "whole answer.submit",
  "split answer.submit",
  "split answer.amend",
  "split draft.save",
  "split groups.move",
  "split participant.join",
  "split participant.leave",
  "split accommodation.set",
  "split round.extended",
  "split round.reopened",
  "split round.revealed",
  "split round.voided",
  "split round.dismissed",
  "split timer.round",
  "split timer.grace",
  "closing timer.groups",
  "merging timer.groups",
  "whole timer.groups",
  "closing answer.submitted",
  "merging round.closed",
  "paused split",
  "paused closing",
  "paused merging",
  "group's ticking",
  "group's frozen",
  "group's grace",
  "group's scored",
  "group's revealed",
  "2 at once",
];
