/**
 * Trouble between one node and what it depends on: calls that fail before or after they took
 * effect, calls that come late or are answered late, messages that are lost, and the node's death.
 *
 * A node that is dead is simply left alone: nothing that it still asks is done or answered.
 */
import type { Archive } from "../../actors/archive.ts";
import type { Clock } from "../../actors/clock.ts";
import { type ActorStore, StoreUnreachable } from "../../actors/store.ts";

export const CALLS = [
  "commit",
  "confirm",
  "load",
  "claim",
  "release",
  "records",
  "subscribe",
  "dirty",
  "journaled",
  "evict",
  "reserve",
  "install",
  "append",
  "find",
  "setResident",
] as const;

export type Call = (typeof CALLS)[number];

export type Fault =
  /** Refused before anything was done. */
  | { readonly kind: "before"; readonly call: Call }
  /** Done, and the reply is lost. */
  | { readonly kind: "after"; readonly call: Call }
  /** Under way for so long before it is done. */
  | { readonly kind: "late"; readonly call: Call; readonly ms: number }
  /** Done at once, and the reply takes so long. */
  | { readonly kind: "slow"; readonly call: Call; readonly ms: number }
  /** The next message to followers is lost. */
  | { readonly kind: "deaf" };

export class Trouble {
  readonly #clock: Clock;
  #faults: Fault[] = [];
  dead = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(fault: Fault): void {
    this.#faults.push(fault);
  }

  heal(): void {
    this.#faults = [];
  }

  store(store: ActorStore): ActorStore {
    return this.#between(store, {
      subscribe: (address, { onRecords, onReset }) =>
        store.subscribe(address, {
          onRecords: (records) => {
            if (!this.dead && this.#take((fault) => fault.kind === "deaf") === undefined) {
              onRecords(records);
            }
          },
          onReset: () => (this.dead ? undefined : onReset()),
        }),
    });
  }

  archive(archive: Archive): Archive {
    return this.#between(archive, {});
  }

  #between<T extends object>(target: T, instead: Partial<T>): T {
    return new Proxy(target, {
      get: (_target, name) => {
        const value: unknown = Reflect.get(instead, name) ?? Reflect.get(target, name);
        if (typeof value !== "function") {
          return value;
        }
        const call: (...args: unknown[]) => unknown = value.bind(target);
        const known = CALLS.find((each) => each === name);
        return known === undefined
          ? call
          : (...args: unknown[]) => this.#through(known, () => call(...args));
      },
    });
  }

  async #through(call: Call, work: () => unknown): Promise<unknown> {
    const fault = this.#take((each) => each.kind !== "deaf" && each.call === call);
    await this.#alive();
    if (fault?.kind === "before") {
      throw new StoreUnreachable(`${call} was not done`);
    }
    await this.#pass(fault?.kind === "late" ? fault.ms : 0);
    const result = await work();
    await this.#pass(fault?.kind === "slow" ? fault.ms : 0);
    if (fault?.kind === "after") {
      throw new StoreUnreachable(`the reply of ${call} was lost`);
    }
    return result;
  }

  async #pass(ms: number): Promise<void> {
    if (ms > 0) {
      await new Promise<void>((resolve) => void this.#clock.after(ms, resolve));
    }
    await this.#alive();
  }

  /** The dead wait for ever. */
  #alive(): Promise<void> {
    return this.dead ? new Promise(() => undefined) : Promise.resolve();
  }

  #take(matches: (fault: Fault) => boolean): Fault | undefined {
    const at = this.#faults.findIndex(matches);
    return at < 0 ? undefined : this.#faults.splice(at, 1)[0];
  }
}
