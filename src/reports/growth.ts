/** A student over his sessions: what he earned of each, and whether it becomes more. */
import { meanOf, rounded, slopeOf } from "./statistics.ts";

export interface Sat {
  readonly sessionId: string;
  readonly title: string;
  readonly endedAt: string | null;
  readonly attendance: string | null;
  /** Without a bonus; null: nothing was taken, nothing judged, or the session is anonymous. */
  readonly points: number | null;
  readonly pointsMax: number | null;
}

export interface Growth {
  readonly sessions: readonly (Sat & { readonly share: number | null })[];
  readonly meanShare: number | null;
  /** Share gained from one session to the next, by least squares over those that have one. */
  readonly trend: number | null;
  readonly attendance: Readonly<Record<"present" | "late" | "absent" | "excused", number>>;
}

/** The sessions are in order of time, the oldest first. */
export function growthOf(sats: readonly Sat[]): Growth {
  const shares = sats.map(({ points, pointsMax }) =>
    points === null || pointsMax === null || pointsMax === 0 ? null : points / pointsMax,
  );
  const known = shares.filter((share) => share !== null);
  const times = (mark: string) => sats.filter(({ attendance }) => attendance === mark).length;
  return {
    sessions: sats.map((sat, index) => ({ ...sat, share: rounded(shares[index] ?? null) })),
    meanShare: rounded(meanOf(known)),
    trend: rounded(slopeOf(known)),
    attendance: {
      ...{ present: times("present"), late: times("late") },
      ...{ absent: times("absent"), excused: times("excused") },
    },
  };
}
