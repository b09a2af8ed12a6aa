/** What a node measures of itself at any moment; `/metrics` shows it. */
import type { Runtime } from "../actors/runtime.ts";
import type { Upkept } from "../actors/upkeep.ts";
import type { Channels } from "./channels/channels.ts";
import type { Gauge } from "./http/metrics.ts";
import { systemProcess } from "./platform.ts";

export function gaugesOf(
  channels: Pick<Channels, "size" | "streams">,
  { isDurable }: { readonly isDurable: () => boolean },
  runtime: Pick<Runtime, "upkept">,
): readonly Gauge[] {
  return [
    {
      name: "process_start_time_seconds",
      help: "When the process started, in seconds since 1970.",
      value: () => systemProcess.startedAtMs / 1_000,
    },
    {
      name: "process_resident_memory_bytes",
      help: "Memory that the process holds.",
      value: () => systemProcess.residentBytes(),
    },
    {
      name: "toolboxai_channel_connections",
      help: "Open Socket.IO connections, over WebSocket and polling.",
      value: () => channels.size(),
    },
    {
      name: "toolboxai_streams",
      help: "Open streams of server-sent events.",
      value: () => channels.streams(),
    },
    {
      name: "toolboxai_store_durable",
      help: "1; 0 where Redis may lose acknowledged answers, and was taken at the start all the same.",
      value: () => (isDurable() ? 1 : 0),
    },
    ...upkeepOf(runtime),
  ];
}

/** Since the start, and of this node alone: others walk beside it. */
function upkeepOf(runtime: Pick<Runtime, "upkept">): readonly Gauge[] {
  const gauge = (name: string, help: string, of: readonly (keyof Upkept)[]): Gauge => ({
    ...{ name: `toolboxai_upkeep_${name}`, help },
    value: () => of.reduce((sum, each) => sum + runtime.upkept()[each], 0),
  });
  return [
    gauge("sound", "Actors that upkeep found sound; one that is looked at twice counts twice.", [
      "sound",
    ]),
    gauge("mended", "Damaged actors that upkeep mended.", ["mended", "lossy"]),
    gauge("quarantined", "Times that upkeep came to an actor that is kept apart.", ["quarantined"]),
    gauge("slept", "Idle actors that upkeep let leave the store.", ["slept"]),
    gauge("woken", "Sleepers that upkeep woke for what they owe.", ["woken"]),
  ];
}
