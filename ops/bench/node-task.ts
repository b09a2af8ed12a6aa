/** What a node of the benchmark is told to do, and what it answers to a run. */

export type NodeTask =
  | { readonly kind: "open"; readonly url: string }
  /** Makes quizzes and loads them from then on; answers what another node has to know of them. */
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
      readonly made: readonly Made[];
    }
  | {
      readonly kind: "run";
      readonly inFlight: number;
      readonly warmMs: number;
      readonly ms: number;
    };

/** Of a quiz that was made; its epoch stands for the archive that the nodes do not share here. */
export interface Made {
  readonly roundId: string;
  readonly epoch: string;
}

export interface NodeRun {
  /** How long each accepted command took, in ms. */
  readonly samples: readonly number[];
  /** `busy`, when another node was first too often. */
  readonly refused: number;
}

export function parseNodeRun(result: unknown): NodeRun {
  return result as NodeRun;
}

export function parseMade(result: unknown): readonly Made[] {
  return result as readonly Made[];
}
