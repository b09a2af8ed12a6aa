/**
 * A session as a stream of server-sent events: what the channels push, for those without a socket.
 *
 * Owns how a client says where it wants to go on. What is sent, and to whom, is the channels'.
 */
import { Type } from "@sinclair/typebox";
import { type Problem, problem } from "../problem.ts";
import { no } from "./answer.ts";
import type { Read } from "./body.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";
import { FACTS_EXAMPLE } from "./session-shapes.ts";
import { SEEN_EXAMPLE } from "./shapes.ts";

const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** Fifteen digits are below 2^53. */
const SEQ = /^\d{1,15}$/;
const EPOCH_CHARS_MAX = 200;

const DESCRIPTION = `The first event is \`view\`, the session as the caller sees it; with \`Last-Event-ID\` (or \`after\`) it is
the \`record\`s that were missed, when there are not too many. Then \`record\`, \`delta\`, \`reset\` and \`unwatched\`
come as they do on a socket, with the same documents; \`bye\` says why the stream ends: \`expired\` (come back
with a fresh token), \`draining\` or \`slow\` (come back after \`retryAfterMs\`); after \`unwatched\` nothing more
comes, and who comes back by himself may end another device's watch. A \`view\`, \`reset\` or \`record\`
has its \`seq\` as the event's id: send the last one as \`Last-Event-ID\`. Lines with a colon at the front are
heartbeats. An open stream is its caller's presence.

\`curl -N -H "Authorization: Bearer $TOKEN" …/stream\`; in a browser \`fetch\`, because \`EventSource\` sends no token.`;

export function streamRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/sessions/:id/stream",
    access: "caller",
    query: Type.Object(
      {
        after: Type.Optional({
          ...Seq,
          description: "The `seq` to go on from; `Last-Event-ID` wins.",
        }),
        epoch: Type.Optional(
          Type.String({
            maxLength: EPOCH_CHARS_MAX,
            description: "The `epoch` of the view or reset that `after` counts from.",
          }),
        ),
      },
      { additionalProperties: false },
    ),
    gate: async ({ caller, params: { id = "" } }) => {
      const seen = await parts.desk.look(caller, `session/${id}`);
      return seen.ok ? undefined : seen.problem;
    },
    docs: {
      tag: "Sessions",
      summary: "What happens in a session, as it happens",
      description: DESCRIPTION,
      headers: { "Last-Event-ID": { ...Seq, description: "The id of the last event." } },
      answers: {
        200: { description: "Open.", also: { "text/event-stream": exampleOf() } },
      },
      problems: ["busy", "draining"],
    },
    async handle({ caller, params: { id = "" }, query, exchange }) {
      const last = lastEventOf(exchange.request.headers);
      if (!last.ok) {
        return no(last.problem);
      }
      const actor = `session/${id}`;
      if (exchange.request.method === "HEAD") {
        const seen = await parts.desk.look(caller, actor);
        return seen.ok ? { kind: "stream", body: new Blob().stream() } : no(seen.problem);
      }
      const after = last.value ?? query.after;
      const opened = await parts.channels.stream({
        holder: { caller, token: exchange.token ?? "" },
        asked: {
          actor,
          ...(after === undefined ? {} : { after }),
          ...(query.epoch === undefined ? {} : { epoch: query.epoch }),
        },
        signal: exchange.request.signal,
      });
      return opened.ok ? { kind: "stream", body: opened.body } : no(opened.problem);
    },
  });
}

/** Clients that have heard nothing yet may send an empty one. */
function lastEventOf(headers: Headers): Read<number | undefined> {
  const given = headers.get("last-event-id") ?? "";
  if (given === "") {
    return { ok: true, value: undefined };
  }
  return SEQ.test(given)
    ? { ok: true, value: Number(given) }
    : { ok: false, problem: badLastEvent() };
}

function badLastEvent(): Problem {
  const errors = [{ path: "/last-event-id", message: "Expected the id of an event: its seq" }];
  return problem("invalid", "Last-Event-ID is no id of ours.", { errors });
}

function exampleOf(): string {
  const actor = "session/b6a1f0c2d4e84a0f";
  const { seq, state, can } = SEEN_EXAMPLE;
  const at = SEEN_EXAMPLE.now;
  const view = JSON.stringify({ actor, ...SEEN_EXAMPLE, epoch: "e1" });
  const record = JSON.stringify({ actor, seq: seq + 1, at, facts: FACTS_EXAMPLE, state, can });
  return `id: ${seq}\nevent: view\ndata: ${view}\n\nid: ${seq + 1}\nevent: record\ndata: ${record}\n\n`;
}
