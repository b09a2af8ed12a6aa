/**
 * The believers: actors that may count a connection of this node, as far as it has told them.
 *
 * Owns that knowledge, beside the copies in memory, which come and go. Invariants:
 * 1. A word whose fate is not known leaves its actor a believer until a later word is answered.
 * 2. Above the limit nobody is remembered any more, and everybody may believe.
 */
import { type Address, addressKey } from "./address.ts";
import type { Look, Reply } from "./reply.ts";

/** Actors that let go of connections by themselves stay on the list: it must not grow for ever. */
const BELIEVERS_MAX = 20_000;

interface Believer {
  readonly address: Address;
  readonly sure: boolean;
}

export class Believers {
  readonly #prefix: string;
  readonly #believers = new Map<string, Believer>();
  #many = false;

  /** Of connections `<node>.…`. */
  constructor(node: string) {
    this.#prefix = `${node}.`;
  }

  /** Says something of a connection, and keeps what the actor then believes. */
  async tell(address: Address, say: () => Promise<Reply>): Promise<Reply> {
    this.#keep(address, false);
    try {
      const reply = await say();
      this.#heard(address, reply.kind === "absent" ? undefined : reply);
      return reply;
    } catch (error) {
      this.#keep(address, false);
      throw error;
    }
  }

  /** True also where it cannot be known; `look` is asked of those that did believe at last. */
  async some(look: (address: Address) => Promise<Look | undefined>): Promise<boolean> {
    const believers = [...this.#believers.values()];
    if (this.#many || believers.some(({ sure }) => !sure)) {
      return true;
    }
    for (const { address } of believers) {
      if (this.#counts(await look(address))) {
        return true;
      }
    }
    return false;
  }

  #heard(address: Address, reply: { readonly look?: Look } | undefined): void {
    if (reply === undefined || (reply.look !== undefined && !this.#counts(reply.look))) {
      this.#believers.delete(addressKey(address));
    } else {
      this.#keep(address, reply.look !== undefined);
    }
  }

  #keep(address: Address, sure: boolean): void {
    this.#many ||= this.#believers.size >= BELIEVERS_MAX;
    if (this.#many) {
      this.#believers.clear();
    } else {
      this.#believers.set(addressKey(address), { address, sure });
    }
  }

  /** One that is over hears no more of connections, and counts none. */
  #counts(look: Look | undefined): boolean {
    const connections = look === undefined || look.living.over ? [] : look.living.connections();
    return connections.some(({ connectionId }) => connectionId.startsWith(this.#prefix));
  }
}
