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
import type { Acknowledged, RefusedAnswer } from "../../src/client/wire.ts";
import { systemIds } from "../../src/platform.ts";
import type { Operation, Told, Watcher } from "./history.ts";
import type { Onlooker } from "./onlooker.ts";
import { post } from "./post.ts";

/** Shorter than the client's own: a run has an end, and whoever still waits then has failed. */
const DEADLINE_MS = 30_000;
/** Every third command goes by HTTP, the others through the socket. */
const POSTED_EVERY = 3;
/** So often what was acknowledged is sent once more, through the other door. */
const REPEATED_EVERY = 10;

export interface Member extends Onlooker {
  readonly client: Client;
  readonly session: Watched;
  /** The acknowledgement; undefined: it was refused, or its caller was left with an error. */
  send(command: SessionCommand): Promise<Acknowledged | undefined>;
}

export interface MemberParts {
  readonly client: Client;
  readonly url: string;
  readonly actor: string;
  readonly name: string;
  readonly operations: Operation[];
  readonly onFacts?: (facts: readonly SeenFact[]) => void;
}

export function enter(parts: MemberParts): Member {
  const { client, actor, name } = parts;
  const watcher: Watcher = { actor, name, heard: [] };
  const session = client.watch(actor, {
    onRecord: ({ seq, facts }) => {
      watcher.heard.push({ kind: "record", seq });
      parts.onFacts?.(facts);
    },
    onReset: ({ seq }) => void watcher.heard.push({ kind: "reset", seq }),
  });
  const doors = doorsOf(parts, session);
  let sent = 0;
  return {
    ...{ client, session, watcher, http: client.http },
    get seq() {
      return session.seq;
    },
    send: async (command) => {
      sent += 1;
      const id = systemIds.next();
      const [socket, http] = doors;
      const [first, second] = sent % POSTED_EVERY === 0 ? [http, socket] : [socket, http];
      const answer = await operate(parts, { command, id, isRepeat: false }, first);
      if (answer !== undefined && sent % REPEATED_EVERY === 0) {
        await operate(parts, { command, id, isRepeat: true }, second);
      }
      return answer;
    },
  };
}

interface Word {
  readonly command: SessionCommand;
  readonly id: string;
  readonly isRepeat: boolean;
}

interface Door {
  readonly name: Operation["door"];
  readonly send: (word: Word) => Promise<Acknowledged | RefusedAnswer>;
}

function doorsOf({ client, url, actor }: MemberParts, session: Watched): readonly [Door, Door] {
  const deadlineMs = DEADLINE_MS;
  return [
    { name: "socket", send: ({ command, id }) => session.send(command, { id, deadlineMs }) },
    {
      name: "http",
      send: ({ command, id }) => post({ url, client, actor, command, id, deadlineMs }),
    },
  ];
}

/** Sends, and writes down what came of it. */
async function operate(
  { client, actor, operations }: MemberParts,
  word: Word,
  door: Door,
): Promise<Acknowledged | undefined> {
  const { type } = word.command;
  const by = principalOf(client);
  const claim = claimOf({ by, rank: "class", message: { type }, id: word.id });
  const operation: Operation = {
    ...{ actor, type, idKey: claim?.idKey ?? "" },
    ...{ door: door.name, isRepeat: word.isRepeat },
    ...{ sentAt: performance.now(), told: undefined },
  };
  operations.push(operation);
  const { told, answer } = await deliver(() => door.send(word));
  operation.told = told;
  return answer;
}

interface Delivered {
  readonly told: Told;
  readonly answer?: Acknowledged;
}

async function deliver(send: () => ReturnType<Door["send"]>): Promise<Delivered> {
  try {
    const answer = await send();
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
