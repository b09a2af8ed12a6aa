/**
 * The cluster: machines on which nodes are booted, die, stand still, are cut off and come back.
 */
import type { Pace } from "../../actors/pace.ts";
import type { Runtime } from "../../actors/runtime.ts";
import type { Lineage } from "../../machines/versions.ts";
import { sequentialIds } from "../support/fake-clock.ts";
import { Boot } from "./boot.ts";
import { Rewind } from "./rewind.ts";
import { type Node, type NodeWorld, WHOLE, makeNode, startNode } from "./node.ts";

/** What a client hears of a node: an answer, an error, or nothing until it gives up. */
export type Heard<T> =
  | { readonly kind: "answer"; readonly value: T }
  | { readonly kind: "error" }
  | { readonly kind: "silence" };

interface Place {
  readonly name: string;
  boots: number;
  /** How many versions its build reads. */
  reads: number;
  node: Node | undefined;
}

export interface ClusterWorld extends Omit<NodeWorld, "ids" | "away"> {
  /** Undefined: as the product has it, where nobody sleeps before the end. */
  readonly pace: Pace | undefined;
  readonly togetherMin: number | undefined;
}

const CLIENT_PATIENCE_MS = 4_000;
const CLIENT_HOP_MS_MAX = 4;
/** A quartz is a thousand times better; the product must not need it. */
const DRIFT_MAX = 0.0005;
const OFFSET_MS_MAX = 120_000;
const DOWN_MS_MAX = 4_000;
const AWAY_MS_MAX = 12_000;
const CUT_MS_MAX = 8_000;
/** Between two times that the store comes back. */
const BACKUPS = 6;
/** What would forget what the store has lost waits until that is given back. */
const LATER_MS = 500;
/** Nodes are deployed, and one in four times taken back, as often as that. */
const ROLLING_CHANCE = 0.7;
const BACK_CHANCE = 0.25;
const DEPLOY_MS_MIN = 1_500;
const DEPLOY_MS_MAX = 7_000;
/** As long as the doors wait for it. */
const CLOSE_SETTLE_MS = 2_000;

export class Cluster {
  readonly #world: NodeWorld & ClusterWorld;
  readonly #places: readonly Place[];
  readonly #boots: Boot[] = [];
  readonly #rewind: Rewind;
  archiveAway = false;
  #clear = false;

