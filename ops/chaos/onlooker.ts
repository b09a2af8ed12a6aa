/** An onlooker: whoever follows an actor by one of the ways there are, and is judged by it. */
import type { Http } from "../../src/client/http.ts";
import type { Watcher } from "./history.ts";

export interface Onlooker {
  readonly watcher: Watcher;
  /** What the same person is shown page by page when all is over. */
  readonly http: Http;
  /** How far it has come. */
  readonly seq: number;
}

export interface OnlookerParts {
  readonly actor: string;
  readonly url: string;
  readonly http: Http;
  readonly accessToken: () => string | undefined;
  /** Aborted when nobody has to follow any more. */
  readonly signal: AbortSignal;
}

/** The path of an actor's route: `/sessions/<id>/stream`. */
export function pathOf(actor: string, rest: string): string {
  return `/sessions/${actor.slice("session/".length)}/${rest}`;
}
