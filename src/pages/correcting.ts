/**
 * What is corrected after the fact: a session's report, and the commands that change it.
 *
 * A correction says what became of it where it was made, so each throws what went wrong instead of
 * leaving it to a notice for the whole page.
 */
import { useEffect, useState } from "react";
import type { SeenFact } from "../../machines/fact.ts";
import type { SessionCommand } from "../../machines/learning-session/commands.ts";
import type { Client } from "../client/client.ts";
import { ProblemError } from "../client/problems.ts";
import type { Watched } from "../client/watched.ts";
import type { Acknowledgement } from "../documents.ts";
import { useWork } from "./session.ts";
import type { ReportDocument } from "./report-document.ts";

/** What is told of it, once it was done and what it changed is on the page. */
export type Correct = (command: SessionCommand) => Promise<readonly SeenFact[]>;

/** What every part that corrects is given. */
export interface Correcting {
  readonly can: readonly string[];
  readonly correct: Correct;
}

/** Where the session is watched, and shows by itself what has changed. */
export function correctingIn(watched: Watched): Correcting {
  return {
    can: watched.snapshot.can,
    correct: async (command) => {
      const answer = await watched.send(command);
      if (!answer.ok) {
        throw new ProblemError(answer.problem);
      }
      return answer.facts;
    },
  };
}

/** The report as it is now, again after each correction. */
export function useReport(client: Client, sessionId: string) {
  const [report, setReport] = useState<ReportDocument>();
  const [can, setCan] = useState<readonly string[]>([]);
  const work = useWork();
  const path = `/sessions/${sessionId}`;
  const load = async (): Promise<void> =>
    setReport(await client.http.get<ReportDocument>(`${path}/report`));
  useEffect(
    () =>
      work.run(async () => {
        const seen = client.http.get<Pick<Acknowledgement, "can">>(path);
        await load();
        setCan((await seen).can);
      }),
    [sessionId],
  );
  const correct: Correct = async (command) => {
    const done = await client.http.post<Acknowledgement>(`${path}/commands`, command);
    setCan(done.can);
    await load();
    return done.facts;
  };
  return { report, can, correct, error: work.error };
}
