/** What a node of the benchmark is told to do, and what it answers to a run. */

export type NodeTask =
  | { readonly kind: "open"; readonly url: string }
  /** Makes quizzes and loads them from then on; answers their rounds. */
  | {
      readonly kind: "fill";
      readonly first: number;
      readonly quizzes: number;
      readonly students: number;
    }
  /** Loads quizzes that another node made. */
  | {
      readonly kind: "meet";
      readonly first: number;
      readonly students: number;
      readonly roundIds: readonly string[];
    }
  | {
      readonly kind: "run";
      readonly inFlight: number;
      readonly warmMs: number;
      readonly ms: number;
    };

export interface NodeRun {
  /** How long each accepted command took, in ms. */
  readonly samples: readonly number[];
  /** `busy`, when another node was first too often. */
  readonly refused: number;
}

export function parseNodeRun(result: unknown): NodeRun {
  return result as NodeRun;
}

export function parseRoundIds(result: unknown): readonly string[] {
  return result as readonly string[];
}
