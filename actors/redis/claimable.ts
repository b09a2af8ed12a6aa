/**
 * The channel on which commits say that they left something claimable at once (C27).
 *
 * One channel, on one connection of its own, to whichever Redis the URL names: a cluster hands it
 * on to all. What is lost here is found by the next scan, so a message that does not come is not
 * an error, and node-redis may reconnect by itself: its trouble begins with many channels.
 */
import { createClient } from "redis";
import { Wakes } from "../wakes.ts";
import { type ConnectionOptions, PING_EVERY_MS, SILENT_MAX_MS } from "./connection.ts";

const CHANNEL = "tb:claimable";
const RECONNECT_MAX_MS = 2_000;

export class Claimable {
  readonly #options: ConnectionOptions;
  readonly #wakes: Wakes;
  #client: ReturnType<typeof newClient> | undefined;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#wakes = new Wakes(options.log);
  }

  /** The first who listens opens the connection. */
  add(listener: () => void): () => void {
    if (this.#client === undefined && !this.#closed) {
      this.#open();
    }
    return this.#wakes.add(listener);
  }

  close(): void {
    this.#closed = true;
    this.#wakes.clear();
    if (this.#client?.isOpen === true) {
      this.#client.destroy();
    }
  }

  #open(): void {
    const { log } = this.#options;
    const client = newClient(this.#options);
    this.#client = client;
    client.on("error", (error: unknown) => log.warn("store.claimable.unheard", { error }));
    client
      .connect()
      .then(() => client.subscribe(CHANNEL, () => this.#wakes.wake()))
      .catch((error: unknown) => {
        if (!this.#closed) {
          log.warn("store.claimable.unheard", { error });
        }
      });
  }
}

function newClient({ url, deadlineMs }: ConnectionOptions) {
  return createClient({
    url,
    disableOfflineQueue: true,
    pingInterval: PING_EVERY_MS,
    socket: {
      connectTimeout: deadlineMs,
      socketTimeout: SILENT_MAX_MS,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, RECONNECT_MAX_MS),
    },
  });
}
