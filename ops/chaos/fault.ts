/**
 * A fault: something real that is done to a world while a class works in it.
 *
 * A new one is a file in `ops/chaos/faults/` and a line in `ops/chaos/main.ts`.
 */
import type { Chance } from "./chance.ts";
import type { Lesson } from "./lesson.ts";
import type { World } from "./world.ts";

export interface Blow {
  readonly world: World;
  readonly chance: Chance;
  /** What the class is working in. */
  readonly lessons: readonly Lesson[];
  /** How many plain sockets a fault may open. */
  readonly sockets: number;
  /** The class has worked long enough: strike no more. */
  readonly isOver: () => boolean;
  /** Marks the moment of a fault, from which unavailability is counted. */
  readonly strike: (what: string) => void;
  /** A pause, cut short when the class stops. */
  readonly rest: (ms: number) => Promise<void>;
  /** A promise was broken that the histories do not show; the run ends with code 1. */
  readonly accuse: (sentence: string) => void;
  /** A figure of the fault's own, shown in the row. */
  readonly note: (sentence: string) => void;
}

export interface Fault {
  /** For `--fault`. */
  readonly name: string;
  readonly about: string;
  /** No command may be left without its answer. */
  readonly failsNothing?: boolean;
  /** It takes or changes what was stored: an actor that cannot be proved may be refused. */
  readonly damages?: boolean;
  /** A sentence, when it cannot be had here as it is asked for. */
  readonly refusal?: (asked: {
    readonly sockets: number;
    readonly nodes: number;
  }) => string | undefined;
  /** Strikes until the class stops; leaves every process running. */
  readonly run: (blow: Blow) => Promise<void>;
}
