/** What a room is made of, and what it answers with. */
import type { Clock, Log } from "../../actors/clock.ts";
import type { Runtime } from "../../actors/runtime.ts";
import type { Machines } from "../../machines/versions.ts";
import type { Desk } from "../desk.ts";
import type { Seen } from "../documents.ts";
import type { ChannelLimits } from "./limits.ts";
import type { Presence } from "./presence.ts";
import type { Watch } from "./watch.ts";
import type { Outbound, RecordDocument } from "./wire.ts";

export type Emit = <Event extends keyof Outbound>(
  socketIds: readonly string[],
  event: Event,
  document: Parameters<Outbound[Event]>[0],
) => void;

export interface RoomParts {
  readonly machines: Machines;
  readonly runtime: Runtime;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: ChannelLimits;
  readonly presence: Presence;
  readonly emit: Emit;
  /** The room ended this watch: its connection is to forget it too. */
  readonly ended: (watch: Watch, actor: string) => void;
}

export interface RoomAnswer {
  readonly seen: Seen;
  readonly epoch: string;
  /** What the watcher missed and may see; undefined: start from the view. */
  readonly records: readonly RecordDocument[] | undefined;
}
