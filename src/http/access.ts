/** Access: whether a route looks at a token, what its handler then knows, and who teaches. */
import type { Principal } from "../../machines/principal.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";

/** `open`: no token is looked at; `maybe`: one is used if it is there; `caller`: it must be. */
export type Access = "open" | "maybe" | "caller";
export type Who<A extends Access> = A extends "caller"
  ? VerifiedCaller
  : A extends "maybe"
    ? VerifiedCaller | undefined
    : undefined;

const TEACHES: ReadonlySet<string> = new Set(["teacher", "admin", "owner"]);

export function teaches(principal: Principal): boolean {
  return principal.kind === "user" && TEACHES.has(principal.role);
}
