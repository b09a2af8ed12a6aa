/** Who of the class that a session is for has not come, for the screen that runs it. */
import { useEffect, useRef, useState } from "react";
import type { Client } from "../client/client.ts";
import { systemClock } from "../platform.ts";
import { ErrorNotice } from "./parts.tsx";
import { useWork } from "./session.ts";
import { t } from "./text.ts";

/** Five hundred may come in one minute, in which a teacher has 120 requests for all he does. */
const ASK_EVERY_MS = 5_000;

interface Expected {
  readonly class: {
    readonly title: string;
    readonly expected: readonly { readonly userId: string; readonly name: string }[];
  } | null;
}

/** Asked again soon after another one is in; nothing is shown of a session that is for no class. */
export function NotHere(props: {
  readonly client: Client;
  readonly sessionId: string;
  readonly admitted: number;
}) {
  const { client, sessionId, admitted } = props;
  /** Null: it is for no class, which does not change. */
  const [found, setFound] = useState<Expected["class"]>();
  const askedAt = useRef(0);
  const work = useWork();
  useEffect(() => {
    if (found === null) {
      return undefined;
    }
    const ask = (): void => {
      askedAt.current = systemClock.now();
      work.run(async () => {
        const path = `/sessions/${sessionId}/class`;
        setFound((await client.http.get<Expected>(path)).class);
      });
    };
    return systemClock.after(Math.max(0, askedAt.current + ASK_EVERY_MS - systemClock.now()), ask);
  }, [sessionId, admitted]);
  if (found === undefined || found === null) {
    return <ErrorNotice error={work.error} />;
  }
  const { title, expected } = found;
  return (
    <details>
      <summary>
        <bdi>{title}</bdi> · {t("t.class-missing", { n: expected.length })}
      </summary>
      <ul className="list" data-missing={expected.length}>
        {expected.map(({ userId, name }) => (
          <li key={userId}>
            <bdi>{name}</bdi>
          </li>
        ))}
      </ul>
    </details>
  );
}
