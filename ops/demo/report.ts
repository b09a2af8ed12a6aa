/** Of the report of a session what the verdict needs. */

export interface Report {
  readonly rounds: readonly { readonly roundId: string; readonly stepId: string | null }[];
  readonly participants: readonly {
    readonly participantId: string;
    readonly name: string;
    readonly answers: readonly {
      readonly roundId: string;
      readonly correct: boolean | null;
    }[];
  }[];
}
