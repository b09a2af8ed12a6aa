/**
 * Every kind of machine that lives here. A new kind of actor does not compile until it is listed.
 */
import { sessionMachine } from "./learning-session/machine.ts";
import type { ActorKind, Machine } from "./living.ts";

export const MACHINES: Readonly<Record<ActorKind, Machine>> = { session: sessionMachine };
