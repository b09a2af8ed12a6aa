/**
 * The documents that both doors answer with: acknowledgements, views and records, as on the wire.
 */
import type { StateValue } from "xstate";
import type { SeenFact } from "../machines/fact.ts";
import type { JsonObject } from "../machines/json.ts";
import type { Problem } from "./problem.ts";

export type Answered<T> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly problem: Problem };

export interface Acknowledgement {
  /** Of the record that the command made. */
  readonly seq: number;
  readonly state: StateValue;
  readonly can: readonly string[];
  readonly facts: readonly SeenFact[];
  /** The id was known: this is what became of it the first time. */
  readonly duplicate: boolean;
  /** The server's time, RFC 3339 in UTC. */
  readonly now: string;
}

export interface Seen {
  /** `session/<id>` */
  readonly actor: string;
  readonly seq: number;
  readonly state: StateValue;
  readonly can: readonly string[];
  readonly view: JsonObject;
  readonly now: string;
}

export interface SeenRecord {
  readonly seq: number;
  readonly at: string;
  readonly facts: readonly SeenFact[];
}

export interface SeenRecords {
  readonly items: readonly SeenRecord[];
  readonly next: string | null;
  readonly seq: number;
  readonly now: string;
}
