/** Who of the class that a session is for has not come, for the screen that runs it. */
import { useEffect, useState } from "react";
import type { Client } from "../client/client.ts";
import { useWork } from "./session.ts";
import { t } from "./text.ts";

interface Expected {
  readonly class: {
    readonly title: string;
    readonly expected: readonly { readonly userId: string; readonly name: string }[];
  } | null;
}

/** Asked again when another one is in; nothing is shown of a session that is for no class. */
export function NotHere(props: {
  readonly client: Client;
  readonly sessionId: string;
  readonly admitted: number;
}) {
  const { client, sessionId, admitted } = props;
  const [found, setFound] = useState<Expected["class"]>(null);
  const work = useWork();
  useEffect(
    () =>
      work.run(async () => {
        const path = `/sessions/${sessionId}/class`;
        setFound((await client.http.get<Expected>(path)).class);
      }),
    [sessionId, admitted],
  );
  if (found === null) {
    return null;
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
