/**
 * The world says no: every typed failure as a problem document; the unknown as `internal`.
 *
 * Invariant: a client hears no more of an error than its kind's own sentence; the log has the rest.
 */
import type { Log } from "../actors/clock.ts";
import { type Problem, problem } from "./problem.ts";

/** After this a client may send the same command id again. */
const RETRY_AFTER_MS = 1_000;

type Said = readonly ["unavailable" | "draining" | "busy" | "internal", string];

/** `internal`: to send it again does not help. */
const SENTENCES: ReadonlyMap<string, Said> = new Map<string, Said>([
  ["store.unreachable", ["unavailable", "It is not known whether this was done: send it again."]],
  ["database.unreachable", ["unavailable", "The database does not answer: send it again."]],
  ["passwords.busy", ["busy", "Too many are signing in at this moment: send it again."]],
  ["codes.exhausted", ["unavailable", "No join code is free now: send it again."]],
  ["node.draining", ["draining", "This node is shutting down: send it again."]],
  ["envelope.damaged", ["unavailable", "This actor is damaged and is kept apart until repaired."]],
  ["version.unknown", ["unavailable", "This node is older than the actor: another one can."]],
  [
    "actor.quarantined",
    [
      "internal",
      "Part of what was done here was lost on our side, so nobody may go on until a person " +
        "has repaired it. Sending it again does not help.",
    ],
  ],
  ["snapshot.unreadable", ["unavailable", "This node cannot read the actor: ask another one."]],
]);
const TOO_LARGE = "commit.too-large";

export function problemOfFailure(error: unknown, log: Log): Problem {
  const kind = error instanceof Error && "kind" in error ? String(error.kind) : "";
  const known = SENTENCES.get(kind);
  log.error("request.failed", { kind: kind === "" ? "unknown" : kind, error });
  if (kind === TOO_LARGE) {
    return problem("too-large", "What this would have to store is larger than a session may be.");
  }
  if (known === undefined) {
    return problem("internal", "Something went wrong on our side; nothing more is known.");
  }
  const [code, sentence] = known;
  return problem(code, sentence, code === "internal" ? {} : { retryAfterMs: RETRY_AFTER_MS });
}
