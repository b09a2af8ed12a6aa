/**
 * A link: the actor store as one boot of a node has it, over a line that may fail.
 *
 * Owns the way of each call, the measured time of the store, and subscriptions. When the store
 * comes back as another run, connections have ended, and nothing passes before the node has given
 * back what it remembers; what is asked for that is never lost, as on a new connection. Messages of
 * a channel may be lost, late, doubled or out of order, and the product's own `Followed` makes of
 * them what a follower is promised. A node may die at every point where it waits.
 */
import { type Address, addressKey } from "../../actors/address.ts";
import { Followed } from "../../actors/redis/followed.ts";
import { StoreTime } from "../../actors/redis/time.ts";
import * as port from "../../actors/store.ts";
import type { Boot } from "./boot.ts";
import type { Disk } from "./disk.ts";
import { type Net, type Request, overLine, travel } from "./line.ts";

/** As often as a node of the product looks after silence. */
const BEAT_MS = 2_000;
/** A trip as short as this is measured well enough to begin with. */
const TRIP_MS_GOOD = 20;
const MEASURES_MAX = 20;
const NOTICED_MS_MAX = 1_500;
/** A client library connects again within it. */
const RECONNECT_MS_MAX = 500;
const RECOVER_AGAIN_MS = 100;
const HOP_MS_MAX = 6;

interface Heard {
  readonly address: Address;
  readonly followed: Followed;
  readonly leave: () => void;
}

export class Link implements port.ActorStore {
  readonly #net: Net;
  readonly #boot: Boot;
  readonly #disk: Disk;
  readonly #time: StoreTime;
  readonly #heard = new Map<string, Heard>();
  #run: number;
  #recover: port.Recover | undefined;
  #recovering = false;

