/**
 * The region `host`: is anybody there who drives?
 *
 * ```
 * absent → present ⇄ grace → after(120 s) lost → present
 * ```
 *
 * Invariants:
 * LS16: Losing the host never resets or ends the room.
 */
import { session } from "./setup.ts";

const back = ["openConnection", "tellHostPresent"] as const;

export const host = session.createStateConfig({
  initial: "absent",
  on: {
    "connection.opened": { actions: "openConnection" },
    "connection.closed": { actions: "closeConnection" },
  },
  states: {
    absent: {
      on: {
        "connection.opened": { guard: "byAnyHost", target: "present", actions: back },
      },
    },
    present: {
      on: {
        "connection.closed": {
          guard: "isHostsLastConnection",
          target: "grace",
          actions: ["closeConnection", "tellHostGrace"],
        },
        "participant.demote": {
          guard: "demotesLastConnected",
          target: "grace",
          actions: "tellHostGrace",
        },
      },
    },
    grace: {
      on: {
        "connection.opened": { guard: "byTheHost", target: "present", actions: back },
        "*": { guard: "isHostsCommand", target: "grace", reenter: true },
      },
      after: {
        hostGrace: [
          {
            guard: "hasConnectedCoHost",
            target: "present",
            actions: ["succeedHost", "tellHostPresent"],
          },
          { target: "lost", actions: ["tellHostLost", "tellLoss"] },
        ],
      },
    },
    lost: {
      on: {
        "connection.opened": [
          { guard: "byTheHost", target: "present", actions: [...back, "tellReturn"] },
          {
            guard: "byAnyHost",
            target: "present",
            actions: ["openConnection", "succeedHost", "tellHostPresent", "tellReturn"],
          },
        ],
        "*": { guard: "isHostsCommand", target: "grace", actions: ["tellHostGrace", "tellReturn"] },
      },
    },
  },
});
