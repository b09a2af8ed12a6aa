/**
 * One person of a class under chaos: the project's own client, and everything it did and heard.
 */
import { claimOf } from "../../actors/letter.ts";
import type { SeenFact } from "../../machines/fact.ts";
import { parseParticipantId, parseUserId } from "../../machines/ids.ts";
import type { SessionCommand } from "../../machines/learning-session/commands.ts";
import type { Principal } from "../../machines/principal.ts";
import type { Client } from "../../src/client/client.ts";
import { ProblemError } from "../../src/client/problems.ts";
import type { Watched } from "../../src/client/watched.ts";
import type { Acknowledged } from "../../src/client/wire.ts";
import { systemIds } from "../../src/platform.ts";
import type { Operation, Told, Watcher } from "./history.ts";

/** Shorter than the client's own: a run has an end, and whoever still waits then has failed. */
const DEADLINE_MS = 30_000;

export interface Member {
  readonly client: Client;
  readonly session: Watched;
  readonly watcher: Watcher;
  /** The acknowledgement; undefined: it was refused, or its caller was left with an error. */
  send(command: SessionCommand): Promise<Acknowledged | undefined>;
}

export interface MemberParts {
  readonly client: Client;
  readonly actor: string;
  readonly name: string;
  readonly operations: Operation[];
  readonly onFacts?: (facts: readonly SeenFact[]) => void;
}

export function enter(parts: MemberParts): Member {
  const { client, actor, name, operations } = parts;
  const watcher: Watcher = { actor, name, heard: [] };
  const session = client.watch(actor, {
    onRecord: ({ seq, facts }) => {
      watcher.heard.push({ kind: "record", seq });
      parts.onFacts?.(facts);
    },
    onReset: ({ seq }) => void watcher.heard.push({ kind: "reset", seq }),
  });
  return {
    ...{ client, session, watcher },
    send: async (command) => {
      const id = systemIds.next();
      const by = principalOf(client);
      const claim = claimOf({ by, rank: "class", message: { type: command.type }, id });
      const operation: Operation = {
        ...{ actor, type: command.type, idKey: claim?.idKey ?? "" },
        ...{ sentAt: performance.now(), told: undefined },
      };
      operations.push(operation);
      const { told, answer } = await deliver(session, command, id);
      operation.told = told;
      return answer;
    },
  };
}

interface Delivered {
  readonly told: Told;
  readonly answer?: Acknowledged;
}

async function deliver(session: Watched, command: SessionCommand, id: string): Promise<Delivered> {
  try {
    const answer = await session.send(command, { id, deadlineMs: DEADLINE_MS });
    const at = performance.now();
    if (answer.ok) {
      return { told: { kind: "acknowledged", at, seq: answer.seq }, answer };
    }
    const { code, status, detail } = answer.problem;
    return status >= 500 || status === 401
      ? { told: { kind: "failed", at, why: `${code}: ${detail}` } }
      : { told: { kind: "refused", at, code } };
  } catch (error) {
    const why = error instanceof ProblemError ? error.problem.code : String(error);
    return { told: { kind: "failed", at: performance.now(), why } };
  }
}

function principalOf({ user, seat }: Client): Principal {
  if (user !== undefined) {
    const { id, name } = user;
    return { kind: "user", userId: parseUserId(id), role: "teacher", name };
  }
  return { kind: "guest", participantId: parseParticipantId(seat?.participantId ?? "") };
}
