/**
 * A session under test: it keeps seq, time and timers as the runtime would, and remembers
 * everything that was said.
 *
 * Timers fire at their time while time passes, or all at once and late after `sleep`.
 */
import { type Fact, type SeenFact, seenBy } from "../../machines/fact.ts";
import { parseParticipantId, parseUserId } from "../../machines/ids.ts";
import { SessionLiving, sessionMachine } from "../../machines/learning-session/machine.ts";
import type { SessionContext } from "../../machines/learning-session/context.ts";
import type { Living, Message, Stamp, Stepped } from "../../machines/living.ts";
import { type Principal, type Role, SYSTEM } from "../../machines/principal.ts";
import type { Refusal } from "../../machines/refusal.ts";
import { STEPS } from "./lesson.ts";

export const START = Date.UTC(2026, 8, 1, 8);

export function user(id: string, role: Role): Principal {
  return { kind: "user", userId: parseUserId(id), role, name: `Name-${id}` };
}

export function guest(id: string): Principal {
  return { kind: "guest", participantId: parseParticipantId(id) };
}

export const HOST = user("t1", "teacher");
export const COHOST = user("t2", "teacher");
export const OWNER = user("o1", "owner");
export const STRANGER = user("t9", "teacher");
export const BOARD: Principal = { kind: "board", boardId: "b1" };

export interface Told {
  readonly before: SessionLiving;
  readonly message: Message;
  readonly stamp: Stamp;
  readonly stepped: Stepped;
  readonly after: SessionLiving;
}

export interface Options {
  readonly settings?: Record<string, string | number | boolean>;
  readonly startsAt?: number | null;
  /** The snapshot goes through JSON after every step, as on a node that crashes each time. */
  readonly crashing?: boolean;
}

export class Classroom {
  living: SessionLiving;
  seq = 1;
  at = START;
  readonly timers = new Map<string, { readonly dueAt: number; readonly event: Message }>();
  readonly told: Told[] = [];
  readonly effects: { readonly type: string; readonly params: object }[] = [];
  readonly #crashing: boolean;

  constructor({ settings = {}, startsAt = null, crashing = false }: Options = {}) {
    this.#crashing = crashing;
    const message = {
      type: "session.create",
      title: "Fractions",
      language: "en",
      lessonId: "l1",
      steps: STEPS.map((step) => ({ ...step })),
      joinCode: "CODE23",
      host: { userId: "t1", name: "Name-t1" },
      startsAt,
      settings,
    };
    const stamp = { at: this.at, seq: 1, by: HOST };
    const born = sessionMachine.birth(parseMessage(message), stamp);
    if (born.kind === "refused") {
      throw new TypeError(JSON.stringify(born.refusal));
    }
    this.living = living(born.next);
    this.#arm(born);
  }

  get context(): SessionContext {
    return this.living.context;
  }

  /** The current round, which a test that asks for it has opened. */
  get roundId(): string {
    const [ofGroup] = (this.context.grouping?.groups ?? []).flatMap(({ round }) => round ?? []);
    return this.context.round?.roundId ?? ofGroup?.roundId ?? "r999";
  }

  send(by: Principal, message: Message): Stepped {
    const stamp = { at: this.at, seq: this.seq + 1, by };
    const before = this.living;
    const stepped = before.step(message, stamp);
    if (stepped.kind === "accepted") {
      this.seq += 1;
      const next = living(stepped.next);
      this.living = this.#crashing ? revived(next) : next;
      this.#arm(stepped);
    }
    this.told.push({ before, message, stamp, stepped, after: this.living });
    return stepped;
  }

  /** `accepted`, or the code of the refusal. */
  verdict(by: Principal, message: Message): string {
    const stepped = this.send(by, message);
    return stepped.kind === "accepted" ? "accepted" : stepped.refusal.code;
  }

  /** The refusal, where a test expects one. */
  refusal(by: Principal, message: Message): Refusal | undefined {
    const stepped = this.send(by, message);
    return stepped.kind === "refused" ? stepped.refusal : undefined;
  }

  /** Like `send`, for what a test takes for granted. */
  must(by: Principal, message: Message): readonly Fact[] {
    const stepped = this.send(by, message);
    if (stepped.kind === "refused") {
      throw new Error(`${message.type}: ${JSON.stringify(stepped.refusal)}`);
    }
    return stepped.facts;
  }

