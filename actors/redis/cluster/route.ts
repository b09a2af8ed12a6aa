/**
 * The way of one bucket's calls to the master that has it, wherever that is by now.
 *
 * A slot that is being moved is on neither side as a whole: its keys go over one by one, and a
 * function that finds half of an actor would take the other half for absent. So a call declares all
 * keys of its actor, is never sent to the new side before the slot is settled there (no `ASKING`),
 * and waits meanwhile. Invariants:
 * 1. A call is sent again only when a master refused it by its keys, before doing anything.
 * 2. It waits for a slot about as long as a call's deadline; then it is `StoreUnreachable`.
 */
import type { Clock } from "../../clock.ts";
import { type Link, SlotUnsettled } from "../link.ts";
import type { Masters } from "./masters.ts";

/** With `PAUSE_MAX_MS` between them about 5 s, the deadline of a call. */
const TRIES_MAX = 100;
const PAUSE_MIN_MS = 2;
const PAUSE_MAX_MS = 50;

interface To {
  of(bucket: number): Link;
}

export class Route implements Link {
  readonly #clock: Clock;
  readonly #masters: Masters;
  readonly #bucket: number;
  readonly #to: To;

  /** `to`: by which connections, where it is not the usual ones. */
  constructor(clock: Clock, masters: Masters, bucket: number, to: To = masters) {
    this.#to = to;
    this.#clock = clock;
    this.#masters = masters;
    this.#bucket = bucket;
  }

  call(name: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.#routed((link) => link.call(name, keys, args));
  }

  ask(name: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.#routed((link) => link.ask(name, keys, args));
  }

  send(args: readonly string[]): Promise<unknown> {
    return this.#routed((link) => link.send(args));
  }

  async #routed(work: (link: Link) => Promise<unknown>): Promise<unknown> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work(this.#to.of(this.#bucket));
      } catch (error) {
        if (!(error instanceof SlotUnsettled) || tries === TRIES_MAX) {
          throw error;
        }
        await this.#settled(error, tries);
      }
    }
  }

  async #settled({ owner }: SlotUnsettled, tries: number): Promise<void> {
    if (owner !== undefined) {
      await this.#masters.learn(this.#bucket, owner);
    }
    if (owner === undefined || tries > 1) {
      const pauseMs = Math.min(PAUSE_MIN_MS * 2 ** tries, PAUSE_MAX_MS);
      await new Promise<void>((resolve) => this.#clock.after(pauseMs, resolve));
    }
  }
}
