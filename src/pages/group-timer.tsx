/**
 * What is left until the groups' work, its last minute or the way back is over; it stands still in
 * a pause of the lesson.
 */
import type { Client } from "../client/client.ts";
import { clockOf } from "./format.ts";
import { useNow } from "./session.ts";
import { language, t } from "./text.ts";
import type { Grouping } from "./view.ts";

interface GroupTimerProps {
  readonly client: Client;
  readonly grouping: Pick<Grouping, "endsAt" | "remainingMs">;
}

export function GroupTimer({ client, grouping }: GroupTimerProps) {
  const { endsAt, remainingMs } = grouping;
  const now = useNow(client, endsAt !== null);
  const leftMs = remainingMs ?? (endsAt === null ? undefined : Date.parse(endsAt) - now);
  return leftMs === undefined ? null : (
    <p className="timer" data-frozen={remainingMs === null ? undefined : ""}>
      <span className="timer-label">{t(remainingMs === null ? "c.groups-end" : "c.paused")}</span>
      <span className="timer-time" role="timer">
        {clockOf(Math.max(0, leftMs), language)}
      </span>
    </p>
  );
}
