/**
 * The desk: what both doors do with a caller's word, before and after the actors.
 *
 * Owns: who may address what, the order of the first refusals, acknowledgement documents. HTTP and
 * channels add only their own framing, so they cannot disagree. Invariants:
 * 1. What is not the caller's does not exist for him: `not-found`, whatever he sent.
 * 2. `not-found` comes before `not-allowed`, and that before `invalid` (contract: which is first).
 * 3. Whoever reads by office, and not because he teaches here, leaves a line, whatever he reads.
 */
import { type SeenFact, seenBy } from "../machines/fact.ts";
import type { ActorId, ConnectionId, TenantId } from "../machines/ids.ts";
import type { Living, Machine } from "../machines/living.ts";
import type { Principal, Standing } from "../machines/principal.ts";
import { type Machines, machineOf } from "../machines/versions.ts";
import { type Address, actorName, parseActorName } from "../actors/address.ts";
import type { Log } from "../actors/clock.ts";
import type { ActorRecord } from "../actors/envelope.ts";
import type { Incoming, Look, Rank, Reply } from "../actors/reply.ts";
import type { Runtime } from "../actors/runtime.ts";
import { type CommandParser, type ParsedCommand, createCommandParser } from "./command.ts";
import type { Acknowledgement, Answered, Seen, SeenRecord, SeenRecords } from "./documents.ts";
import { problemOfFailure } from "./failure.ts";
import type { Preparer } from "./prepare.ts";
import { type Problem, problem, problemOfRefusal } from "./problem.ts";
import { viewOf } from "./views.ts";

/** Who calls: out of a verified token. Guests and boards are bound to one session. */
export interface Caller {
  readonly tenantId: TenantId;
  readonly principal: Principal;
  readonly boundTo?: ActorId;
  /** When the token expires, ms. */
  readonly expiresAt: number;
}

export interface SendInput {
  /** `session/<id>` as the client wrote it. */
  readonly actor: string;
  readonly id?: string;
  /** Untrusted: `{ type, … }`, perhaps with `expectedSeq`. */
  readonly command: unknown;
  /** Of the sender's own watch of the actor, where he sends on a connection that has one. */
  readonly connectionId?: ConnectionId | undefined;
}

export interface Desk {
  send(caller: Caller, input: SendInput): Promise<Answered<Acknowledgement>>;
  look(caller: Caller, actor: string): Promise<Answered<Seen>>;
  records(
    caller: Caller,
    actor: string,
    page: { readonly after: number; readonly limit: number },
  ): Promise<Answered<SeenRecords>>;
  /** Where a reader stands; undefined when the actor is not theirs. */
  reader(caller: Caller, actor: string, look: Look): Standing | undefined;
  /** A look as this caller sees it; undefined when the actor is not theirs. */
  seen(caller: Caller, actor: string, look: Look): Seen | undefined;
  /**
   * A record as somebody of this standing sees it; undefined when none of its facts reaches him.
   */
  seenRecord(record: ActorRecord, standing: Standing): SeenRecord | undefined;
}

export interface DeskOptions {
  readonly runtime: Runtime;
  readonly machines: Machines;
  readonly preparers: Readonly<Record<string, Preparer>>;
  readonly now: () => number;
  readonly log: Log;
  /** How browsers reach this deployment, without a slash at the end. */
  readonly publicUrl: () => string;
}

export function createDesk(options: DeskOptions): Desk {
  return new FrontDesk(options);
}

interface Judged {
  readonly standing: Standing;
  readonly parsed: ParsedCommand;
}

