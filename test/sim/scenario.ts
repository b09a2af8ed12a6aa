/**
 * A scenario: one interleaving that breaks a promise under a plain reading of the design, played
 * against the product in a simulated world. Its name begins with the rule that closes it.
 */
import type { Plant } from "./plant.ts";
import type { Stage } from "./stage.ts";
import type { Workload } from "./workload.ts";

export interface Scenario {
  readonly name: string;
  /** Absent: the tally. */
  readonly workload?: Workload;
  /** Throws where what is expected is not so. */
  readonly play: (stage: Stage) => Promise<void>;
  /** More was lost than can be mended: it is refused, and not judged. */
  readonly isLossy?: boolean;
  /** Bugs with which it must not come out well. */
  readonly plants?: readonly Plant[];
}
