/**
 * One person of a measured class: the project's own client, watching one session by its records.
 */
import type { SessionCommand } from "../../machines/learning-session/commands.ts";
import type { Client } from "../../src/client/client.ts";
import type { Acknowledged, WireRecord } from "../../src/client/wire.ts";

export interface Member {
  /** Throws when it is refused. */
  send(command: SessionCommand): Promise<Acknowledged>;
  /** Returns what ends it. */
  onRecord(listener: (record: WireRecord) => void): () => void;
  /** The count of answers of a round, whenever it changed. Returns what ends it. */
  onCount(listener: (roundId: string, answered: number) => void): () => void;
  leave(): void;
}

/** Resolves when the session is watched. */
export async function enter(client: Client, sessionId: string): Promise<Member> {
  const listeners = new Set<(record: WireRecord) => void>();
  const session = client.watch(`session/${sessionId}`, {
    onRecord: (record) => {
      for (const listener of listeners) {
        listener(record);
      }
    },
  });
  const { status, reason } = await session.until((now) => ["live", "ended"].includes(now.status));
  if (status === "ended") {
    throw new Error(`expected to watch the session, found ${reason ?? "that it ended"}`);
  }
  return {
    send: async (command) => {
      const answer = await session.send(command);
      if (!answer.ok) {
        throw new Error(`expected ${command.type} accepted, found ${answer.problem.detail}`);
      }
      return answer;
    },
    onRecord: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    onCount: (listener) =>
      session.subscribe(({ counters: { answers } }) => {
        const [roundId, answered] = [answers?.["roundId"], answers?.["answered"]];
        if (typeof roundId === "string" && typeof answered === "number") {
          listener(roundId, answered);
        }
      }),
    leave: () => client.close(),
  };
}
