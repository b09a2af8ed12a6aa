/**
 * Every kind of machine that lives here, in every version that an actor may still have. A new kind
 * does not compile until it is listed; a version leaves when no stored actor is of it any more.
 */
import { sessionMachine, sessionMachine1 } from "./learning-session/machine.ts";
import type { Machines } from "./versions.ts";

export const MACHINES: Machines = { session: [sessionMachine1, sessionMachine] };
