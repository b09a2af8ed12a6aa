/**
 * The tally in two versions, on nodes of which some read only the first: deployed while clients go
 * on, one node after the other, and now and then taken back.
 */
import { tallyTwoMachine } from "../support/tally-two.ts";
import { tallyMachine } from "../support/tally.ts";
import { type Workload, tallyWorkload } from "./workload.ts";

const DOUBLE_CHANCE = 0.06;

export const mixedWorkload: Workload = {
  ...tallyWorkload,
  lineage: [tallyMachine, tallyTwoMachine],
  wish: (asked) =>
    asked.chance.happens(DOUBLE_CHANCE) ? { type: "double" } : tallyWorkload.wish(asked),
};
