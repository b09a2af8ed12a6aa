/** The rounds that a session is in now, of the class or of each group: whose, and at what. */
import type { Round, SessionContext } from "../../machines/learning-session/context.ts";

type Rows = Pick<SessionContext, "round" | "grouping">;

/** Where a round is, by the names of the activity region. */
export type Place = "idle" | "ticking" | "frozen" | "grace" | "scored" | "revealed";

export function currentRounds({ round, grouping }: Rows): readonly Round[] {
  const ofGroups = (grouping?.groups ?? []).flatMap((group) => group.round ?? []);
  return round === null ? ofGroups : [round, ...ofGroups];
}

/** Which round this participant is asked: his group's, or else the class's. */
export function roundFor({ round, grouping }: Rows, id: string): Round | null {
  const own = (grouping?.groups ?? []).find(({ members }) => members.some((each) => each === id));
  return own?.round ?? round;
}

export function placeOf(round: Round | null | undefined): Place {
  if (round === null || round === undefined) {
    return "idle";
  }
  if (round.revealedAt !== null || round.scoredAt !== null) {
    return round.revealedAt === null ? "scored" : "revealed";
  }
  if (round.closedAt !== null) {
    return "grace";
  }
  return round.pausedAt === null ? "ticking" : "frozen";
}

/** Everybody whose round it is may hear of it. */
export function isOfAudience({ group }: Round, id: string): boolean {
  return group === undefined || group.members.some((each) => each === id);
}
