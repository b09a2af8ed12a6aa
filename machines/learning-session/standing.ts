/** Where somebody stands in a session: a function of its rows and the principal. */
import type { Principal, Standing } from "../principal.ts";
import {
  type Participant,
  type SessionContext,
  hostSpeaking,
  participantOf,
  seatOfUser,
} from "./context.ts";

export const SESSION_ROLES = [
  "host",
  "co-host",
  "overseer",
  "student",
  "waiting",
  "gone",
  "board",
] as const;
export type SessionRole = (typeof SESSION_ROLES)[number];

export type SessionStanding = Standing & { readonly role: SessionRole };

export function isSessionRole(role: string): role is SessionRole {
  return SESSION_ROLES.some((each) => each === role);
}

export function standingIn(
  context: SessionContext,
  principal: Principal,
): SessionStanding | undefined {
  switch (principal.kind) {
    case "user": {
      const host = hostSpeaking(context, principal);
      if (host !== undefined) {
        return { role: host.role, audience: "hosts", since: 0 };
      }
      if (principal.role === "owner" || principal.role === "admin") {
        return { role: "overseer", audience: "hosts", since: 0 };
      }
      return standingOf(seatOfUser(context, principal.userId));
    }
    case "guest":
      return standingOf(participantOf(context, principal.participantId));
    case "board":
      return { role: "board", audience: "board", since: 0 };
    case "system":
      return undefined;
  }
}

export function standingOf(row: Participant | undefined): SessionStanding | undefined {
  if (row === undefined) {
    return undefined;
  }
  const { participantId, since, status } = row;
  if (status === "admitted") {
    return { role: "student", audience: "class", participantId, since };
  }
  return {
    role: status === "waiting" ? "waiting" : "gone",
    audience: "own",
    participantId,
    since,
  };
}
