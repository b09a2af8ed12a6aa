/**
 * A small machine for tests of the runtime: it counts, and can be asked to misbehave.
 *
 * Commands: `add { n }` (facts to everyone, `secret` to hosts), `refuse`, `throw`, `arm { ms }`
 * (a timer that adds 100; `bell` names another than the one), `disarm`, `wish { text }` (an effect
 * `echo`, that may be repeated; `to` names its target), `buy { text }` (an effect `charge`, that
 * must not), `cancel { text }` (what was wished or bought under it), `end`, `connection.opened` and
 * `connection.closed`. A real `Machine`, small enough that a test can know every state it may be
 * in.
 */
import { type TObject, Type } from "@sinclair/typebox";
import type { Fact } from "../../machines/fact.ts";
import type { JsonObject } from "../../machines/json.ts";
import type {
  EffectWish,
  Living,
  Machine,
  Message,
  Stamp,
  Stepped,
  TimerChange,
} from "../../machines/living.ts";
import type { Principal, Standing } from "../../machines/principal.ts";

interface Tally {
  readonly total: number;
  readonly over: boolean;
  readonly heard: readonly string[];
  readonly lastAt: number;
  /** Null: it was told at its birth not to hear of any, so that every seq is a test's own. */
  readonly connections: readonly string[] | null;
}

const none: readonly never[] = [];

export class TallyLiving implements Living {
  readonly kind = "session";
  readonly machineVersion: number = 1;
  readonly tally: Tally;

  constructor(tally: Tally) {
    this.tally = tally;
  }

  get state(): string {
    return this.tally.over ? "over" : "counting";
  }

  get over(): boolean {
    return this.tally.over;
  }

  step(message: Message, stamp: Stamp): Stepped {
    if (this.over) {
      return refused("session-over");
    }
    const next = { ...this.tally, lastAt: stamp.at };
    switch (message.type) {
      case "add":
        return this.#accept({ ...next, total: next.total + Number(message["n"]) }, [
          fact("added", { n: message["n"] ?? 0 }),
        ]);
      case "timer.rang":
        return this.#accept({ ...next, total: next.total + 100 }, [fact("rang", {})]);
      case "echoed":
        return this.#accept({ ...next, heard: [...next.heard, String(message["text"])] });
      case "arm":
        return this.#accept(next, [], {
          timers: [
            {
              kind: "arm",
              id: bellOf(message),
              delayMs: Number(message["ms"]),
              event: { type: "timer.rang", bell: bellOf(message) },
            },
          ],
        });
      case "disarm":
        return this.#accept(next, [], { timers: [{ kind: "cancel", id: bellOf(message) }] });
      case "charged":
        return this.#accept({
          ...next,
          heard: [...next.heard, `charged ${String(message["text"])}`],
        });
      case "effect.lost":
      case "effect.cancelled":
        return this.#accept({
          ...next,
          heard: [...next.heard, `${message.type} ${String(message["id"])}`],
        });
      case "wish":
        return this.#accept(next, [], { effects: [wishOf("echo", message)] });
      case "buy":
        return this.#accept(next, [], { effects: [wishOf("charge", message)] });
      case "cancel":
        return this.#accept(next, [], { cancels: [String(message["text"])] });
      case "connection.opened":
      case "connection.closed":
        return this.#connected(next, message);
      case "end":
        return this.#accept({ ...next, over: true }, [fact("ended", {})]);
      case "throw":
        throw new Error("the tally was told to throw");
      default:
        return refused("not-accepted");
    }
  }

  standing(principal: Principal): Standing | undefined {
    switch (principal.kind) {
      case "user":
        return { role: "host", audience: "hosts", since: 0 };
      case "guest":
        return {
          role: "student",
          audience: "class",
          since: 0,
          participantId: principal.participantId,
        };
      case "board":
      case "system":
        return undefined;
    }
  }

  view(): JsonObject {
    return { total: this.tally.total };
  }

  counters(): readonly never[] {
    return none;
  }

  connections(): ReturnType<Living["connections"]> {
    return (this.tally.connections ?? none).map((connectionId) => ({
      connectionId,
      principal: { kind: "system" },
    }));
  }

  persist(): JsonObject {
    return { ...this.tally };
  }

  #connected(next: Tally, { type, connectionId }: Message): Stepped {
    if (next.connections === null) {
      return refused("not-accepted");
    }
    const others = next.connections.filter((each) => each !== connectionId);
    const isOpen = type === "connection.opened";
    return this.#accept({
      ...next,
      connections: isOpen ? [...others, String(connectionId)] : others,
    });
  }

  #accept(
    tally: Tally,
    facts: readonly Fact[] = [],
    owed: {
      readonly timers?: readonly TimerChange[];
      readonly effects?: readonly EffectWish[];
      readonly cancels?: readonly string[];
    } = {},
  ): Stepped {
    return {
      kind: "accepted",
      next: new TallyLiving(tally),
      facts,
      timers: owed.timers ?? [],
      effects: owed.effects ?? [],
      cancels: owed.cancels ?? [],
    };
  }
}

export const tallyMachine: Machine = {
  kind: "session",
  version: 1,
  commands: commandsOf({
    add: { n: Type.Integer() },
    refuse: {},
    throw: {},
    arm: { ms: Type.Integer() },
    disarm: {},
    wish: { text: Type.String(), to: Type.Optional(Type.String()) },
    buy: { text: Type.String(), to: Type.Optional(Type.String()) },
    cancel: { text: Type.String() },
    end: {},
  }),
  effects: { echo: { repeatable: true }, charge: { repeatable: false } },
  birth: (message, stamp) => ({
    kind: "accepted",
    next: new TallyLiving({
      ...{ total: 0, over: false, heard: [], lastAt: stamp.at },
      connections: message["deaf"] === true ? null : [],
    }),
    facts: [fact("born", {})],
    timers: [],
    effects: [],
  }),
  revive: (stored) => new TallyLiving(parseTally(stored)),
  can: (state) => (state === "over" ? [] : ["add", "arm", "disarm", "wish", "end"]),
  may: () => true,
};

export function totalOf(living: Living | undefined): number | undefined {
  return living instanceof TallyLiving ? living.tally.total : undefined;
}

export function heardBy(living: Living | undefined): readonly string[] {
  return living instanceof TallyLiving ? living.tally.heard : [];
}

function wishOf(type: string, message: Message): EffectWish {
  const text = String(message["text"] ?? "");
  const target = message["to"];
  return {
    type,
    params: { text },
    id: text,
    ...(target === undefined ? {} : { target: String(target) }),
  };
}

function bellOf(message: Message): string {
  return String(message["bell"] ?? "bell");
}

function commandsOf(fields: Record<string, TObject["properties"]>): Record<string, TObject> {
  return Object.fromEntries(
    Object.entries(fields).map(([type, each]) => [
      type,
      Type.Object({ type: Type.Literal(type), ...each }, { additionalProperties: false }),
    ]),
  );
}

function fact(type: string, fields: JsonObject): Fact {
  return {
    type,
    parts: [
      { to: "everyone", fields },
      { to: "hosts", fields: { secret: true } },
    ],
  };
}

function refused(code: "session-over" | "not-accepted"): Stepped {
  return { kind: "refused", refusal: { code, detail: "The tally refuses." } };
}

function parseTally(stored: unknown): Tally {
  return stored as Tally;
}
