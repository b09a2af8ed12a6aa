/**
 * Where an actor lives: `{ tenantId, kind, id }`, its key in the stores and its name on the wire.
 */
import { type ActorId, type TenantId, isId, parseActorId, parseTenantId } from "../machines/ids.ts";
import { ACTOR_KINDS, type ActorKind } from "../machines/living.ts";

export interface Address {
  readonly tenantId: TenantId;
  readonly kind: ActorKind;
  readonly id: ActorId;
}

/** `<tenant>/<kind>/<id>`: no part can hold a slash, so keys of two actors never meet. */
export function addressKey(address: Address): string {
  return `${address.tenantId}/${address.kind}/${address.id}`;
}

export function parseAddressKey(key: string): Address {
  const [tenant = "", kind = "", id = "", ...rest] = key.split("/");
  const known = ACTOR_KINDS.find((each) => each === kind);
  if (known === undefined || rest.length > 0) {
    throw new RangeError("expected an address <tenant>/<kind>/<id>");
  }
  return { tenantId: parseTenantId(tenant), kind: known, id: parseActorId(id) };
}

/** `session/<id>`, as clients write it; undefined when it is not one. */
export function parseActorName(tenantId: TenantId, name: string): Address | undefined {
  const [kind, id = "", ...rest] = name.split("/");
  const known = ACTOR_KINDS.find((each) => each === kind);
  if (known === undefined || rest.length > 0 || !isId(id)) {
    return undefined;
  }
  return { tenantId, kind: known, id: parseActorId(id) };
}

export function actorName(address: Address): string {
  return `${address.kind}/${address.id}`;
}
