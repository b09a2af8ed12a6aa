/**
 * The production actor store: Redis, its functions in the `.lua` files beside this one.
 *
 * Keeps the contract of `actors/store.ts`; owns how its calls map to functions and keys. Calls of
 * many actors go out without waiting for one another, and Redis commits those that arrive together
 * with one fsync. Invariants:
 * 1. C12: the functions check everything before their first write; an error reply means unknown.
 * 2. C17: `now` is Redis' time, as measured; leases and the agenda use it inside the functions.
 */
import type { Address } from "../address.ts";
import type { Clock, Log } from "../clock.ts";
import {
  PAGE_MAX,
  checkAgenda,
  checkAsks,
  checkCommit,
  checkInstallation,
  pageOf,
} from "../commit-check.ts";
import type * as port from "../store.ts";
import { RECORDS_MAX } from "../store.ts";
import { commitArgs, idArgs, installArgs, leaseArgs, owedArgs, tokenArgs } from "./args.ts";
import { callOf } from "./call.ts";
import { Claimable } from "./claimable.ts";
import { CALL_DEADLINE_MS } from "./connection.ts";
import { Followers } from "./followers.ts";
import { placeOf } from "./names.ts";
import { openServers } from "./open-servers.ts";
import * as replies from "./replies.ts";
import { recoveringOver, rememberOver, resumeOver } from "./remember.ts";
import { Runs } from "./run.ts";
import type { Servers, ServersOptions } from "./servers.ts";

/** Samples before the first call, so that a node is ready as soon as it is open. */
const FIRST_SAMPLES = 3;
const MEASURE_EVERY_MS = 2_000;

export interface RedisStoreOptions {
  /** Of one Redis, or of any master or replica of a cluster. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The boot id of this node: its leases carry it. */
  readonly node: string;
  readonly deadlineMs?: number;
}

export interface RedisStore extends port.ActorStore {
  /** Sentences on why this Redis would lose what it acknowledged; none: it would not. */
  durability(): Promise<readonly string[]>;
  /** A sentence on why this node must not serve now; undefined: it may. */
  notReady(): string | undefined;
}

/** Throws `StoreUnreachable` when Redis does not answer or holds other functions of our name. */
export async function openRedisStore(options: RedisStoreOptions): Promise<RedisStore> {
  const deadlineMs = options.deadlineMs ?? CALL_DEADLINE_MS;
  const connecting = { ...options, deadlineMs, runs: new Runs() };
  const servers = await openServers(connecting);
  try {
    for (let sample = 0; sample < FIRST_SAMPLES; sample += 1) {
      await servers.measure();
    }
  } catch (error) {
    servers.close();
    throw error;
  }
  return new OpenRedisStore(connecting, servers);
}

class OpenRedisStore implements RedisStore {
  readonly #options: ServersOptions;
  readonly #servers: Servers;
  readonly #followers: Followers;
  readonly #claimable: Claimable;
  #stopMeasuring: () => void = () => {};

  constructor(options: ServersOptions, servers: Servers) {
    this.#options = options;
    this.#servers = servers;
    this.#followers = new Followers(options, servers);
    this.#claimable = new Claimable(options);
    this.#measureLater();
  }

  async load(address: Address): Promise<string | undefined> {
    return (await this.inspect(address))?.envelope;
  }

  async inspect(address: Address): Promise<port.Stored | undefined> {
    const place = placeOf(address);
    const keys = this.#servers.keysOf(place);
    const reply = await this.#servers.of(place.bucket).ask("inspect", keys, [place.address]);
    return replies.decodeStored(reply);
  }

  async confirm(
    address: Address,
    head: port.Head,
    asks: readonly port.IdClaim[],
  ): Promise<port.Confirmed> {
    checkAsks(asks.length);
    const place = placeOf(address);
    const args = [place.address, head, ...asks.map(({ idKey }) => idKey)];
    const keys = this.#servers.keysOf(place);
    const reply = await this.#servers.of(place.bucket).ask("confirm", keys, args);
    return replies.decodeConfirmed(reply);
  }

