/** What is left until the groups' work, its last minute or the way back is over. */
import type { Client } from "../client/client.ts";
import { clockOf } from "./format.ts";
import { useNow } from "./session.ts";
import { language, t } from "./text.ts";

export function GroupTimer(props: { readonly client: Client; readonly endsAt: string | null }) {
  const { client, endsAt } = props;
  const now = useNow(client, endsAt !== null);
  return endsAt === null ? null : (
    <p className="timer">
      <span className="timer-label">{t("c.groups-end")}</span>
      <span className="timer-time" role="timer">
        {clockOf(Math.max(0, Date.parse(endsAt) - now), language)}
      </span>
    </p>
  );
}