  constructor(world: ClusterWorld, size: number) {
    this.#world = { ...world, ids: sequentialIds("i"), away: () => this.archiveAway };
    this.#rewind = new Rewind(this.#world, () => (this.#isWhole ? this.ready : []));
    this.#places = Array.from({ length: size }, (_, index) => ({
      name: `n${index + 1}`,
      boots: 0,
      reads: world.lineage.length,
      node: undefined,
    }));
  }

  begin(): void {
    const { climate } = this.#world.net.weather;
    if (this.#world.lineage.length > 1) {
      this.#beginDeploys();
    }
    for (const place of this.#places) {
      this.#boot(place);
    }
    this.#again(climate.pauseEveryMs, () => this.#pause());
    this.#again(climate.cutEveryMs, () => this.#cut());
    this.#again(climate.restartEveryMs, () => this.#restart());
    this.#again(climate.archiveAwayEveryMs, () => this.#leaveArchive());
    if (climate.comeBackEveryMs > 0) {
      this.#again(climate.comeBackEveryMs / BACKUPS, () => this.#rewind.keepBackup());
      this.#again(climate.comeBackEveryMs, () => void this.#rewind.comeBack());
    }
  }

  /** Every boot takes commands, and none stands still, is cut off or on its way out. */
  get #isWhole(): boolean {
    const { now } = this.#world.net.schedule;
    const all = this.#boots.filter(({ gone }) => !gone);
    const away = all.some(
      ({ cut, awayUntil, mute, inert }) => cut || awayUntil > now || mute || inert,
    );
    return !away && all.length === this.ready.length;
  }

  get ready(): readonly Node[] {
    return this.#places.flatMap(({ node }) => (node === undefined || node.boot.gone ? [] : [node]));
  }

  /** The boots that are there, also those that do not take commands yet. */
  get names(): readonly string[] {
    return this.#boots.filter(({ gone }) => !gone).map(({ name }) => name);
  }

  /** There are faults no more. */
  get clear(): boolean {
    return this.#clear;
  }

  /** A node that takes commands, by chance; undefined: none does. */
  any(): Node | undefined {
    const { ready } = this;
    return ready.length === 0 ? undefined : this.#world.net.chance.pick(ready);
  }

  /** From a client to a node and back; either way may be lost with the node. */
  ask<T>(node: Node, label: string, ask: (runtime: Runtime) => Promise<T>): Promise<Heard<T>> {
    const { schedule, chance } = this.#world.net;
    const { boot, runtime } = node;
    return new Promise((resolve) => {
      const back = (heard: Heard<T>): void => {
        if (!boot.gone && !boot.mute) {
          const run = (): void => resolve(heard);
          const hop = chance.between(1, CLIENT_HOP_MS_MAX);
          schedule.after(hop, { label: `${label} hears ${heard.kind}`, run });
        }
      };
      schedule.after(chance.between(1, CLIENT_HOP_MS_MAX), {
        label,
        party: boot,
        run: () => {
          ask(runtime).then(
            (value) => back({ kind: "answer", value }),
            () => back({ kind: "error" }),
          );
        },
      });
      const run = (): void => resolve({ kind: "silence" });
      schedule.after(CLIENT_PATIENCE_MS, { label: `${label} hears nothing`, run });
    });
  }

  #boot(place: Place): void {
    const { chance, schedule } = this.#world.net;
    place.boots += 1;
    const boot = new Boot(`${place.name}-${place.boots}`, schedule, {
      offsetMs: chance.between(-OFFSET_MS_MAX, OFFSET_MS_MAX),
      rate: 1 + ((chance.below(2_001) - 1_000) / 1_000) * DRIFT_MAX,
    });
    this.#boots.push(boot);
    boot.whenGone(() => this.#bootLater(place));
    const { reads } = place;
    const node = makeNode(this.#world, boot, {
      ...{
        ...WHOLE,
        lineage: this.#lineageOf(place),
        pace: this.#world.pace,
        togetherMin: this.#world.togetherMin,
      },
    });
    startNode(node).then(
      () => {
        place.node = node;
        schedule.note(`${boot.name} is ready`);
        if (place.reads !== reads) {
          this.#restart(node);
        }
      },
      () => boot.dieSoon("it could not start"),
    );
  }

  #bootLater(place: Place): void {
    const { schedule, chance } = this.#world.net;
    place.node = undefined;
    schedule.after(chance.between(20, DOWN_MS_MAX), {
      label: `${place.name} boots`,
      run: () => this.#boot(place),
    });
  }

  #again(everyMs: number, fault: () => void): void {
    const { schedule, weather } = this.#world.net;
    const inMs = weather.next(everyMs);
    if (inMs === undefined) {
      return;
    }
    const run = (): void => {
      if (!this.#clear) {
        if (!this.#rewind.isUnderWay) {
          fault();
        }
        this.#again(everyMs, fault);
      }
    };
    schedule.after(inMs, { label: "weather", run });
  }

  #lineageOf({ reads }: Place): Lineage {
    const [oldest, ...newer] = this.#world.lineage;
    return [oldest, ...newer.slice(0, reads - 1)];
  }

  /** Mostly all nodes are of the old build at first; then one after the other is another. */
  #beginDeploys(): void {
    const { chance } = this.#world.net;
    const all = this.#world.lineage.length;
    const rolling = chance.happens(ROLLING_CHANCE);
    for (const place of this.#places) {
      place.reads = rolling ? 1 : chance.between(1, all);
    }
    this.#deployLater();
  }

  #deployLater(): void {
    const { chance, schedule } = this.#world.net;
    const run = (): void => {
      if (!this.#clear) {
        const back = chance.happens(BACK_CHANCE);
        this.#deploy(chance.pick(this.#places), back ? 1 : this.#world.lineage.length);
        this.#deployLater();
      }
    };
    schedule.after(chance.between(DEPLOY_MS_MIN, DEPLOY_MS_MAX), { label: "deploy", run });
  }

  /** Its next boot is of that build; it drains now, if it is there. */
  #deploy(place: Place | undefined, reads: number): void {
    if (place !== undefined && place.reads !== reads) {
      place.reads = reads;
      this.#world.net.schedule.note(`${place.name} is to read ${reads}`);
      if (place.node !== undefined) {
        this.#restart(place.node);
      }
    }
  }

  /** No faults any more: lines are whole, everybody is back at once. */
  heal(): void {
    this.#clear = true;
    this.archiveAway = false;
    this.#world.net.weather.clear();
    for (const { boot } of this.ready) {
      boot.cut = false;
    }
    this.#deploy(this.#places[0], this.#world.lineage.length);
  }

  #pause(): void {
    const { schedule, chance } = this.#world.net;
    const node = this.any();
    if (node !== undefined) {
      node.boot.awayUntil = schedule.now + chance.between(100, AWAY_MS_MAX);
      schedule.note(`${node.boot.name} stands still`);
    }
  }

  #cut(): void {
    const { schedule, chance } = this.#world.net;
    const boot = this.any()?.boot;
    if (boot !== undefined) {
      boot.cut = true;
      schedule.note(`${boot.name} is cut off`);
      const run = (): void => {
        boot.cut = false;
      };
      schedule.after(chance.between(100, CUT_MS_MAX), { label: `${boot.name} is back`, run });
    }
  }

  /** On purpose: it drains, and only then it goes. */
  #restart(node = this.any()): void {
    const place = this.#places.find((each) => each.node === node);
    if (node === undefined || place === undefined) {
      return;
    }
    const { schedule } = this.#world.net;
    if (this.#rewind.isUnderWay) {
      const run = (): void => this.#restart(node);
      schedule.after(LATER_MS, { label: "drain later", run });
      return;
    }
    place.node = undefined;
    schedule.note(`${node.boot.name} drains`);
    node.boot.drain();
    // Those who were connected let go first, as sockets do when their server closes them.
    schedule
      .wait(1)
      .then(() => node.presence.settled(CLOSE_SETTLE_MS))
      .then(() => node.runtime.stop())
      .then(
        () => node.boot.dieSoon("drained"),
        () => node.boot.dieSoon("could not drain"),
      );
  }

  #leaveArchive(): void {
    const { schedule, chance } = this.#world.net;
    this.archiveAway = true;
    const run = (): void => {
      this.archiveAway = false;
    };
    schedule.after(chance.between(500, CUT_MS_MAX), { label: "the archive is back", run });
  }
}
