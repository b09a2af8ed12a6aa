/**
 * Work of one school that is done for several at once: what is asked for while a group of it is
 * being done is the next group, so that a hundred actors cost the database a few transactions.
 *
 * Owns who waits for what. Invariants:
 * 1. One group of a school at a time; another school's never waits for it.
 * 2. Where a group fails, each of it is done alone and gets what becomes of it: one that cannot be
 *    done is nobody else's failure. So the work must bear being done twice.
 */
import type { TenantId } from "../machines/ids.ts";

/** A transaction of so many flushes takes a few ms, and holds their rows no longer. */
const GROUP_MAX = 32;

/** The results, in the order of the items. */
export type GroupWork<Item, Result> = (
  tenantId: TenantId,
  items: readonly Item[],
) => Promise<readonly Result[]>;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export class GroupsOfWork<Item, Result> {
  readonly #work: GroupWork<Item, Result>;
  readonly #queues = new Map<TenantId, Waiting<Item, Result>[]>();

  constructor(work: GroupWork<Item, Result>) {
    this.#work = work;
  }

  do(tenantId: TenantId, item: Item): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const waiting = { item, resolve, reject };
    const queue = this.#queues.get(tenantId);
    if (queue === undefined) {
      const begun = [waiting];
      this.#queues.set(tenantId, begun);
      void this.#drain(tenantId, begun);
    } else {
      queue.push(waiting);
    }
    return promise;
  }

  async #drain(tenantId: TenantId, queue: Waiting<Item, Result>[]): Promise<void> {
    // What is asked for in the same tick is the same group.
    await Promise.resolve();
    while (queue.length > 0) {
      await this.#settle(tenantId, queue.splice(0, GROUP_MAX));
    }
    this.#queues.delete(tenantId);
  }

  async #settle(tenantId: TenantId, group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const items = group.map(({ item }) => item);
      const results = await this.#work(tenantId, items);
      if (results.length !== items.length) {
        throw new Error(`expected ${items.length} results, found ${results.length}`);
      }
      results.forEach((result, index) => group[index]?.resolve(result));
    } catch (error) {
      if (group.length === 1) {
        group.forEach(({ reject }) => reject(error));
        return;
      }
      await Promise.all(group.map((waiting) => this.#settle(tenantId, [waiting])));
    }
  }
}
