/**
 * The region `phase`: from draft to archive.
 *
 * ```
 * draft → scheduled → lobby → live{ running ⇄ paused } → wrapup → ended → archived(final)
 * draft|scheduled|lobby → cancelled(final);  scheduled → after(startsAt + 12 h) expired(final)
 * wrapup → live on session.resume
 * ```
 *
 * Invariants:
 * LS17: `session.end` is reachable from every live state; after it only corrections by
 * hosts, then only reads.
 */
import { session } from "./setup.ts";

const cancelling = { target: "cancelled", actions: "cancel" } as const;
const lobby = { target: "lobby", actions: "openLobby" } as const;

export const phase = session.createStateConfig({
  initial: "unborn",
  on: {
    "code.rotate": { actions: "rotateCode" },
    "settings.set": { actions: "setSettings" },
    "step.present": { actions: "presentStep" },
  },
  states: {
    unborn: {
      always: [
        { guard: "isScheduled", target: "scheduled", actions: "tellSchedule" },
        { target: "draft" },
      ],
    },
    draft: {
      on: {
        "session.schedule": { target: "scheduled", actions: ["schedule", "tellSchedule"] },
        "session.open-lobby": lobby,
        "session.cancel": cancelling,
      },
    },
    scheduled: {
      on: {
        "session.schedule": {
          target: "scheduled",
          reenter: true,
          actions: ["schedule", "tellSchedule"],
        },
        "session.open-lobby": lobby,
        "session.cancel": cancelling,
      },
      after: { expiry: { target: "expired", actions: "expire" } },
    },
    lobby: {
      on: {
        "session.start": { target: "live", actions: "start" },
        "session.cancel": cancelling,
      },
    },
    live: {
      initial: "running",
      on: {
        "session.end": { target: "wrapup", actions: "endByHost" },
        "timer.session": { target: "wrapup", actions: "endByDuration" },
        "session.extend": { actions: "extend" },
      },
      states: {
        running: {
          on: {
            "session.pause": { target: "paused", actions: "pauseByHost" },
            "told.host-lost": {
              guard: "pausesWhenLost",
              target: "paused",
              actions: "pauseByLoss",
            },
          },
        },
        paused: {
          on: {
            "session.resume": { target: "running", actions: "resume" },
            "told.host-back": { guard: "pausedByLoss", target: "running", actions: "resume" },
          },
        },
      },
    },
    wrapup: {
      on: { "session.resume": { target: "live", actions: "restart" } },
      after: { wrapup: { target: "ended", actions: "close" } },
    },
    ended: { after: { correction: { target: "archived", actions: "archive" } } },
    archived: { type: "final" },
    cancelled: { type: "final" },
    expired: { type: "final" },
  },
});
