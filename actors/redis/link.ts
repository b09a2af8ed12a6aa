/** Calls to Redis, and what a server says when another has that part of a cluster, or gets it. */
import { StoreUnreachable } from "../store.ts";

export interface Link {
  /** One of the library's functions. */
  call(name: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  /** One that writes nothing. */
  ask(name: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  send(args: readonly string[]): Promise<unknown>;
}

/** `owner`: `host:port` of who has the slot; undefined: it is on its way between two masters. */
export interface Unsettled {
  readonly owner: string | undefined;
}

/** Nothing was done: Redis looks at the keys of a call before it begins with it. */
export class SlotUnsettled extends StoreUnreachable {
  readonly owner: string | undefined;

  constructor({ owner }: Unsettled, options?: ErrorOptions) {
    super(owner === undefined ? "the slot is being moved" : `the slot is at ${owner}`, options);
    this.owner = owner;
  }
}

/** Undefined: an error of another kind. */
export function unsettledOf(message: string): Unsettled | undefined {
  const [code, , owner] = message.split(" ", 3);
  switch (code) {
    case "MOVED":
      return { owner };
    case "ASK":
    case "TRYAGAIN":
      return { owner: undefined };
    default:
      return undefined;
  }
}
