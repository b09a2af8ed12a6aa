/** Branded ids: two kinds of id never stand in for one another. Made only by `parse…`. */

declare const brand: unique symbol;

type Id<Name extends string> = string & { readonly [brand]: Name };

export type TenantId = Id<"tenant">;
export type UserId = Id<"user">;
export type ActorId = Id<"actor">;
export type ParticipantId = Id<"participant">;
export type RoundId = Id<"round">;
export type ConnectionId = Id<"connection">;

/** Ids are URL-safe and short enough to be part of a Redis key and a Postgres index. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;

export function isId(text: string): boolean {
  return ID.test(text);
}

export const parseTenantId = (text: string): TenantId => parseId(text) as TenantId;
export const parseUserId = (text: string): UserId => parseId(text) as UserId;
export const parseActorId = (text: string): ActorId => parseId(text) as ActorId;
export const parseParticipantId = (text: string): ParticipantId => parseId(text) as ParticipantId;
export const parseRoundId = (text: string): RoundId => parseId(text) as RoundId;

/** `<boot>.<n>`: it carries the id of the boot of the node that holds the socket. */
export const parseConnectionId = (text: string): ConnectionId => text as ConnectionId;

function parseId(text: string): string {
  if (!isId(text)) {
    throw new RangeError("expected an id of 1 to 64 characters of A–Z, a–z, 0–9, _ and -");
  }
  return text;
}
