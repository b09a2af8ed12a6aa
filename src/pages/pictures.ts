/**
 * Pictures of lessons in this browser: fetched with the caller's token, once each.
 *
 * An `<img>` cannot send a token, so what it shows is a URL of bytes that are here already.
 */
import type { Http } from "../client/http.ts";

/** More than a lesson shows; the oldest are let go. */
const HELD_MAX = 60;

const held = new Map<string, Promise<string>>();
let source: Pick<Http, "blob"> | undefined;

/** By whoever opens the page's client. */
export function providePictures(http: Pick<Http, "blob">): void {
  source = http;
}

export function pictureUrl(id: string): Promise<string> {
  const known = held.get(id);
  if (known !== undefined) {
    return known;
  }
  const url = fetched(id);
  held.set(id, url);
  url.catch(() => held.delete(id));
  const [oldest] = held;
  if (held.size > HELD_MAX && oldest !== undefined) {
    held.delete(oldest[0]);
    // One that is shown now stays shown: its bytes are in the element already.
    void oldest[1].then(
      (each) => URL.revokeObjectURL(each),
      () => undefined,
    );
  }
  return url;
}

async function fetched(id: string): Promise<string> {
  if (source === undefined) {
    throw new TypeError("expected a client that fetches pictures, found none");
  }
  return URL.createObjectURL(await source.blob(`/media/${id}`));
}
