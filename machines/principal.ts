/**
 * Who speaks to an actor, and where that person stands in it.
 *
 * Owns the vocabulary shared by machines, actors and doors. A **principal** is who somebody is
 * (judged by `src/auth`); a **standing** is what that makes of them in one actor (judged by its
 * machine, from its snapshot).
 */
import type { ParticipantId, UserId } from "./ids.ts";

export const ROLES = ["owner", "admin", "teacher", "student", "guardian", "operator"] as const;
export type Role = (typeof ROLES)[number];

export type Principal =
  | { readonly kind: "user"; readonly userId: UserId; readonly role: Role; readonly name: string }
  | { readonly kind: "guest"; readonly participantId: ParticipantId }
  | { readonly kind: "board"; readonly boardId: string }
  | { readonly kind: "system" };

/** The platform itself: timers, outcomes, connections opening and closing. */
export const SYSTEM: Principal = { kind: "system" };

/** Command ids are scoped to (actor, this key). */
export function principalKey(principal: Principal): string {
  switch (principal.kind) {
    case "user":
      return `user:${principal.userId}`;
    case "guest":
      return `guest:${principal.participantId}`;
    case "board":
      return `board:${principal.boardId}`;
    case "system":
      return "system";
  }
}

/**
 * Which facts reach somebody: `hosts` see what hosts see and what everyone sees, `class` what
 * everyone sees and their own, `own` only what is addressed to them, `board` what boards see.
 */
export type Audience = "hosts" | "class" | "own" | "board";

export interface Standing {
  /** What `can` is judged by, together with the state; names are the machine's own. */
  readonly role: string;
  readonly audience: Audience;
  readonly participantId?: ParticipantId;
  /** The seq from which this standing holds: facts for everyone before it are not theirs. */
  readonly since: number;
}
