/**
 * A workload: which machine is simulated, what clients ask of it, and what its effects come to.
 */
import type { Address } from "../../actors/address.ts";
import { parseActorId, parseTenantId } from "../../machines/ids.ts";
import type { ActorRecord } from "../../actors/envelope.ts";
import type { Json } from "../../machines/json.ts";
import type { Message } from "../../machines/living.ts";
import type { Lineage } from "../../machines/versions.ts";
import type { Principal } from "../../machines/principal.ts";
import { HOST, guest } from "../support/nodes.ts";
import { tallyMachine } from "../support/tally.ts";
import type { Chance } from "./chance.ts";
import type { Outcomes } from "./outside.ts";

export interface Asked {
  readonly chance: Chance;
  /** Of the command: no other has it. */
  readonly name: string;
  readonly by: Principal;
  /** Towards the end of the time of faults, when an actor may be brought to its end. */
  readonly late: boolean;
  /** What somebody has heard of the actor so far. */
  readonly heard: readonly ActorRecord[];
}

export interface Workload {
  /** The versions that live; of more than one, some nodes read only the older ones. */
  readonly lineage: Lineage;
  readonly outcomes: Outcomes;
  readonly host: Principal;
  readonly clients: readonly Principal[];
  /** Its refusals do not depend on the time. */
  readonly timeless: boolean;
  birth(address: Address): Message;
  wish(asked: Asked): Message;
}

export function addressOf(id: string): Address {
  return { tenantId: parseTenantId("t1"), kind: "session", id: parseActorId(id) };
}

const ARM_MS_MAX = 6_000;
/** Effects that wait for one another. */
const AIMED_CHANCE = 0.4;

export const tallyWorkload: Workload = {
  lineage: [tallyMachine],
  outcomes: {
    echo: (params) => ({ type: "echoed", text: params["text"] ?? "" }),
    charge: (params) => ({ type: "charged", text: params["text"] ?? "" }),
  },
  host: HOST,
  clients: [HOST, guest("ana"), guest("ben"), guest("cleo"), guest("dia")],
  timeless: true,
  birth: () => ({ type: "begin" }),
  wish: ({ chance, name, late, heard }) => {
    const draw = chance.below(100);
    if (draw < 48) {
      return { type: "add", n: chance.between(1, 9) };
    }
    if (draw < 64) {
      const to = chance.happens(AIMED_CHANCE) ? { to: "shop" } : {};
      return { type: draw < 57 ? "wish" : "buy", text: name, ...to };
    }
    if (draw < 66) {
      return { type: "cancel", text: someWish(heard) ?? name };
    }
    if (draw < 84) {
      return { type: "arm", ms: chance.between(1, ARM_MS_MAX) };
    }
    if (draw < 91) {
      return { type: "disarm" };
    }
    if (draw < 94) {
      return { type: "throw" };
    }
    return { type: late && draw >= 98 ? "end" : "refuse" };
  },
};

/** The last that was wished or bought, which may still be under way. */
function someWish(heard: readonly ActorRecord[]): Json | undefined {
  const wishes = heard.filter(({ message: { type } }) => type === "wish" || type === "buy");
  return wishes.at(-1)?.message["text"];
}