class FrontDesk implements Desk {
  readonly #options: DeskOptions;
  readonly #parser: CommandParser;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#parser = createCommandParser();
  }

  async send(caller: Caller, input: SendInput): Promise<Answered<Acknowledgement>> {
    const address = addressFor(caller, input.actor);
    try {
      return address === undefined ? notFound() : await this.#send(caller, address, input);
    } catch (error) {
      return { ok: false, problem: problemOfFailure(error, this.#options.log) };
    }
  }

  async look(caller: Caller, actor: string): Promise<Answered<Seen>> {
    const address = addressFor(caller, actor);
    try {
      const look = address === undefined ? undefined : await this.#options.runtime.look(address);
      const seen = look === undefined ? undefined : this.seen(caller, actor, look);
      return seen === undefined ? notFound() : { ok: true, ...seen };
    } catch (error) {
      return { ok: false, problem: problemOfFailure(error, this.#options.log) };
    }
  }

  async records(
    caller: Caller,
    actor: string,
    page: { readonly after: number; readonly limit: number },
  ): Promise<Answered<SeenRecords>> {
    const address = addressFor(caller, actor);
    try {
      const look = address === undefined ? undefined : await this.#options.runtime.look(address);
      const standing = look === undefined ? undefined : this.reader(caller, actor, look);
      if (address === undefined || standing === undefined) {
        return notFound();
      }
      const found = await this.#options.runtime.records(address, page.after, page.limit);
      const seq = found.at(-1)?.seq ?? page.after;
      return {
        ok: true,
        items: found.flatMap((record) => this.seenRecord(record, standing) ?? []),
        next: found.length < page.limit ? null : String(seq),
        seq,
        now: this.#now(),
      };
    } catch (error) {
      return { ok: false, problem: problemOfFailure(error, this.#options.log) };
    }
  }

  reader({ tenantId, principal }: Caller, actor: string, look: Look): Standing | undefined {
    const standing = look.living.standing(principal);
    if (standing?.role === "overseer") {
      const userId = principal.kind === "user" ? principal.userId : undefined;
      this.#options.log.info("overseer.read", { tenantId, userId, actor });
    }
    return standing;
  }

  seen(caller: Caller, actor: string, look: Look): Seen | undefined {
    const standing = this.reader(caller, actor, look);
    if (standing === undefined) {
      return undefined;
    }
    const { living, seq } = look;
    return {
      actor,
      seq,
      state: living.state,
      can: this.#machineOf(living).can(living.state, standing.role),
      view: viewOf(living, standing, { actor, publicUrl: this.#options.publicUrl }),
      now: this.#now(),
    };
  }

  seenRecord(record: ActorRecord, standing: Standing): SeenRecord | undefined {
    const facts = factsFor(record, standing);
    return facts.length === 0 ? undefined : { seq: record.seq, at: timeOf(record.at), facts };
  }

  async #send(
    caller: Caller,
    address: Address,
    input: SendInput,
  ): Promise<Answered<Acknowledgement>> {
    const judged = await this.#judge(caller, address, input.command);
    if (judged === undefined) {
      return notFound();
    }
    const { standing, parsed } = judged;
    if (!parsed.ok) {
      return parsed;
    }
    const { command, expectedSeq } = parsed;
    const prepare = this.#options.preparers[command.type];
    const prepared =
      prepare === undefined
        ? { ok: true as const, message: command }
        : await prepare(command, { address, standing, connectionId: input.connectionId });
    if (!prepared.ok) {
      return prepared;
    }
    const incoming: Incoming = {
      by: caller.principal,
      message: prepared.message,
      rank: rankOf(standing),
      content: command,
      ...(input.id === undefined ? {} : { id: input.id }),
      ...(expectedSeq === undefined ? {} : { expectedSeq }),
    };
    const reply = await this.#options.runtime.send(address, incoming);
    if (reply.kind !== "accepted" || reply.duplicate) {
      await prepared.undo?.();
    }
    return this.#acknowledge(caller, reply);
  }

  /** A copy in memory may be older than a seat or a role: nobody is refused on its word (C5). */
  async #judge(caller: Caller, address: Address, untrusted: unknown): Promise<Judged | undefined> {
    const { runtime } = this.#options;
    const judged = (look: Look | undefined): Judged | undefined => {
      const standing = look?.living.standing(caller.principal);
      if (look === undefined || standing === undefined) {
        return undefined;
      }
      const machine = this.#machineOf(look.living);
      return { standing, parsed: this.#parser.parse(machine, untrusted, standing.role) };
    };
    const quick = judged(runtime.peek(address));
    return quick?.parsed.ok === true ? quick : judged(await runtime.look(address));
  }

  #machineOf({ kind, machineVersion }: Living): Machine {
    return machineOf(this.#options.machines, kind, machineVersion);
  }

  #acknowledge(caller: Caller, reply: Reply): Answered<Acknowledgement> {
    if (reply.kind === "absent") {
      return notFound();
    }
    const standing = reply.look?.living.standing(caller.principal);
    if (reply.kind === "refused") {
      const accepts =
        standing === undefined || reply.look === undefined
          ? []
          : this.#machineOf(reply.look.living).can(reply.look.living.state, standing.role);
      return { ok: false, problem: problemOfRefusal(reply.refusal, accepts) };
    }
    const { record, duplicate, look } = reply;
    const state = duplicate ? look.living.state : record.state;
    return {
      ok: true,
      seq: record.seq,
      state,
      can: standing === undefined ? [] : this.#machineOf(look.living).can(state, standing.role),
      facts: standing === undefined ? [] : factsFor(record, standing),
      duplicate,
      now: this.#now(),
    };
  }

  #now(): string {
    return timeOf(this.#options.now());
  }
}

/** Undefined: not an actor's name, or one that this caller is not bound to. */
export function addressFor(caller: Caller, actor: string): Address | undefined {
  const address = parseActorName(caller.tenantId, actor);
  if (address === undefined || (caller.boundTo !== undefined && caller.boundTo !== address.id)) {
    return undefined;
  }
  return actorName(address) === actor ? address : undefined;
}

function factsFor(record: ActorRecord, standing: Standing): readonly SeenFact[] {
  return record.facts.flatMap((fact) => seenBy(fact, standing, record.seq) ?? []);
}

function rankOf(standing: Standing): Rank {
  return standing.audience === "hosts" ? "host" : "class";
}

function notFound(): { readonly ok: false; readonly problem: Problem } {
  return {
    ok: false,
    problem: problem("not-found", "There is no such actor, or it is not yours."),
  };
}

export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
