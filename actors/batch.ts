/**
 * A batch: the pure half of a turn. What a held actor makes of the letters that wait for it.
 *
 * Owns the bookkeeping of seq, chain, owed and ids over one batch. Invariants:
 * 1. Pure: the same held actor, letters and ids give the same change.
 * 2. Results are per letter: one refusal leaves the rest of the batch as it is (C5).
 * 3. A letter that settles something owed removes it whatever the machine makes of it (C13); one
 *    that settles what is not owed any more does nothing; a timer before its time goes back (C17).
 * 4. A throw of the machine names its letter, and nothing of the batch is kept (C22).
 * 5. A record carries the state right after it, and its facts whom they reached then (C25).
 */
import type { Living, Stepped } from "../machines/living.ts";
import type { Refusal } from "../machines/refusal.ts";
import { upgrade } from "../machines/versions.ts";
import {
  type ActorRecord,
  type Envelope,
  FORMAT,
  type Owed,
  chainOn,
  encodeRecord,
} from "./envelope.ts";
import type { Letter, Settles } from "./letter.ts";
import { type OwedChange, changeOf, owedAfter } from "./owed.ts";
import type { Head, KnownId } from "./store.ts";

/** An actor in memory, as it was at one head: its snapshot is alive. Immutable. */
export interface Held {
  readonly envelope: Omit<Envelope, "snapshot">;
  readonly living: Living;
}

export type Outcome =
  | { readonly kind: "accepted"; readonly record: ActorRecord; readonly after: Held }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** The same command id came before in this very batch. */
  | { readonly kind: "twin"; readonly of: Letter }
  | { readonly kind: "not-owed" }
  | { readonly kind: "early"; readonly owed: Owed };

export interface Batch extends OwedChange {
  readonly outcomes: ReadonlyMap<Letter, Outcome>;
  readonly after: Held;
  readonly lines: readonly string[];
  /** The chain's, with each of the lines. */
  readonly heads: readonly Head[];
  readonly claims: readonly KnownId[];
}

/** What becomes of the same letters on whatever is held. */
export type Step = (held: Held) => Batch;

/** The machine threw on this letter. */
export class Poisoned extends Error {
  override readonly name = "Poisoned";
  readonly kind = "message.poisoned";
  readonly retry = "never";
  readonly letter: Letter;

  constructor(letter: Letter, cause: unknown) {
    super(`the machine threw on ${letter.incoming.message.type}`, { cause });
    this.letter = letter;
  }
}

interface Draft {
  held: Held;
  readonly outcomes: Map<Letter, Outcome>;
  readonly lines: string[];
  readonly heads: Head[];
  readonly claims: KnownId[];
  readonly byId: Map<string, Letter>;
}

export function stepBatch(held: Held, letters: readonly Letter[]): Batch {
  const draft: Draft = {
    held,
    outcomes: new Map(),
    lines: [],
    heads: [],
    claims: [],
    byId: new Map(),
  };
  for (const letter of letters) {
    draft.outcomes.set(letter, stepLetter(draft, letter));
  }
  return batchOf(draft, held);
}

/** Undefined: the machine threw on one of them, and what it was stepped on is not to be kept. */
export function stepUnlessPoisoned(held: Held, letters: readonly Letter[]): Batch | undefined {
  try {
    return stepBatch(held, letters);
  } catch (error) {
    if (error instanceof Poisoned) {
      return undefined;
    }
    throw error;
  }
}

function stepLetter(draft: Draft, letter: Letter): Outcome {
  const { incoming, settles, claim } = letter;
  const { envelope, living } = draft.held;
  const twin = claim === undefined ? undefined : draft.byId.get(claim.idKey);
  if (twin !== undefined) {
    return { kind: "twin", of: twin };
  }
  const at = Math.max(envelope.at, letter.receivedAt);
  if (settles !== undefined) {
    const owed = findOwed(envelope, settles);
    if (owed === undefined) {
      return { kind: "not-owed" };
    }
    if (owed.kind === "timer" && at < owed.dueAt) {
      return { kind: "early", owed };
    }
  } else if (incoming.expectedSeq !== undefined && envelope.seq > incoming.expectedSeq) {
    return { kind: "refused", refusal: movedOn(incoming.expectedSeq, envelope.seq) };
  }
  const stepped = stepOnce(living, letter, { at, seq: envelope.seq + 1 });
  if (stepped.kind === "refused" && settles === undefined) {
    return { kind: "refused", refusal: stepped.refusal };
  }
  return append(draft, letter, { stepped, at });
}

