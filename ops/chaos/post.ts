/**
 * Commands by `POST …/commands`: sent under one id until they are answered, as a careful program
 * without a socket would, on whichever node the balancer gives it.
 */
import type { SessionCommand } from "../../machines/learning-session/commands.ts";
import type { Client } from "../../src/client/client.ts";
import { Unanswered, isPassing, parseProblem } from "../../src/client/problems.ts";
import type { Acknowledged, RefusedAnswer } from "../../src/client/wire.ts";
import type { Acknowledgement } from "../../src/documents.ts";
import { fetchWithin } from "./limited-fetch.ts";
import { pathOf } from "./onlooker.ts";

const AGAIN_MS = 100;

export interface Posted {
  readonly url: string;
  readonly client: Client;
  readonly actor: string;
  readonly command: SessionCommand;
  /** The command id: the `Idempotency-Key`. */
  readonly id: string;
  readonly deadlineMs: number;
}

/** What is said by the server once and for all; throws `Unanswered` at the deadline. */
export async function post(what: Posted): Promise<Acknowledged | RefusedAnswer> {
  const until = performance.now() + what.deadlineMs;
  for (let left = what.deadlineMs; left > 0; left = until - performance.now()) {
    const answer = await attempt(what, left).catch(() => undefined);
    if (answer !== undefined && (answer.ok || !isPassing(answer.problem))) {
      return answer;
    }
    await Bun.sleep(Math.min(answer?.problem.retryAfterMs ?? AGAIN_MS, left));
  }
  throw new Unanswered(what.id, what.deadlineMs);
}

async function attempt(
  { url, client, actor, command, id }: Posted,
  leftMs: number,
): Promise<Acknowledged | RefusedAnswer> {
  const request = {
    method: "POST",
    headers: {
      authorization: `Bearer ${client.accessToken ?? ""}`,
      "content-type": "application/json",
      "idempotency-key": id,
    },
    body: JSON.stringify(command),
  };
  const path = `/api/v1${pathOf(actor, "commands")}`;
  const response = await fetchWithin(`${url}${path}`, request, leftMs);
  const body: unknown = await response.json();
  return response.ok ? parseAcknowledged(body) : refusedBy(response.status, body);
}

function refusedBy(status: number, body: unknown): RefusedAnswer {
  return { ok: false, problem: parseProblem(status, body) };
}

function parseAcknowledged(body: unknown): Acknowledged {
  return { ok: true, ...(body as Acknowledgement) };
}