  constructor(net: Net, boot: Boot, disk: Disk) {
    this.#net = net;
    this.#boot = boot;
    this.#disk = disk;
    this.#time = new StoreTime(boot.clock);
    this.#run = disk.run;
    const leave = disk.onAnotherRun(() => this.#connectAgain());
    boot.whenGone(() =>
      [leave, ...[...this.#heard.values()].map((heard) => heard.leave)].forEach((each) => each()),
    );
    this.#beatLater();
  }

  /** A node is ready only when it knows how far its clock is from the store's. */
  async measureWell(): Promise<void> {
    for (let tries = 0; tries < MEASURES_MAX; tries += 1) {
      const begun = this.#boot.clock.now();
      await this.#measure();
      if (this.#boot.clock.now() - begun <= TRIP_MS_GOOD) {
        return;
      }
    }
    throw new RangeError("expected a short trip to the store, found none");
  }

  load(address: Address): Promise<string | undefined> {
    return this.#call(`load ${address.id}`, () => this.#disk.store.load(address));
  }

  inspect(address: Address): Promise<port.Stored | undefined> {
    return this.#call(`inspect ${address.id}`, () => this.#disk.store.inspect(address));
  }

  confirm(
    address: Address,
    head: port.Head,
    asks: readonly port.IdClaim[],
  ): Promise<port.Confirmed> {
    const label = `confirm ${address.id}`;
    return this.#call(label, () => this.#disk.store.confirm(address, head, asks));
  }

  async commit(address: Address, commit: port.Commit): Promise<port.Committed> {
    const { weather } = this.#net;
    const last = commit.firstSeq + commit.records.length - 1;
    const label = `commit ${address.id}#${commit.firstSeq}-${last} ${commit.head.slice(0, 8)}`;
    const back = { party: this.#boot.name, label, way: "back" } as const;
    const committed = await this.#over({
      label,
      ask: () => this.#disk.commit(address, commit),
      before: "before the commit is sent",
      after: "after the commit, before its reply",
      arriving: () => {
        this.#boot.mute ||= weather.strikes("after the reply, before the answer", back);
        this.#boot.inert ||= weather.strikes("after the answer, before the act", back);
        if (this.#boot.mute || this.#boot.inert) {
          this.#boot.dieSoon(this.#boot.mute ? "before the answer" : "before the act");
        }
      },
    });
    if (committed.kind === "committed") {
      for (let seq = commit.firstSeq; seq <= last; seq += 1) {
        this.#disk.remembered.set(`${addressKey(address)}#${seq}`, this.#boot.name);
      }
    }
    return committed;
  }

  records(address: Address, after: number, limit: number): Promise<readonly port.StoredRecord[]> {
    const label = `records ${address.id}>${after}`;
    return this.#call(label, () => this.#disk.store.records(address, after, limit));
  }

  runs(): readonly string[] {
    return [`run${this.#run}`];
  }

  onAnotherRun(recover: port.Recover): void {
    this.#recover = recover;
  }

  /** It is connected to the store as it is now, and may ask for everything. */
  get recovered(): boolean {
    return this.#run === this.#disk.run && !this.#recovering;
  }

  verify(address: Address): Promise<void> {
    return this.#call(`verify ${address.id}`, async () => undefined);
  }

  remember(address: Address, records: readonly port.KeptRecord[]): Promise<"there" | "kept"> {
    return this.#call(`remember ${address.id}`, () => this.#disk.store.remember(address, records));
  }

  remembered(address: Address): Promise<readonly port.KeptRecord[]> {
    return this.#call(`remembered ${address.id}`, () => this.#disk.store.remembered(address));
  }

  proven(address: Address, records: readonly port.KeptRecord[]): Promise<void> {
    return this.#call(`proven ${address.id}`, () => this.#disk.store.proven(address, records));
  }

  reserve(address: Address, ticket: string): Promise<"reserved" | "present"> {
    return this.#call(`reserve ${address.id}`, () => this.#disk.store.reserve(address, ticket));
  }

  install(
    address: Address,
    ticket: string,
    what: port.Installation,
  ): Promise<"installed" | "lost"> {
    return this.#call(`install ${address.id}`, () => this.#disk.install(address, ticket, what));
  }

  restore(
    address: Address,
    seen: port.Head,
    what: port.Installation,
  ): Promise<"restored" | "lost"> {
    return this.#call(`restore ${address.id}`, () => this.#disk.restore(address, seen, what));
  }

  setAside(address: Address, seen: port.Head): Promise<"aside" | "lost"> {
    return this.#call(`set aside ${address.id}`, () => this.#disk.store.setAside(address, seen));
  }

  reindex(
    address: Address,
    head: port.Head,
    agenda: readonly port.AgendaItem[],
  ): Promise<"done" | "moved"> {
    const label = `reindex ${address.id}`;
    return this.#call(label, () => this.#disk.store.reindex(address, head, agenda));
  }

  reclaim(
    address: Address,
    head: port.Head,
    ids: readonly port.KnownId[],
  ): Promise<"done" | "moved"> {
    const label = `reclaim ${address.id}`;
    return this.#call(label, () => this.#disk.store.reclaim(address, head, ids));
  }

  evict(address: Address, head: port.Head, dueAfter: number): Promise<"evicted" | "kept"> {
    const label = `evict ${address.id}`;
    return this.#call(label, () => this.#disk.evict(address, head, dueAfter));
  }

  claim(limit: number, leaseMs: number): Promise<readonly port.ClaimedItem[]> {
    return this.#call("claim", () => this.#disk.store.claim(limit, leaseMs));
  }

  renew(item: port.ClaimedItem, leaseMs: number): Promise<boolean> {
    return this.#call(`renew ${item.key}`, () => this.#disk.store.renew(item, leaseMs));
  }

  async begin(item: port.ClaimedItem, leaseMs: number): Promise<boolean> {
    const label = `begin ${item.key}`;
    const begun = await this.#call(label, () => this.#disk.store.begin(item, leaseMs));
    if (begun) {
      this.#disk.begunBy.set(`${addressKey(item.address)} ${item.key}`, this.#boot.name);
    }
    return begun;
  }

  resume(item: port.ClaimedItem, leaseMs: number): Promise<boolean> {
    return this.#call(`resume ${item.key}`, () => this.#disk.store.resume(item, leaseMs));
  }

  drop(item: port.ClaimedItem): Promise<boolean> {
    return this.#call(`drop ${item.key}`, () => this.#disk.store.drop(item));
  }

  /** A word that may be lost, or come late. */
  onClaimable(listener: () => void): () => void {
    const leave = this.#disk.store.onClaimable(() => {
      const label = "hears that something is claimable";
      const fate = this.#net.weather.fate({ party: this.#boot.name, label, way: "told" });
      if (fate.kind === "arrives" && !this.#boot.cut) {
        this.#net.schedule.after(fate.delayMs, { label, party: this.#boot, run: listener });
      }
    });
    this.#boot.whenGone(leave);
    return leave;
  }

  release(item: port.ClaimedItem, claimableAt: number, attempt?: "spared"): Promise<boolean> {
    const { store } = this.#disk;
    return this.#call(`release ${item.key}`, () => store.release(item, claimableAt, attempt));
  }

  dirty(limit: number): Promise<readonly port.DirtyActor[]> {
    return this.#call("dirty", () => this.#disk.store.dirty(limit));
  }

  journaled(address: Address, seq: number, head: port.Head): Promise<void> {
    const label = `journaled ${address.id}#${seq}`;
    return this.#call(label, () => this.#disk.store.journaled(address, seq, head));
  }

  actors(cursor: string | undefined, limit: number): ReturnType<port.ActorStore["actors"]> {
    return this.#call("actors", () => this.#disk.store.actors(cursor, limit));
  }

  async subscribe(address: Address, subscription: port.Subscription): Promise<() => void> {
    const heard = this.#heardOf(address);
    const stop = heard.followed.add(subscription);
    await heard.followed.catchUp();
    return stop;
  }

  beat(node: string, reads: readonly string[]): Promise<number> {
    return this.#call("beat", () => this.#disk.store.beat(node, reads));
  }

  nodes(): Promise<readonly port.NodeBeat[]> {
    return this.#call("nodes", () => this.#disk.store.nodes());
  }

  forget(node: string, beatAt: number): Promise<boolean> {
    return this.#call(`forget ${node}`, () => this.#disk.store.forget(node, beatAt));
  }

