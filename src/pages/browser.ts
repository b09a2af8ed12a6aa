/** The browser's own: one client a page, its tokens in this browser, and what the network is. */
import { type Client, createClient } from "../client/client.ts";

/** Undefined where a browser keeps nothing: then tokens live as long as the page. */
export function kept(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch (error) {
    return undefinedFor(error);
  }
}

export function keep(key: string, value: string | undefined): void {
  try {
    if (value === undefined) {
      localStorage.removeItem(key);
    } else {
      localStorage.setItem(key, value);
    }
  } catch (error) {
    undefinedFor(error);
  }
}

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
  // A browser says at once that the network is gone; a socket would find out in twenty seconds.
  addEventListener("offline", () => client.drop());
  return Object.assign(page, { client });
}

export function isOnline(): boolean {
  return navigator.onLine;
}

function undefinedFor(error: unknown): undefined {
  if (error instanceof DOMException) {
    return undefined;
  }
  throw error;
}