  async commit(address: Address, commit: port.Commit): Promise<port.Committed> {
    checkCommit(commit);
    const place = placeOf(address);
    const args = [place.address, ...commitArgs(commit)];
    const keys = this.#servers.keysOf(place);
    return replies.decodeCommitted(await this.#servers.of(place.bucket).call("commit", keys, args));
  }

  async records(
    address: Address,
    after: number,
    limit: number,
  ): Promise<readonly port.StoredRecord[]> {
    const page = pageOf(limit, RECORDS_MAX);
    if (page === 0) {
      return [];
    }
    const { bucket, log } = placeOf(address);
    const range = ["XRANGE", log, `(${after}-0`, "+", "COUNT", String(page)];
    return replies.decodeEntries(await this.#servers.of(bucket).send(range));
  }

  runs(): readonly string[] {
    return this.#options.runs.ids();
  }

  onAnotherRun(recover: port.Recover): void {
    const store = recoveringOver(this.#servers);
    this.#options.runs.onAnother((run) => recover(run, store));
  }

  remember(address: Address, records: readonly port.KeptRecord[]): Promise<"there" | "kept"> {
    return rememberOver(this.#servers, address, records);
  }

  async remembered(address: Address): Promise<readonly port.KeptRecord[]> {
    const { bucket, kept } = placeOf(address);
    return replies.decodeRemembered(await this.#servers.of(bucket).send(["HGETALL", kept]));
  }

  verify(address: Address): Promise<void> {
    return this.#servers.check(placeOf(address).bucket);
  }

  async proven(address: Address, records: readonly port.KeptRecord[]): Promise<void> {
    const { bucket, kept } = placeOf(address);
    const fields = records.map(({ seq, head }) => `${seq} ${head}`);
    await this.#servers.of(bucket).send(["HDEL", kept, ...fields]);
  }

  async reserve(address: Address, ticket: string): Promise<"reserved" | "present"> {
    const reply = await this.#callOf(address, "reserve", [ticket]);
    return reply === "reserved" ? "reserved" : "present";
  }

  async install(
    address: Address,
    ticket: string,
    what: port.Installation,
  ): Promise<"installed" | "lost"> {
    checkInstallation(what);
    const reply = await this.#callOf(address, "install", [ticket, ...installArgs(what)]);
    return reply === "installed" ? "installed" : "lost";
  }

  async restore(
    address: Address,
    seen: port.Head,
    what: port.Installation,
  ): Promise<"restored" | "lost"> {
    checkInstallation(what);
    const reply = await this.#callOf(address, "restore", [seen, ...installArgs(what)]);
    return reply === "restored" ? "restored" : "lost";
  }

  async setAside(address: Address, seen: port.Head): Promise<"aside" | "lost"> {
    return (await this.#callOf(address, "set_aside", [seen])) === "aside" ? "aside" : "lost";
  }

  async evict(address: Address, head: port.Head, dueAfter: number): Promise<"evicted" | "kept"> {
    const reply = await this.#callOf(address, "evict", [head, String(dueAfter)]);
    return reply === "evicted" ? "evicted" : "kept";
  }

  claim(limit: number, leaseMs: number): Promise<readonly port.ClaimedItem[]> {
    return this.#servers.claim(pageOf(limit, PAGE_MAX), leaseMs);
  }

  async renew(item: port.ClaimedItem, leaseMs: number): Promise<boolean> {
    return (await this.#callOf(item.address, "renew", leaseArgs(item, leaseMs))) === "done";
  }

  resume(item: port.ClaimedItem, leaseMs: number): Promise<boolean> {
    return resumeOver(this.#servers, item, leaseMs);
  }

  async release(item: port.ClaimedItem, claimableAt: number, attempt?: "spared"): Promise<boolean> {
    const args = [...leaseArgs(item, claimableAt), attempt === "spared" ? "1" : "0"];
    return (await this.#callOf(item.address, "release", args)) === "done";
  }

  async reindex(
    address: Address,
    head: port.Head,
    agenda: readonly port.AgendaItem[],
  ): Promise<"done" | "moved"> {
    checkAgenda(agenda);
    const reply = await this.#callOf(address, "reindex", [head, ...owedArgs(agenda)]);
    return reply === "done" ? "done" : "moved";
  }

  async reclaim(address: Address, head: port.Head, ids: readonly port.KnownId[]) {
    checkAsks(ids.length);
    const reply = await this.#callOf(address, "reclaim", [head, ...ids.flatMap(idArgs)]);
    return reply === "done" ? "done" : "moved";
  }

  async begin(item: port.ClaimedItem, leaseMs: number): Promise<boolean> {
    return (await this.#callOf(item.address, "begin", leaseArgs(item, leaseMs))) === "done";
  }

  async drop(item: port.ClaimedItem): Promise<boolean> {
    return (await this.#callOf(item.address, "drop", tokenArgs(item))) === "done";
  }

  onClaimable(listener: () => void): () => void {
    return this.#claimable.add(listener);
  }

  dirty(limit: number): Promise<readonly port.DirtyActor[]> {
    return this.#servers.dirty(pageOf(limit, PAGE_MAX));
  }

  async journaled(address: Address, seq: number, head: port.Head): Promise<void> {
    await this.#callOf(address, "journaled", [String(seq), head]);
  }

  actors(cursor: string | undefined, limit: number): ReturnType<port.ActorStore["actors"]> {
    return this.#servers.actors(cursor, Math.max(1, pageOf(limit, PAGE_MAX)));
  }

  subscribe(address: Address, subscription: port.Subscription): Promise<() => void> {
    return this.#followers.add(address, subscription);
  }

  beat(node: string, reads: readonly string[]): Promise<number> {
    return this.#servers.beat(node, reads);
  }

  nodes(): Promise<readonly port.NodeBeat[]> {
    return this.#servers.nodes();
  }

  forget(node: string, beatAt: number): Promise<boolean> {
    return this.#servers.forget(node, beatAt);
  }

  now(): number {
    return this.#servers.now();
  }

  durability(): Promise<readonly string[]> {
    return this.#servers.durability();
  }

  notReady(): string | undefined {
    return this.#servers.notReady();
  }

  async close(): Promise<void> {
    this.#stopMeasuring();
    this.#followers.close();
    this.#claimable.close();
    this.#servers.close();
  }

  #callOf(address: Address, name: string, args: readonly string[]): Promise<string> {
    return callOf(this.#servers, address, { name, args });
  }

  #measureLater(): void {
    const { clock, log } = this.#options;
    this.#stopMeasuring = clock.after(MEASURE_EVERY_MS, () => {
      this.#measureLater();
      this.#servers.measure().catch((error: unknown) => log.warn("store.time.unknown", { error }));
    });
  }
}
