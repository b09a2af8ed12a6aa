/**
 * An actor that lives in memory as it would over a store: turns, timers, effects, one by one.
 *
 * Owns time and ids of the fixtures, so that the same script makes the same bytes. What it makes is
 * made by the runtime's own pure half; only the waiting is its own.
 */
import type { Address } from "../../actors/address.ts";
import { type Held, birthBatch, stepBatch } from "../../actors/batch.ts";
import { type Owed, chainStart, sealEnvelope } from "../../actors/envelope.ts";
import { type Letter, claimOf } from "../../actors/letter.ts";
import type { Incoming } from "../../actors/reply.ts";
import type { JsonObject } from "../../machines/json.ts";
import type { Machine, Message } from "../../machines/living.ts";
import { type Principal, SYSTEM } from "../../machines/principal.ts";

const START_MS = Date.UTC(2026, 0, 5, 8);
/** A timer reaches its actor a little after its time, as every message does. */
const LATE_MS = 3;

export class FixtureActor {
  readonly address: Address;
  readonly lines: string[] = [];
  #held: Held;
  #now = START_MS;
  #said = 0;

  constructor(machine: Machine, address: Address, first: { by: Principal; message: Message }) {
    const epoch = `epoch-${address.id}`;
    const letter = this.#letter({ ...first, rank: "host" }, undefined);
    const stamp = { at: this.#now, seq: 1, by: first.by };
    const start = { epoch, head: chainStart(address, epoch) };
    const batch = birthBatch(machine.birth(first.message, stamp), letter, start);
    if ("code" in batch) {
      throw new TypeError(`the birth was refused: ${JSON.stringify(batch)}`);
    }
    this.address = address;
    this.#held = batch.after;
    this.lines.push(...batch.lines);
  }

  get seq(): number {
    return this.#held.envelope.seq;
  }

  get envelope(): string {
    const { envelope, living } = this.#held;
    return sealEnvelope(this.address, { ...envelope, snapshot: living.persist() });
  }

  /** A command under an id of its own; what is refused is a mistake of the script. */
  say(by: Principal, type: string, fields: JsonObject = {}): void {
    this.#said += 1;
    this.wait(400);
    const rank = by.kind === "user" ? "host" : "class";
    this.#turn({ by, rank, message: { ...fields, type }, id: `c${this.#said}` }, undefined);
  }

  /** The platform's word. */
  hear(type: string, fields: JsonObject): void {
    this.#turn({ by: SYSTEM, rank: "system", message: { ...fields, type } }, undefined);
  }

  /** Time goes on, and timers that fall due meanwhile ring. */
  wait(ms: number): void {
    const until = this.#now + ms;
    for (let due = this.#due(until); due !== undefined; due = this.#due(until)) {
      this.#now = Math.max(this.#now, due.dueAt + LATE_MS);
      this.#turn({ by: SYSTEM, rank: "system", message: due.event }, due);
    }
    this.#now = Math.max(this.#now, until);
  }

  /** Everything that is asked of the world is done, with the outcomes that the product's have. */
  settle(): void {
    for (const owed of this.#held.envelope.owed) {
      if (owed.kind === "effect") {
        this.#now += LATE_MS;
        this.#turn({ by: SYSTEM, rank: "system", message: outcomeOf(owed.effect) }, owed);
      }
    }
  }

  #due(until: number): Extract<Owed, { kind: "timer" }> | undefined {
    return this.#held.envelope.owed
      .flatMap((owed) => (owed.kind === "timer" && owed.dueAt + LATE_MS <= until ? [owed] : []))
      .toSorted((a, b) => a.dueAt - b.dueAt || (a.key < b.key ? -1 : 1))[0];
  }

  #turn(incoming: Incoming, owed: Owed | undefined): void {
    const letter = this.#letter(incoming, owed);
    const batch = stepBatch(this.#held, [letter]);
    const outcome = batch.outcomes.get(letter);
    if (outcome?.kind !== "accepted") {
      throw new TypeError(`${incoming.message.type}: ${JSON.stringify(outcome)}`);
    }
    this.#held = batch.after;
    this.lines.push(...batch.lines);
  }

  #letter(incoming: Incoming, owed: Owed | undefined): Letter {
    return {
      incoming,
      settles: owed && { key: owed.key, generation: owed.generation },
      claim: claimOf(incoming),
      receivedAt: this.#now,
      resolve: () => undefined,
      reject: () => undefined,
    };
  }
}

function outcomeOf({ type, params }: { type: string; params: JsonObject }): Message {
  return { ...params, type: type === "releaseCode" ? "code.released" : "seat.revoked" };
}
