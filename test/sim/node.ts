/**
 * A node of a simulated world: the product's runtime on one boot, its store and archive far away.
 */
import type { Archive } from "../../actors/archive.ts";
import type { Ids } from "../../actors/clock.ts";
import type { Pace } from "../../actors/pace.ts";
import type { RuntimeOptions } from "../../actors/runtime-options.ts";
import { type Runtime, createRuntime } from "../../actors/runtime.ts";
import type { Lineage } from "../../machines/versions.ts";
import { Presence } from "../../src/channels/presence.ts";
import type { quietLog } from "../support/fake-clock.ts";
import type { Boot } from "./boot.ts";
import type { Disk } from "./disk.ts";
import { farArchive } from "./far-archive.ts";
import type { Net } from "./line.ts";
import { Link } from "./link.ts";
import type { Outside } from "./outside.ts";
import type { Performers, Plant } from "./plant.ts";
import { wholly } from "./wholly.ts";

export interface Node {
  readonly boot: Boot;
  readonly runtime: Runtime;
  /** What this boot calls its store. */
  readonly link: Link;
  /** The product's own teller of who is connected through this node. */
  readonly presence: Presence;
}

/** What all nodes share. */
export interface NodeWorld {
  readonly net: Net;
  readonly disk: Disk;
  readonly archive: Archive;
  readonly outside: Outside;
  readonly lineage: Lineage;
  readonly plant: Plant | undefined;
  readonly log: ReturnType<typeof quietLog>;
  readonly ids: Ids;
  /** The archive is away. */
  readonly away: () => boolean;
}

export interface NodeKind {
  readonly roles: RuntimeOptions["roles"];
  readonly performers?: Performers;
  /** What it reads, where that is less than all. */
  readonly lineage?: Lineage;
  /** How soon it lets actors sleep, where that is not as the product has it. */
  readonly pace?: Pace | undefined;
  /** How many are worth a turn that begins on another's commit, where not as the product has it. */
  readonly togetherMin?: number | undefined;
}

export const WHOLE: NodeKind = { roles: { worker: true, journal: true } };

export function makeNode(world: NodeWorld, boot: Boot, kind: NodeKind = WHOLE): Node {
  const { net, disk, archive, outside, plant, log, ids, away } = world;
  const lineage = kind.lineage ?? world.lineage;
  const link = new Link(net, boot, disk);
  const performers = kind.performers ?? outside.performersOf(boot);
  const made = createRuntime({
    store: plant === undefined ? link : wholly(plant.link?.(link, performers) ?? link),
    archive: farArchive(net, boot, { archive, away }),
    machines: { session: lineage },
    clock: boot.clock,
    ids,
    log,
    node: boot.name,
    alone: false,
    performers,
    roles: kind.roles,
    ...(kind.pace === undefined ? {} : { pace: kind.pace }),
    ...(kind.togetherMin === undefined ? {} : { togetherMin: kind.togetherMin }),
  });
  const runtime = plant?.runtime?.(made) ?? made;
  const presence = new Presence({ runtime, clock: boot.clock, log });
  return { boot, runtime, link, presence };
}

/** A node is ready once it knows the store's time. */
export async function startNode({ link, runtime }: Node): Promise<void> {
  await link.measureWell();
  await runtime.start();
}