  pass(ms: number): this {
    const until = this.at + ms;
    for (let due = this.#due(until); due !== undefined; due = this.#due(until)) {
      this.at = Math.max(this.at, due.dueAt);
      this.#fire(due.id, due.event);
    }
    this.at = until;
    return this;
  }

  /** No node lives for so long; what fell due meanwhile fires at once afterwards. */
  sleep(ms: number): this {
    this.at += ms;
    const until = this.at;
    for (let due = this.#due(until); due !== undefined; due = this.#due(until)) {
      this.#fire(due.id, due.event);
    }
    return this;
  }

  standing(by: Principal) {
    return this.living.standing(by);
  }

  view(by: Principal) {
    const standing = this.living.standing(by);
    return standing === undefined ? undefined : this.living.view(standing);
  }

  /** The facts of the last accepted message as this viewer sees them. */
  seen(by: Principal): readonly SeenFact[] {
    const last = this.told.findLast(({ stepped }) => stepped.kind === "accepted");
    return last === undefined ? [] : seenOf(last, by);
  }

  #due(until: number) {
    const [first] = [...this.timers]
      .map(([id, timer]) => ({ id, ...timer }))
      .filter(({ dueAt }) => dueAt <= until)
      .sort((a, b) => a.dueAt - b.dueAt);
    return first;
  }

  #fire(id: string, event: Message): void {
    this.timers.delete(id);
    this.send(SYSTEM, event);
  }

  #arm(stepped: Extract<Stepped, { kind: "accepted" }>): void {
    for (const timer of stepped.timers) {
      this.timers.delete(timer.id);
      if (timer.kind === "arm") {
        this.timers.set(timer.id, { dueAt: this.at + timer.delayMs, event: timer.event });
      }
    }
    this.effects.push(...stepped.effects);
  }
}

/** The facts of a step as this viewer, by his standing after it, sees them. */
export function seenOf({ stepped, after, stamp }: Told, by: Principal): readonly SeenFact[] {
  const standing = after.standing(by);
  return stepped.kind === "refused" || standing === undefined
    ? []
    : stepped.facts
        .map((fact) => seenBy(fact, standing, stamp.seq))
        .filter((fact) => fact !== undefined);
}

export function living(next: Living): SessionLiving {
  if (!(next instanceof SessionLiving)) {
    throw new TypeError("expected a session");
  }
  return next;
}

export function revived(before: SessionLiving): SessionLiving {
  return living(sessionMachine.revive(JSON.parse(JSON.stringify(before.persist()))));
}

/** The rows as version 1 has them. */
export function floorless(context: SessionContext): object {
  return Object.fromEntries(Object.entries(context).filter(([name]) => name !== "floor"));
}

export function parseMessage(message: object): Message {
  return message as Message;
}

/** A live class: the host and three learners are there, p1 and p2 guests, p3 a user. */
export function liveClass(options: Options = {}): Classroom {
  const room = lobbyOf(options);
  room.must(HOST, { type: "session.start" });
  return room;
}

/** The same people before the lesson. */
export function lobbyOf(options: Options = {}): Classroom {
  const room = new Classroom(options);
  room.must(HOST, { type: "connection.opened", connectionId: "c-t1" });
  room.must(HOST, { type: "session.open-lobby" });
  for (const learner of LEARNERS.slice(0, 3)) {
    join(room, learner);
    room.must(learner.by, { type: "connection.opened", connectionId: `c-${learner.id}` });
  }
  return room;
}

export interface Learner {
  readonly id: string;
  readonly userId: string | null;
  readonly by: Principal;
}

export const LEARNERS: readonly Learner[] = [
  { id: "p1", userId: null, by: guest("p1") },
  { id: "p2", userId: null, by: guest("p2") },
  { id: "p3", userId: "s3", by: user("s3", "student") },
  { id: "p4", userId: "s4", by: user("s4", "student") },
];

export const [P1, P2, P3] = [guest("p1"), guest("p2"), user("s3", "student")] as const;

export function join(room: Classroom, { id, userId, by }: Learner): Stepped {
  const name = `Name-${id}`;
  return room.send(by, { type: "participant.join", participantId: id, name, userId });
}
