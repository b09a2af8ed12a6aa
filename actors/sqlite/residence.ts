/** Coming and going: tickets of hydrations, and leaving the store once nothing would be lost. */
import type { Database } from "bun:sqlite";
import type { Head, Installation, KnownId } from "../store.ts";
import type { Actors } from "./actors.ts";
import type { Agenda } from "./agenda.ts";
import type { KnownIds } from "./known-ids.ts";
import { Remembered } from "./remembered.ts";

export interface Tables {
  readonly actors: Actors;
  readonly agenda: Agenda;
  readonly ids: KnownIds;
}

export class Residence {
  readonly remembered: Remembered;
  readonly #tables: Tables;
  readonly #putTicket;
  readonly #takeTicket;
  readonly #voidTicket;

  constructor(db: Database, tables: Tables) {
    this.#tables = tables;
    this.remembered = new Remembered(db, tables.actors);
    this.#putTicket = db.query<null, [string, string]>(
      "INSERT OR REPLACE INTO ticket (address, ticket) VALUES (?, ?)",
    );
    this.#takeTicket = db.query<null, [string, string]>(
      "DELETE FROM ticket WHERE address = ? AND ticket = ?",
    );
    this.#voidTicket = db.query<null, [string]>("DELETE FROM ticket WHERE address = ?");
  }

  /** A later ticket voids the earlier: a hydrator that died must not keep the actor away. */
  reserve(address: string, ticket: string): "reserved" | "present" {
    if (this.#tables.actors.find(address) !== undefined) {
      return "present";
    }
    this.#putTicket.run(address, ticket);
    return "reserved";
  }

  install(address: string, ticket: string, what: Installation): "installed" | "lost" {
    const { actors } = this.#tables;
    if (actors.find(address) !== undefined || this.#takeTicket.run(address, ticket).changes === 0) {
      return "lost";
    }
    this.#write(address, what);
    return "installed";
  }

  restore(address: string, seen: Head, what: Installation): "restored" | "lost" {
    const { actors, ids } = this.#tables;
    if (actors.find(address)?.head !== seen) {
      return "lost";
    }
    actors.remove(address);
    ids.forget(address);
    this.#write(address, what);
    return "restored";
  }

  setAside(address: string, seen: Head): "aside" | "lost" {
    const { actors } = this.#tables;
    if (actors.find(address)?.head !== seen) {
      return "lost";
    }
    actors.setAside(address, seen);
    return "aside";
  }

  evict(address: string, head: Head, dueAfter: number): "evicted" | "kept" {
    const { actors, agenda, ids } = this.#tables;
    const present = actors.find(address);
    const owing = agenda.holds(address, dueAfter) || this.remembered.of(address).length > 0;
    if (present?.head !== head || present.dirtySince !== null || owing) {
      return "kept";
    }
    actors.remove(address);
    agenda.forget(address);
    ids.forget(address);
    return "evicted";
  }

  reclaim(address: string, head: Head, known: readonly KnownId[]): "done" | "moved" {
    const { actors, ids } = this.#tables;
    if (actors.find(address)?.head !== head) {
      return "moved";
    }
    ids.put(address, known);
    return "done";
  }

  #write(address: string, what: Installation): void {
    const { actors, agenda, ids } = this.#tables;
    const { head, seq, envelope } = what;
    actors.put(address, { head, seq, envelope, dirtySince: null, journaled: seq, part: "" });
    actors.addRecords(address, what.firstSeq, what.records);
    ids.add(address, what.ids);
    agenda.oweJust(address, what.agenda, 0);
    agenda.doubtBegun(address, what.agenda);
  }

  /** A birth: whoever hydrates this address has lost. */
  voidTicket(address: string): void {
    this.#voidTicket.run(address);
  }
}