function stepOnce(
  living: Living,
  letter: Letter,
  when: { readonly at: number; readonly seq: number },
): Stepped {
  const stamp = { ...when, by: letter.incoming.by };
  try {
    return letter.upgrade === undefined
      ? living.step(letter.incoming.message, stamp)
      : upgrade(living, letter.upgrade, stamp);
  } catch (error) {
    throw new Poisoned(letter, error);
  }
}

function append(
  draft: Draft,
  letter: Letter,
  { stepped, at }: { readonly stepped: Stepped; readonly at: number },
): Outcome {
  const { envelope, living: before } = draft.held;
  const living = stepped.kind === "accepted" ? stepped.next : before;
  const record: ActorRecord = {
    seq: envelope.seq + 1,
    at,
    machineVersion: living.machineVersion,
    by: letter.incoming.by,
    ...(letter.claim === undefined ? {} : { id: letter.claim }),
    ...(letter.settles === undefined ? {} : { settles: letter.settles }),
    message: letter.incoming.message,
    facts: stepped.kind === "accepted" ? stepped.facts : [],
    state: living.state,
  };
  const line = encodeRecord(record);
  draft.lines.push(line);
  if (letter.claim !== undefined) {
    draft.claims.push({ ...letter.claim, seq: record.seq });
    draft.byId.set(letter.claim.idKey, letter);
  }
  draft.held = advance(draft.held, { record, line, stepped });
  draft.heads.push(draft.held.envelope.head);
  return { kind: "accepted", record, after: draft.held };
}

/** The actor after one more record; `line` is the record as it is stored. */
export function advance(
  { living, envelope }: Held,
  turn: { readonly record: ActorRecord; readonly line: string; readonly stepped: Stepped },
): Held {
  const { record, line, stepped } = turn;
  const { seq, at } = record;
  const next = stepped.kind === "accepted" ? stepped.next : living;
  return {
    living: next,
    envelope: {
      ...envelope,
      ...{ seq, at },
      head: chainOn(envelope.head, line),
      machineVersion: next.machineVersion,
      owed: owedAfter(envelope.owed, record.settles, { stepped, at, seq }),
    },
  };
}

/** The first record of an actor, on nothing. */
export function birthBatch(
  stepped: Stepped,
  letter: Letter,
  start: { readonly epoch: string; readonly head: string },
): Batch | Refusal {
  if (stepped.kind === "refused") {
    return stepped.refusal;
  }
  const unborn: Held = {
    living: stepped.next,
    envelope: {
      format: FORMAT,
      epoch: start.epoch,
      seq: 0,
      head: start.head,
      at: letter.receivedAt,
      machineVersion: stepped.next.machineVersion,
      owed: [],
    },
  };
  const draft: Draft = {
    held: unborn,
    outcomes: new Map(),
    lines: [],
    heads: [],
    claims: [],
    byId: new Map(),
  };
  draft.outcomes.set(letter, append(draft, letter, { stepped, at: letter.receivedAt }));
  return batchOf(draft, unborn);
}

function batchOf({ outcomes, held, lines, heads, claims }: Draft, before: Held): Batch {
  const change = changeOf(before.envelope.owed, held.envelope.owed);
  return { outcomes, after: held, lines, heads, claims, ...change };
}

/** Nothing is written, but the refusal is confirmed like every other. */
export function refusing(held: Held, letter: Letter, refusal: Refusal): Batch {
  const outcomes = new Map([[letter, { kind: "refused", refusal } as const]]);
  return {
    outcomes,
    after: held,
    lines: [],
    heads: [],
    claims: [],
    ...changeOf(held.envelope.owed, held.envelope.owed),
  };
}

export function findOwed(envelope: Held["envelope"], settles: Settles): Owed | undefined {
  return envelope.owed.find(
    (owed) => owed.key === settles.key && owed.generation === settles.generation,
  );
}

function movedOn(expected: number, found: number): Refusal {
  return {
    code: "moved-on",
    detail: `The command expected seq ${expected}, and the actor is at ${found}: look again.`,
  };
}