  now(): number {
    return this.#time.now();
  }

  async close(): Promise<void> {
    this.#boot.die("closed");
  }

  #call<T>(label: string, ask: () => Promise<T>): Promise<T> {
    const point = "around another call of the store";
    return this.#over({ label, ask, before: point, after: point });
  }

  async #over<T>(request: Request<T>): Promise<T> {
    const run = this.#run;
    const ended = (): boolean => this.#disk.run !== run;
    if (!this.recovered) {
      throw new port.StoreUnreachable(`${request.label}: not connected`);
    }
    const ask = async (): Promise<T> => {
      if (ended()) {
        throw new port.StoreUnreachable(`${request.label}: the connection has ended`);
      }
      return request.ask();
    };
    const reply = await overLine(this.#net, this.#boot, { ...request, ask });
    if (this.#run !== run) {
      throw new port.StoreUnreachable(`${request.label}: the connection has ended`);
    }
    return reply;
  }

  #connectAgain(): void {
    const { schedule, chance } = this.#net;
    schedule.after(chance.between(1, RECONNECT_MS_MAX), {
      label: "connects again",
      party: this.#boot,
      run: () => void this.#meet(),
    });
  }

  async #meet(): Promise<void> {
    const { run } = this.#disk;
    if (this.#run === run) {
      return;
    }
    this.#run = run;
    this.#recovering = true;
    const { store } = this.#disk;
    const direct: port.RecoveringStore = {
      remember: (address, records) =>
        this.#direct(`remembers ${address.id}`, () => store.remember(address, records)),
      resume: (item, leaseMs) =>
        this.#direct(`resumes ${item.key}`, () => store.resume(item, leaseMs)),
      beat: (node, reads) => this.#direct("beat", () => store.beat(node, reads)),
      nodes: () => this.#direct("nodes", () => store.nodes()),
    };
    while (this.#recovering && this.#run === run && !this.#boot.gone) {
      try {
        await this.#recover?.(`run${run}`, direct);
        this.#recovering = this.#run !== run;
      } catch {
        // Yet another run, most of the time; the product says so and tries again.
        await this.#net.schedule.wait(RECOVER_AGAIN_MS);
      }
    }
  }

  #direct<T>(label: string, ask: () => Promise<T>): Promise<T> {
    const { schedule, chance } = this.#net;
    const run = this.#run;
    const hop = (what: string, then: () => void): unknown =>
      schedule.after(chance.between(1, HOP_MS_MAX), { label: what, party: this.#boot, run: then });
    return new Promise((resolve, reject) => {
      hop(`${label} arrives`, () => {
        if (this.#disk.run !== run) {
          reject(new port.StoreUnreachable(`${label}: the connection has ended`));
          return;
        }
        ask().then((value) => hop(`${label} is answered`, () => resolve(value)), reject);
      });
    });
  }

  #measure(): Promise<void> {
    return this.#time.measure(() => this.#call("time", async () => this.#disk.store.now()));
  }

  #heardOf(address: Address): Heard {
    const key = addressKey(address);
    const known = this.#heard.get(key);
    if (known !== undefined) {
      return known;
    }
    const followed = new Followed(
      (after, limit) =>
        this.#call(`tail ${address.id}>${after}`, () => this.#disk.tail(address, after, limit)),
      () => undefined,
    );
    const leave = this.#disk.listen(address, (message) => {
      const label = `hears ${address.id} ${message.head.slice(0, 8)}`;
      const fate = this.#net.weather.fate({ party: this.#boot.name, label, way: "told" });
      if (fate.kind === "lost" || this.#boot.cut) {
        this.#loses(followed, address);
        return;
      }
      const run = (): void => followed.receive(message);
      travel(this.#net.schedule, fate, { label, party: this.#boot, run });
    });
    const heard = { address, followed, leave };
    this.#heard.set(key, heard);
    return heard;
  }

  /** A connection never loses one message: it ends, and that is noticed sooner or later. */
  #loses(followed: Followed, address: Address): void {
    const { schedule, chance } = this.#net;
    schedule.after(chance.between(1, NOTICED_MS_MAX), {
      label: `doubts ${address.id}`,
      party: this.#boot,
      run: () => followed.doubt(),
    });
  }

  async #compare(address: Address, followed: Followed): Promise<void> {
    const label = `head ${address.id}`;
    const head = await this.#call(label, () => this.#disk.tail(address, 0, 0));
    const behind = head !== undefined && head.head !== followed.cursor?.head;
    if (behind || !followed.inStep) {
      await followed.catchUp();
    }
  }

  /** What a beat of the product does: nothing stays unheard for ever, and time is measured. */
  #beatLater(): void {
    this.#boot.clock.after(BEAT_MS, () => {
      const works = [...this.#heard.values()].map(({ address, followed }) =>
        this.#compare(address, followed),
      );
      for (const work of [...works, this.#measure()]) {
        // Away now; the next beat asks again.
        work.catch(() => undefined);
      }
      this.#beatLater();
    });
  }
}
