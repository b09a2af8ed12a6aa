/** What the HTTP door is put together from; `src/main.ts` and tests hand it over. */
import type { Clock, Ids, Log } from "../../actors/clock.ts";
import type { Runtime } from "../../actors/runtime.ts";
import type { Database } from "../../db/connect.ts";
import type { Chance } from "../auth/chance.ts";
import type { Keys } from "../auth/keys.ts";
import type { Passwords } from "../auth/passwords.ts";
import type { Tokens } from "../auth/tokens.ts";
import type { Channels } from "../channels/channels.ts";
import type { Config } from "../config.ts";
import type { Desk } from "../desk.ts";
import type { Limits } from "./limits.ts";
import type { Gauge } from "./metrics.ts";

/** Something that has to answer before this node takes work. */
export interface ReadyCheck {
  readonly name: string;
  /** Rejects while it does not. */
  check(): Promise<void>;
}

export interface AppParts {
  readonly config: Pick<Config, "corsOrigins">;
  readonly db: Database;
  readonly runtime: Runtime;
  readonly desk: Desk;
  readonly keys: Keys;
  readonly tokens: Tokens;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly chance: Chance;
  readonly log: Log;
  readonly limits: Limits;
  /** Where answers that stay open watch. */
  readonly channels: Pick<Channels, "stream">;
  readonly checks: readonly ReadyCheck[];
  /** False: what is acknowledged may be lost, as the configuration allows. */
  readonly isDurable: () => boolean;
  /** It was told to stop: it still answers, and wants no new work. */
  readonly isDraining: () => boolean;
  readonly gauges: readonly Gauge[];
  /** The address of the other end of the connection; undefined: not known. */
  readonly addressOf: (request: Request) => string | undefined;
  /** How browsers reach this server, without a slash at the end. */
  readonly publicUrl: () => string;
}
