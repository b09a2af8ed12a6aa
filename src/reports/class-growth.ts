/**
 * A class over its sessions: each student's attendance and share of points, and the class's own.
 *
 * Invariants:
 * CL7: Whoever was expected and never came is absent, without a share: an absence is no zero.
 *   Whoever came to the class after a session has no part in it, unless he sat in it all the same.
 */
import { type Growth, type Sat, growthOf } from "./growth.ts";
import { type Listed, isIn } from "./expected.ts";
import { meanOf, rounded, slopeOf } from "./statistics.ts";

/** A session that is over, and what each account did in it. */
export interface Held {
  readonly sessionId: string;
  readonly title: string;
  readonly endedAt: number | null;
  readonly hasBegun: boolean;
  readonly sats: ReadonlyMap<string, Sat>;
}

export interface ClassGrowth {
  readonly sessions: readonly {
    readonly sessionId: string;
    readonly title: string;
    readonly endedAt: string | null;
    readonly attendance: Growth["attendance"];
    readonly meanShare: number | null;
  }[];
  readonly students: readonly StudentGrowth[];
  readonly meanShare: number | null;
  /** Share that the class gained from one session to the next. */
  readonly trend: number | null;
}

export interface StudentGrowth {
  readonly userId: string;
  readonly name: string;
  /** As many as there are sessions, in their order; null: he had no part in that one. */
  readonly sessions: readonly (Part | null)[];
  readonly meanShare: number | null;
  readonly trend: number | null;
  readonly attendance: Growth["attendance"];
}

type Part = Pick<Growth["sessions"][number], "attendance" | "points" | "pointsMax" | "share">;

/** The sessions are in order of time, the oldest first. */
export function classGrowthOf(
  members: readonly Listed[],
  held: readonly Held[],
  instantOf: (at: number | null) => string | null,
): ClassGrowth {
  const grown = members.map((member) => growthOfMember(member, held));
  const sessions = held.map(({ sessionId, title, endedAt }, at) => {
    const column = growthOf(grown.flatMap(({ sats }) => sats[at] ?? []));
    const { attendance, meanShare } = column;
    return { sessionId, title, endedAt: instantOf(endedAt), attendance, meanShare };
  });
  const shares = sessions.flatMap(({ meanShare }) => (meanShare === null ? [] : [meanShare]));
  return {
    sessions,
    students: grown.map(({ student }) => student),
    meanShare: rounded(meanOf(shares)),
    trend: rounded(slopeOf(shares)),
  };
}

function growthOfMember(member: Listed, held: readonly Held[]) {
  const sats = held.map((session) => satOfMember(member, session));
  const { sessions, ...whole } = growthOf(sats.flatMap((sat) => sat ?? []));
  const parts = new Map(sessions.map((each) => [each.sessionId, each]));
  const { userId, name } = member;
  const row = held.map(({ sessionId }) => partOf(parts.get(sessionId)));
  return { sats, student: { userId, name, sessions: row, ...whole } };
}

function satOfMember({ userId, addedAt }: Listed, session: Held): Sat | undefined {
  const sat = session.sats.get(userId);
  if (sat !== undefined || !isIn(addedAt, session.endedAt)) {
    return sat;
  }
  const { sessionId, title, hasBegun } = session;
  const attendance = hasBegun ? "absent" : null;
  return { sessionId, title, endedAt: null, attendance, points: null, pointsMax: null };
}

function partOf(sat: Growth["sessions"][number] | undefined): Part | null {
  if (sat === undefined) {
    return null;
  }
  const { attendance, points, pointsMax, share } = sat;
  return { attendance, points, pointsMax, share };
}
