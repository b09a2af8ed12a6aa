/** A guest's seat as the session has it now: the name and status that go with his tokens. */
import type { Look } from "../../actors/reply.ts";
import type { Runtime } from "../../actors/runtime.ts";
import type { ActorId, ParticipantId, TenantId } from "../../machines/ids.ts";

export interface SeatKey {
  readonly tenantId: TenantId;
  readonly sessionId: ActorId;
  readonly participantId: ParticipantId;
}

export interface SeatNow {
  readonly participantId: string;
  readonly name: string;
  readonly status: string;
}

/** Undefined: the session has no such seat, or is archived and nobody's any more. */
export async function seatOf(
  { runtime }: { readonly runtime: Runtime },
  { tenantId, sessionId, participantId }: SeatKey,
): Promise<SeatNow | undefined> {
  const look = await sessionAlive({ runtime }, tenantId, sessionId);
  const standing = look?.living.standing({ kind: "guest", participantId });
  return look === undefined || standing === undefined
    ? undefined
    : seatIn(look.living.view(standing));
}

/** The session, unless it has come to its end for good. */
export async function sessionAlive(
  { runtime }: { readonly runtime: Runtime },
  tenantId: TenantId,
  id: ActorId,
): Promise<Look | undefined> {
  const look = await runtime.look({ tenantId, kind: "session", id });
  return look?.living.over === false ? look : undefined;
}

/** Every view of somebody who has a seat says so in `me`. */
export function seatIn(view: unknown): SeatNow | undefined {
  if (typeof view !== "object" || view === null || !("me" in view)) {
    return undefined;
  }
  const { me } = view;
  if (typeof me !== "object" || me === null || !("participantId" in me)) {
    return undefined;
  }
  const name = "name" in me ? me.name : "";
  const status = "status" in me ? me.status : "";
  return { participantId: String(me.participantId), name: String(name), status: String(status) };
}

/** The code that the session says is its own, as its hosts see it. */
export function joinCodeOf({ living }: Look): string | undefined {
  const code = living.view({ role: "host", audience: "hosts", since: 0 })["joinCode"];
  return typeof code === "string" ? code : undefined;
}
