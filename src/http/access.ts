/** Access: whether a route looks at a token, and what its handler then knows of the caller. */
import type { VerifiedCaller } from "../auth/tokens.ts";

/** `open`: no token is looked at; `maybe`: one is used if it is there; `caller`: it must be. */
export type Access = "open" | "maybe" | "caller";
export type Who<A extends Access> = A extends "caller"
  ? VerifiedCaller
  : A extends "maybe"
    ? VerifiedCaller | undefined
    : undefined;
