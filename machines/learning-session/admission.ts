/**
 * The region `admission` (`open`, `approval`, `locked`), and the seats that it lets people have.
 */
import { session } from "./setup.ts";

export const admission = session.createStateConfig({
  initial: "unborn",
  on: {
    "admission.set": [
      { guard: "toOpen", target: ".open", actions: "setAdmission" },
      { guard: "toApproval", target: ".approval", actions: "setAdmission" },
      { guard: "toLocked", target: ".locked", actions: "setAdmission" },
    ],
    "told.admission": [
      { guard: "toOpen", target: ".open", actions: "setAdmission" },
      { guard: "toApproval", target: ".approval", actions: "setAdmission" },
      { guard: "toLocked", target: ".locked", actions: "setAdmission" },
    ],
    "participant.join": { actions: "join" },
    "participant.rejoin": { actions: "rejoin" },
    "participant.leave": { actions: "leave" },
    "participant.admit": { actions: "moveSeat" },
    "participant.deny": { actions: "moveSeat" },
    "participant.remove": { actions: "moveSeat" },
    "participant.ban": { actions: "moveSeat" },
    "participant.unban": { actions: "moveSeat" },
    "participant.rename": { actions: "rename" },
    "participant.nudge": { actions: "nudge" },
    "participant.promote": { actions: "promote" },
    "participant.demote": { actions: "demote" },
    "attendance.mark": { actions: "markAttendance" },
    "presence.set": { actions: "setPresence" },
    "timer.offline": { actions: "goOffline" },
  },
  states: {
    unborn: {
      always: [
        { guard: "bornOpen", target: "open" },
        { guard: "bornApproval", target: "approval" },
        { target: "locked" },
      ],
    },
    open: {},
    approval: {},
    locked: {},
  },
});
