/** The rounds of a node: what it does again and again from its start on, and how often. */
import { type Agenda, SCAN_EVERY_MS } from "./agenda.ts";
import type { Cells } from "./cells.ts";
import { type Journal, REST_MAX_MS } from "./journal.ts";
import { type Loop, startLoop } from "./loop.ts";
import { BEAT_EVERY_MS, type Nodes } from "./nodes.ts";
import type { Pace } from "./pace.ts";
import type { Recovery } from "./recovery.ts";
import type { RuntimeOptions } from "./runtime-options.ts";
import { STEP_EVERY_MS, type Upkeep } from "./upkeep.ts";

/** The archive is at most a second behind while that is little work: the pause, and the flush. */
const FLUSH_EVERY_MS = 500;
/**
 * With a thousand actors in use a flush takes half a second, and takes it from their answers: then
 * it is an eighth of the time, and has several times the records of each.
 */
const FLUSH_RESTS = 7;

export interface RoundsParts extends Pick<RuntimeOptions, "store" | "clock" | "log" | "roles"> {
  readonly pace: Pace;
  readonly agenda: Agenda;
  readonly nodes: Nodes;
  readonly recovery: Recovery;
  readonly cells: Cells;
  readonly journal: Journal;
  readonly upkeep: Upkeep;
}

export function startRounds(parts: RoundsParts): readonly Loop[] {
  const { store, clock, log, roles, pace, agenda, nodes, recovery, cells, journal, upkeep } = parts;
  const loop = (name: string, everyMs: number, task: () => Promise<void>): Loop =>
    startLoop(name, everyMs, { clock, log, task });
  const all = [
    loop("agenda", SCAN_EVERY_MS, () => agenda.scan()),
    loop("beat", BEAT_EVERY_MS, () => nodes.beat()),
    loop("recovery", FLUSH_EVERY_MS, () => recovery.tend()),
    loop("sweep", BEAT_EVERY_MS, () => nodes.sweep()),
    loop("rest", pace.walkEveryMs, () => cells.rest(pace.idleMs)),
  ];
  if (roles.journal) {
    all.push(
      startLoop("journal", FLUSH_EVERY_MS, {
        ...{ clock, log, task: () => journal.flush() },
        restAfter: (tookMs) => Math.min(FLUSH_RESTS * tookMs, REST_MAX_MS),
      }),
      loop("upkeep", STEP_EVERY_MS, () => upkeep.step()),
      loop("wake", pace.wakeEveryMs, () => upkeep.wakeDue(store.now() + pace.soonMs)),
    );
  }
  return all;
}
