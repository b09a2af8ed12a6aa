/** The client of a page: its tokens are kept in this browser, and it hears of the network. */
import { type Client, createClient } from "../client/client.ts";
import { systemClock } from "../platform.ts";
import { keep, kept } from "./kept.ts";
import { providePictures } from "./pictures.ts";

/** A server that restarts, or a network that blinks, is back by then. */
const RESTORE_TRIES = 10;
const AGAIN_MS = 1_000;

export interface PageClient {
  readonly client: Client;
  /** Ends when the refresh token is not good any more. */
  onSignedOut: () => void;
}

export function openClient(key: string): PageClient {
  const page: { onSignedOut: () => void } = { onSignedOut: () => undefined };
  const client = createClient({
    url: location.origin,
    storage: { load: () => kept(key), save: (token) => keep(key, token) },
    onSignedOut: () => page.onSignedOut(),
  });
  providePictures(client.http);
  // A browser says at once that the network is gone; a socket would find out in twenty seconds.
  addEventListener("offline", () => client.drop());
  return Object.assign(page, { client });
}

/** Whether what is kept under this key opens the door; asked again while nobody answers. */
export async function restored({ client }: PageClient, key: string): Promise<boolean> {
  for (let attempt = 0; attempt < RESTORE_TRIES; attempt += 1) {
    if (await client.restore()) {
      return true;
    }
    // A token that is not good any more is forgotten; one that is still kept was not heard.
    if (kept(key) === undefined) {
      return false;
    }
    await new Promise<void>((resolve) => void systemClock.after(AGAIN_MS, resolve));
  }
  return false;
}
