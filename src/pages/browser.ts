/** The client of a page: its tokens are kept in this browser, and it hears of the network. */
import { type Client, createClient } from "../client/client.ts";
import { keep, kept } from "./kept.ts";
import { providePictures } from "./pictures.ts";

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
