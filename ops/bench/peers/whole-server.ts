/**
 * Ours as a school runs it: the real server on Redis and Postgres, its sign-in, schemas, limits,
 * lessons and journal, through the channel's `send`.
 *
 * Its actor is the lesson, not the quiz: a student amends an answer in an open round, so every
 * command changes the state, as one in the quiz does, and the state does not grow.
 */
import type { Socket } from "socket.io-client";
import { type Client, createClient } from "../../../src/client/client.ts";
import { parseSent } from "../../../src/client/wire.ts";
import { startNodes } from "./nodes.ts";
import { connect } from "./plugs.ts";
import type { Answer, Peer, Plan, Reply } from "./quiz.ts";
import type { Scope } from "./scope.ts";

const CHOICES = ["a", "b", "c", "d"] as const;
/** A connection may send fifty commands a second, so there are more of them than lanes. */
const SEATS_A_LANE = 4;
/** A class has not more; lanes share them. */
const SEATS_MAX = 384;

export const wholeServer: Peer = {
  name: "ours: lesson on the whole server, channel (fsynced Redis)",
  durability: "Redis with appendfsync always, before the acknowledgement",
  lacks: undefined,
  door: "socket",
  isOurs: true,
  start: async (scope, plan) => {
    const { urls, teacher, lessonId } = await startNodes(scope, 1);
    const place = { scope, teacher, lessonId, url: urls[0] ?? "" };
    const seats = Math.ceil((plan.lanes * SEATS_A_LANE) / plan.actors.length);
    const seatsEach = Math.min(seats, SEATS_MAX);
    const classes = new Map<string, readonly Seat[]>();
    const open = async (actor: string): Promise<void> => {
      classes.set(actor, await openClass(place, seatsEach));
    };
    await inLanes(plan, open);
    return {
      answer: async (lane, actor, answer) => {
        const seats = classes.get(actor) ?? [];
        const nth = lane * SEATS_A_LANE + (answer.question % SEATS_A_LANE);
        const seat = seats[nth % seats.length];
        if (seat === undefined) {
          throw new Error(`expected a seat in ${actor}, found none`);
        }
        return send(seat, "answer.amend", answer);
      },
    };
  },
};

interface Seat {
  readonly socket: Socket;
  readonly actor: string;
  readonly roundId: string;
}

interface Place {
  readonly scope: Scope;
  readonly teacher: Client;
  readonly lessonId: string;
  readonly url: string;
}

async function openClass(place: Place, count: number): Promise<readonly Seat[]> {
  const { teacher, lessonId } = place;
  const { http } = teacher;
  const made = await http.post<{ readonly id: string; readonly joinCode: string }>("/sessions", {
    lessonId,
  });
  const command = (body: object): Promise<Acknowledged> =>
    http.post<Acknowledged>(`/sessions/${made.id}/commands`, body);
  await command({ type: "session.open-lobby" });
  const tokens: string[] = [];
  for (let seat = 1; seat <= count; seat += 1) {
    const joined = await createClient({ url: place.url }).http.post<{
      readonly accessToken: string;
    }>("/join", { code: made.joinCode, name: `Student ${seat}` });
    tokens.push(joined.accessToken);
  }
  await command({ type: "session.start" });
  const choices = CHOICES.map((id) => ({ id, text: id, correct: id === "a" }));
  const item = { kind: "single-choice", prompt: "Which one?", points: 1, choices };
  const { facts } = await command({ type: "round.open", item });
  const roundId = facts.find((fact) => fact.type === "round.opened")?.roundId ?? "";
  return Promise.all(
    tokens.map(async (token) => {
      const socket = await connect(place.scope, place.url, { token });
      const seat = { socket, actor: `session/${made.id}`, roundId };
      const first = { id: "submitted", student: "", question: 0, choice: 0 };
      await send(seat, "answer.submit", first);
      return seat;
    }),
  );
}

interface Acknowledged {
  readonly facts: readonly { readonly type: string; readonly roundId?: string }[];
}

async function send({ socket, actor, roundId }: Seat, type: string, given: Answer): Promise<Reply> {
  const answer = { choice: CHOICES[given.choice] };
  const command = { type, roundId, answer };
  const sent = parseSent(await socket.emitWithAck("send", { actor, id: given.id, command }));
  if (!sent.ok) {
    throw new Error(`expected ${type} to be accepted, found ${sent.problem.detail}`);
  }
  return { counted: true, counts: undefined };
}

async function inLanes(
  { actors, lanes }: Plan,
  work: (actor: string) => Promise<void>,
): Promise<void> {
  const waiting = actors.values();
  const lane = async (): Promise<void> => {
    for (const actor of waiting) {
      await work(actor);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
