/** What the channels are put together from; `src/server.ts` and tests hand it over. */
import type { Clock, Ids, Log } from "../../actors/clock.ts";
import type { Runtime } from "../../actors/runtime.ts";
import type { Machines } from "../../machines/versions.ts";
import type { Caller, Desk } from "../desk.ts";
import type { ChannelLimits } from "./limits.ts";

export interface ChannelsConfig {
  /** Empty: same origin only. */
  readonly corsOrigins: readonly string[];
  readonly limits?: Partial<ChannelLimits>;
}

export interface ChannelsParts {
  readonly runtime: Runtime;
  readonly desk: Desk;
  readonly machines: Machines;
  /** Undefined: nobody. Asked at the handshake, and every few seconds again. */
  readonly verify: (token: string) => Promise<Caller | undefined>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly config: ChannelsConfig;
}
