/**
 * Rewind: the store comes back as another run, with what it had a while ago, or with nothing.
 *
 * Invariant: what is lost with it is remembered by nodes that live, or is in the archive; nobody
 * dies until all have connected again. What is lost together with the node that committed it is
 * lost for good, and promised to nobody; so it is where a node is gone and nothing but that it
 * began an effect is lost. Where the effect is lost too, whoever puts it back has to think of that.
 */
import { parseAddressKey } from "../../actors/address.ts";
import type { Memento } from "./memento.ts";
import type { Node, NodeWorld } from "./node.ts";

const BACKUPS_MAX = 6;
const LOOK_MS = 50;
/** In a world that never comes to connect again there is no shelter for ever. */
const SHELTER_MS_MAX = 10_000;

export class Rewind {
  readonly #world: NodeWorld;
  /** Empty: this is not the moment. */
  readonly #ready: () => readonly Node[];
  readonly #empty: Memento;
  #backups: readonly Memento[] = [];
  #isUnderWay = false;

  constructor(world: NodeWorld, ready: () => readonly Node[]) {
    this.#world = world;
    this.#ready = ready;
    this.#empty = world.disk.backup();
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  keepBackup(): void {
    this.#backups = [...this.#backups, this.#world.disk.backup()].slice(-BACKUPS_MAX);
  }

  async comeBack(): Promise<void> {
    const { net, disk } = this.#world;
    const { schedule, chance, weather } = net;
    const nodes = this.#ready();
    if (this.#isUnderWay || nodes.length === 0 || !(await this.#isRemembered(nodes))) {
      return;
    }
    const names = nodes.map(({ boot }) => boot.name);
    const lost = disk.begun().filter((name) => !names.includes(disk.begunBy.get(name) ?? ""));
    const backups = [this.#empty, ...this.#backups].filter(({ unbegun }) =>
      lost.every((name) => !unbegun.has(name)),
    );
    const backup = chance.pick(backups);
    schedule.note("the store comes back as another run");
    this.#isUnderWay = true;
    weather.shelter(true);
    disk.comeBack(backup ?? this.#empty);
    const until = schedule.now + SHELTER_MS_MAX;
    while (schedule.now < until && !nodes.every(({ link }) => link.recovered)) {
      await schedule.wait(LOOK_MS);
    }
    weather.shelter(false);
    this.#isUnderWay = false;
  }

  /** Of every record that the archive lacks, the node that committed it lives and knows. */
  async #isRemembered(nodes: readonly Node[]): Promise<boolean> {
    const { disk, archive } = this.#world;
    const names = nodes.map(({ boot }) => boot.name);
    const marks = new Map<string, number>();
    for (const [name] of disk.committedAt) {
      const [key, seq] = cutOf(name);
      const mark = marks.get(key) ?? (await archive.mark(parseAddressKey(key)))?.seq ?? 0;
      marks.set(key, mark);
      if (Number(seq) > mark && !names.includes(disk.remembered.get(name) ?? "")) {
        return false;
      }
    }
    return true;
  }
}

function cutOf(name: string): readonly [string, string] {
  const cut = name.lastIndexOf("#");
  return [name.slice(0, cut), name.slice(cut + 1)];
}
