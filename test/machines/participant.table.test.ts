/** The life of a participant as a machine of its own: every status × every move. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import type { ParticipantStatus } from "../../machines/learning-session/context.ts";
import { SEAT_MOVES, type SeatMove, moved } from "../../machines/learning-session/participant.ts";

type Cell = ParticipantStatus | undefined;

/** Where a move leads; undefined is refused. `back` is to where one was: here, to the class. */
const TABLE: Readonly<Record<ParticipantStatus, Readonly<Record<SeatMove, Cell>>>> = {
  waiting: {
    join: "waiting",
    rejoin: "waiting",
    admit: "admitted",
    deny: "denied",
    leave: "left",
    remove: "removed",
    ban: "banned",
    unban: undefined,
  },
  admitted: {
    join: "admitted",
    rejoin: "admitted",
    admit: "admitted",
    deny: undefined,
    leave: "left",
    remove: "removed",
    ban: "banned",
    unban: undefined,
  },
  left: {
    join: "admitted",
    rejoin: "admitted",
    admit: "admitted",
    deny: undefined,
    leave: "left",
    remove: "removed",
    ban: "banned",
    unban: undefined,
  },
  removed: {
    join: undefined,
    rejoin: "admitted",
    admit: "admitted",
    deny: undefined,
    leave: undefined,
    remove: "removed",
    ban: "banned",
    unban: undefined,
  },
  banned: {
    join: undefined,
    rejoin: undefined,
    admit: undefined,
    deny: undefined,
    leave: undefined,
    remove: undefined,
    ban: "banned",
    unban: "left",
  },
  denied: {
    join: undefined,
    rejoin: "admitted",
    admit: "admitted",
    deny: "denied",
    leave: undefined,
    remove: undefined,
    ban: "banned",
    unban: undefined,
  },
};

const STATUSES = Object.keys(TABLE).filter((status) => isStatus(status));
const OWN_MOVES: readonly SeatMove[] = ["join", "leave"];

function isStatus(status: string): status is ParticipantStatus {
  return status in TABLE;
}

describe("a participant", () => {
  test.each(STATUSES)("%s decides every move", (status) => {
    const found = SEAT_MOVES.map((move): [SeatMove, Cell] => [move, moved({ status }, move, true)]);

    expect(new Map(found)).toEqual(new Map(SEAT_MOVES.map((move) => [move, TABLE[status][move]])));
  });

  test.each(STATUSES)("%s, never let in: only who had left waits again", (status) => {
    const found = SEAT_MOVES.map((move): [SeatMove, Cell] => [
      move,
      moved({ status }, move, false),
    ]);

    const back: Cell = status === "left" ? "waiting" : TABLE[status].rejoin;
    const cells = { ...TABLE[status], ...(status === "left" ? { join: back, rejoin: back } : {}) };
    expect(new Map(found)).toEqual(new Map(SEAT_MOVES.map((move) => [move, cells[move]])));
  });

  test("LS18: over any moves a ban ends by its lifting alone, and lets nobody in by itself", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...SEAT_MOVES), { maxLength: 40 }), (moves) => {
        let status: ParticipantStatus = "waiting";
        for (const move of moves) {
          const next: ParticipantStatus = moved({ status }, move, true) ?? status;
          const isLifted = status === "banned" && next !== "banned";
          expect(isLifted ? [move, next] : []).toEqual(isLifted ? ["unban", "left"] : []);
          const isAway = status === "removed" || status === "denied";
          expect(isAway && next !== status && OWN_MOVES.includes(move)).toBe(false);
          status = next;
        }
      }),
    );
  });

  test("LS18: whoever was removed or banned has no way back of his own, in any order of moves", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...OWN_MOVES)), (moves) => {
        for (const start of ["removed", "banned"] as const) {
          expect(walk(start, moves)).toBe(start);
        }
      }),
    );
  });

  test("LS18: whoever was unbanned can return", () => {
    expect(walk("banned", ["unban", "join"])).toBe("admitted");
  });

  test("nobody is stuck: from every status some moves lead to the class", () => {
    const ways: Readonly<Record<ParticipantStatus, readonly SeatMove[]>> = {
      waiting: ["admit"],
      admitted: [],
      left: ["join"],
      removed: ["admit"],
      banned: ["unban", "join"],
      denied: ["admit"],
    };

    expect(STATUSES.map((status) => walk(status, ways[status]))).toEqual(
      STATUSES.map(() => "admitted"),
    );
  });
});

/** A refused move leaves everything as it is. */
function walk(start: ParticipantStatus, moves: readonly SeatMove[]): ParticipantStatus {
  return moves.reduce<ParticipantStatus>(
    (status, move) => moved({ status }, move, true) ?? status,
    start,
  );
}
