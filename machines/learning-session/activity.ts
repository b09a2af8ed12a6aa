/**
 * The region `activity`: the one round that the class is in.
 *
 * ```
 * idle → open{ ticking ⇄ frozen } → grace → locked → scored → revealed → idle
 * open|grace|scored → idle on void;  scored → open on reopen;  scored|revealed → open on the next
 * ```
 *
 * `locked` is passed within one step: drafts are handed in and the round is scored in that turn.
 * Invariants:
 * LS6: No answer is accepted outside open and grace, nor carried into the next round.
 */
import { session } from "./setup.ts";

const next = { target: "open", actions: "openRound" } as const;
const voided = { target: "idle", actions: "voidRound" } as const;
const dismissed = { target: "idle", actions: "dismissRound" } as const;
/** Whoever is asked in his group is asked by nobody else. */
const apart = { guard: "opensForGroup", target: "idle", actions: "dismissRound" } as const;
const cut = { target: "locked", actions: "closeByEnd" } as const;

export const activity = session.createStateConfig({
  initial: "idle",
  on: {
    "answer.submit": { actions: "takeAnswer" },
    "answer.amend": { actions: "takeAnswer" },
    "draft.save": { actions: "saveDraft" },
    "answer.grade": { actions: "gradeAnswer" },
    "round.score": { actions: "rescoreRound" },
    "accommodation.set": { actions: "accommodate" },
  },
  states: {
    idle: { on: { "round.open": next } },
    open: {
      initial: "ticking",
      on: {
        "round.close": { target: "grace", actions: "closeByHost" },
        "round.void": voided,
        "session.end": cut,
        "timer.session": cut,
      },
      states: {
        ticking: {
          on: {
            "round.extend": { actions: "extendRound" },
            "session.pause": { target: "frozen" },
            "told.host-lost": { guard: "pausesWhenLost", target: "frozen" },
            "told.overdue": { guard: "isOverdue", actions: "reprieve" },
            "timer.round": [
              {
                guard: "isPastLastDeadline",
                target: "#session.activity.grace",
                actions: ["roundDue", "closeByDeadline"],
              },
              { actions: "roundDue" },
            ],
          },
        },
        frozen: {
          on: {
            "session.resume": { target: "ticking" },
            "told.host-back": { guard: "pausedByLoss", target: "ticking" },
          },
        },
      },
    },
    grace: {
      on: { "round.void": voided, "session.end": cut, "timer.session": cut },
      after: { grace: "locked" },
    },
    locked: { entry: "lockRound", always: { target: "scored", actions: "scoreRound" } },
    scored: {
      on: {
        "round.open": next,
        "round.reopen": { target: "open", actions: "reopenRound" },
        "round.reveal": { target: "revealed", actions: "revealRound" },
        "round.void": voided,
        "round.dismiss": dismissed,
        "told.group-round": apart,
      },
    },
    revealed: {
      on: { "round.open": next, "round.dismiss": dismissed, "told.group-round": apart },
    },
  },
});
