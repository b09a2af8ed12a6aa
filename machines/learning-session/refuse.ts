/** A refusal as a value, and what every judgement of a message looks at. */
import type { StateValue } from "xstate";
import type { Principal } from "../principal.ts";
import type { Code, Refusal } from "../refusal.ts";
import type { Where } from "./can.ts";
import type { SessionContext } from "./context.ts";

export interface Judged {
  readonly context: SessionContext;
  readonly state: StateValue;
  readonly where: Where;
  readonly at: number;
  readonly by: Principal;
}

export function refuse(
  code: Code,
  detail: string,
  more: Omit<Refusal, "code" | "detail"> = {},
): Refusal {
  return { code, detail, ...more };
}

export function invalid(path: string, message: string): Refusal {
  return refuse("invalid", `${message} (${path}).`, { errors: [{ path, message }] });
}
