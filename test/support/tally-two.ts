/**
 * The tally's second version, beside the first: another snapshot, one command more.
 *
 * `double` doubles the total. Its snapshot `{ tally, doublings }` is nothing that the first version
 * could read, and it takes the first one's over with a fact of its own.
 */
import { Type } from "@sinclair/typebox";
import type { Json, JsonObject } from "../../machines/json.ts";
import {
  type Living,
  type Machine,
  type Message,
  type Stamp,
  type Stepped,
  UnreadableSnapshot,
} from "../../machines/living.ts";
import type { Standing } from "../../machines/principal.ts";
import { TallyLiving, tallyMachine } from "./tally.ts";

export class TallyTwoLiving extends TallyLiving {
  override readonly machineVersion: number = 2;
  readonly doublings: number;

  constructor(tally: TallyLiving["tally"], doublings: number) {
    super(tally);
    this.doublings = doublings;
  }

  override step(message: Message, stamp: Stamp): Stepped {
    if (message.type === "double" && !this.over) {
      const { total } = this.tally;
      const next = { ...this.tally, total: (total * 2) % TOTAL_MAX, lastAt: stamp.at };
      const fact = {
        type: "doubled",
        parts: [{ to: "everyone", fields: { from: total } }],
      } as const;
      return { ...NOTHING, next: new TallyTwoLiving(next, this.doublings + 1), facts: [fact] };
    }
    const stepped = super.step(message, stamp);
    return stepped.kind === "accepted"
      ? { ...stepped, next: new TallyTwoLiving(tallyOf(stepped.next), this.doublings) }
      : stepped;
  }

  override view(_standing?: Standing): JsonObject {
    return { total: this.tally.total, doublings: this.doublings };
  }

  override persist(): JsonObject {
    return { tally: super.persist(), doublings: this.doublings };
  }
}

/** Doubled without end it would be no whole number any more. */
const TOTAL_MAX = 1_000_003;
const NOTHING = { kind: "accepted", facts: [], timers: [], effects: [] } as const;

export const tallyTwoMachine: Machine = {
  ...tallyMachine,
  version: 2,
  commands: {
    ...tallyMachine.commands,
    double: Type.Object({ type: Type.Literal("double") }, { additionalProperties: false }),
  },
  birth: (message, stamp) => {
    const born = tallyMachine.birth(message, stamp);
    return born.kind === "accepted"
      ? { ...born, next: new TallyTwoLiving(tallyOf(born.next), 0) }
      : born;
  },
  revive: (stored) => {
    const { tally, doublings } = parseStored(stored);
    if (tally === undefined || doublings === undefined) {
      throw new UnreadableSnapshot("expected a snapshot of the second tally");
    }
    return new TallyTwoLiving(tallyOf(tallyMachine.revive(tally)), doublings);
  },
  upgrade: (stored, stamp) => {
    const tally = { ...tallyOf(tallyMachine.revive(stored)), lastAt: stamp.at };
    const fact = { type: "upgraded", parts: [{ to: "everyone", fields: { to: 2 } }] } as const;
    return { ...NOTHING, next: new TallyTwoLiving(tally, 0), facts: [fact] };
  },
  can: (state, role) => {
    const can = tallyMachine.can(state, role);
    return can.length === 0 ? can : [...can, "double"];
  },
};

function tallyOf(living: Living): TallyLiving["tally"] {
  if (!(living instanceof TallyLiving)) {
    throw new TypeError("expected a tally");
  }
  return living.tally;
}

function parseStored(stored: unknown): { readonly tally?: Json; readonly doublings?: number } {
  return stored as { readonly tally?: Json; readonly doublings?: number };
}
