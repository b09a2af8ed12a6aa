/**
 * A fact: what happened, as it is stored, and as each viewer may see it.
 *
 * Invariants:
 * 1. A fact is stored once. It is a list of parts; a viewer's fact is `type` and the fields of the
 *    parts that reach that viewer, later parts over earlier ones. No part: no fact.
 * 2. Viewers with the same reaching parts see the same bytes, so a room encodes each once.
 */
import type { ParticipantId, UserId } from "./ids.ts";
import type { JsonObject } from "./json.ts";
import type { Standing } from "./principal.ts";

/** `everyone` is hosts, boards and the admitted; `p:<participantId>` is one participant, always. */
export type Reach = "everyone" | "hosts" | "board" | `p:${string}`;

export interface FactPart {
  readonly to: Reach;
  readonly fields: JsonObject;
}

/** A standing that this fact changed: whoever watches as that person is moved or told to go. */
export interface StandingChange {
  readonly who: { readonly participantId: ParticipantId } | { readonly userId: UserId };
  readonly standing: Standing | null;
  readonly unwatch?: "removed" | "denied" | "superseded";
  /** Only the watches of these connections end; absent: all of that person's. */
  readonly connections?: readonly string[];
}

export interface Fact {
  readonly type: string;
  readonly parts: readonly FactPart[];
  readonly standings?: readonly StandingChange[];
}

export type SeenFact = JsonObject & { readonly type: string };

export function reachOf(participantId: ParticipantId): Reach {
  return `p:${participantId}`;
}

/** The fact as somebody of this standing sees it, in the record `seq`; undefined: not at all. */
export function seenBy(fact: Fact, standing: Standing, seq: number): SeenFact | undefined {
  const parts = fact.parts.filter((part) => reaches(part.to, standing, seq));
  if (parts.length === 0) {
    return undefined;
  }
  let fields: JsonObject = {};
  for (const part of parts) {
    fields = { ...fields, ...part.fields };
  }
  return { type: fact.type, ...fields };
}

function reaches(to: Reach, standing: Standing, seq: number): boolean {
  switch (to) {
    case "everyone":
      return standing.audience !== "own" && seq >= standing.since;
    case "hosts":
      return standing.audience === "hosts";
    case "board":
      return standing.audience === "board";
    default:
      return standing.participantId !== undefined && to === reachOf(standing.participantId);
  }
}
