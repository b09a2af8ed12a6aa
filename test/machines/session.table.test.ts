/**
 * The total table of the session: every state at rest × every command and platform message.
 *
 * A new state, command or platform message does not compile until each of its cells is decided.
 */
import { describe, expect, test } from "bun:test";
import { can, may } from "../../machines/learning-session/can.ts";
import { isCommandType } from "../../machines/learning-session/commands.ts";
import type { JsonObject } from "../../machines/json.ts";
import type { MessageType } from "../../machines/learning-session/messages.ts";
import { type SessionLiving, sessionMachine1 } from "../../machines/learning-session/machine.ts";
import { type Classroom, HOST, P2, floorless, living } from "./classroom.ts";
import { leafIn } from "./state.ts";
import { CAST, STATES, type StateName, attempt, groupIds, roomIn } from "./stage.ts";

const VERDICTS = {
  ok: "accepted",
  na: "not-accepted",
  nf: "not-found",
  iv: "invalid",
  so: "session-over",
  pa: "paused",
  no: "not-open-yet",
  ro: "round-not-open",
  ra: "round-already-open",
  rc: "round-closing",
  ar: "already-revealed",
  tl: "too-late",
} as const;
type Short = keyof typeof VERDICTS;
type Verdict = (typeof VERDICTS)[Short];

/** Columns are phase and activity by their initials; `pf` is paused and frozen, `m` muted. */
const ROWS = [
  // d  s  l  ri rt rg rs rr pi pf pg ps pr wi ws wr ei es a  c  e  m  gp gs gc gm
  [
    "ok ok na na na na na na na na na na na so so so so so so so so na na na na na",
    "session.schedule",
  ],
  [
    "ok ok na na na na na na na na na na na so so so so so so so so na na na na na",
    "session.open-lobby",
  ],
  [
    "na na ok na na na na na na na na na na so so so so so so so so na na na na na",
    "session.start",
  ],
  [
    "na na na ok ok ok ok ok pa pa pa pa pa so so so so so so so so ok ok ok ok ok",
    "session.pause",
  ],
  [
    "na na na na na na na na ok ok ok ok ok ok ok ok so so so so so na na na na na",
    "session.resume",
  ],
  [
    "na na na ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok",
    "session.extend",
  ],
  ["na na na ok ok ok ok ok ok ok ok ok ok ok ok ok so so so so so ok ok ok ok ok", "session.end"],
  [
    "ok ok ok na na na na na na na na na na so so so so so so so so na na na na na",
    "session.cancel",
  ],
  ["ok ok ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok", "settings.set"],
  [
    "ok ok ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok",
    "admission.set",
  ],
  ["ok ok ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok", "code.rotate"],
  ["na na ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok", "step.present"],
  [
    "no no ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok",
    "participant.join",
  ],
  [
    "nf nf ok ok ok ok ok ok ok ok ok ok ok so so so so so so so nf ok ok ok ok ok",
    "participant.leave",
  ],
  [
    "iv iv ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok",
    "participant.admit",
  ],
  [
    "iv iv ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok",
    "participant.deny",
  ],
  [
    "iv iv ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok",
    "participant.remove",
  ],
  [
    "iv iv ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok",
    "participant.ban",
  ],
  [
    "iv iv ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok",
    "participant.unban",
  ],
  [
    "ok ok ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok",
    "participant.promote",
  ],
  [
    "ok ok ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok",
    "participant.demote",
  ],
  [
    "iv iv ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok",
    "participant.rename",
  ],
  [
    "iv iv ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok",
    "participant.nudge",
  ],
  ["na na na ok ra rc ok ok pa pa pa pa pa so so so so so so so so ok ok ra na na", "round.open"],
  ["ro ro ro ro ok rc ro ro ro ok rc ro ro so so so so so so so so ro ro ok ok rc", "round.close"],
  ["ro ro ro ro ok rc ro ro pa pa pa pa pa so so so so so so so so ro ro ok ok rc", "round.extend"],
  ["ro ro ro ro ra rc ok ar pa pa pa pa pa so so so so so so so so ro ro ra ra rc", "round.reopen"],
  ["ro ro ro ro na rc ok ok ro na rc ok ok ro ok ok ro ok so so so ro ro na na rc", "round.score"],
  ["ro ro ro ro na rc ok ar ro na rc ok ar ro ok ar so so so so so ro ro na na rc", "round.reveal"],
  ["ro ro ro ro ok ok ok ar ro ok ok ok ar so so so so so so so so ro ro ok ok ok", "round.void"],
  [
    "ro ro ro ro na rc ok ok ro na rc ok ok so so so so so so so so ro ro na na rc",
    "round.dismiss",
  ],
  [
    "nf nf ro ro ok ok tl tl pa pa pa pa pa so so so so so so so nf ro ro ok ok ok",
    "answer.submit",
  ],
  ["nf nf ro ro ok ok tl tl pa pa pa pa pa so so so so so so so nf ro ro ok ok ok", "answer.amend"],
  ["nf nf ro ro ok ok tl tl ro ok ok tl tl so so so so so so so nf ro ro ok ok ok", "draft.save"],
  ["ro ro ro ro na na ok ok ro na na ok ok ro ok ok ro ok so so so ro ro na na na", "answer.grade"],
  ["nf nf ok ok ok ok ok ok ok ok ok ok ok so so so so so so so nf ok ok ok ok ok", "hand.raise"],
  ["nf nf ok ok ok ok ok ok ok ok ok ok ok so so so so so so so nf ok ok ok ok ok", "hand.lower"],
  ["nf nf ok ok ok ok ok ok ok ok ok ok ok so so so so so so so nf ok ok ok ok ok", "presence.set"],
  ["iv iv ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok", "hand.call"],
  ["na na ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok", "hands.clear"],
  ["nf nf ok ok ok ok ok ok ok ok ok ok ok so so so so so so so nf na ok ok ok ok", "question.ask"],
  [
    "nf nf ok ok ok ok ok ok ok ok ok ok ok so so so so so so so nf na ok ok ok ok",
    "question.upvote",
  ],
  ["iv iv ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok", "question.pin"],
  [
    "iv iv ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok",
    "question.unpin",
  ],
  [
    "iv iv ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok",
    "question.resolve",
  ],
  [
    "iv iv ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok",
    "question.remove",
  ],
  [
    "nf nf ok ok ok ok ok ok ok ok ok ok ok so so so so so so so nf na ok ok ok ok",
    "reaction.send",
  ],
  ["na na ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok", "floor.set"],
  ["na na ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok na na na", "groups.plan"],
  ["nf nf na na na na na na na na na na na so so so so so so so nf na ok ok na na", "groups.move"],
  ["na na na na na na na na na na na na na so so so so so so so so na ok na na na", "groups.open"],
  [
    "na na na na na na na na na na na na na so so so so so so so so na na ok ok na",
    "groups.announce",
  ],
  [
    "na na na na na na na na na na na na na so so so so so so so so na ok ok na na",
    "groups.recall",
  ],
  [
    "iv iv ok ok ok ok ok ok ok ok ok ok ok so so so so so so so so ok ok ok ok ok",
    "accommodation.set",
  ],
  [
    "iv iv na ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok so so so ok ok ok ok ok",
    "attendance.mark",
  ],
  [
    "nf nf ok ok ok ok ok ok ok ok ok ok ok so so so so so so so nf ok ok ok ok ok",
    "participant.rejoin",
  ],
  [
    "ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok so so so ok ok ok ok ok",
    "connection.opened",
  ],
  [
    "ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok so so so ok ok ok ok ok",
    "connection.closed",
  ],
  [
    "ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok so so so ok ok ok ok ok",
    "code.released",
  ],
  ["ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok so so so ok ok ok ok ok", "seat.revoked"],
] as const;

type Row = (typeof ROWS)[number];
type Cells<Text extends string> = Text extends `${infer Cell} ${infer Rest}`
  ? readonly [Cell, ...Cells<Rest>]
  : readonly [Text];
type Whole<States extends readonly string[]> = { readonly [Index in keyof States]: Short };
/** A row that has not one verdict for each state; a message that has no row. */
type Unfit<R extends Row> = R extends Row
  ? Cells<R[0]> extends Whole<typeof STATES>
    ? never
    : R[1]
  : never;
type Unnamed = Exclude<MessageType, Row[1]>;

/** Does not compile while there are any: the error names them. */
const decided: [Unfit<Row>, Unnamed] extends [never, never] ? true : [Unfit<Row>, Unnamed] = true;

const TYPES: readonly MessageType[] = ROWS.map(([, type]) => type);

const TABLE: Readonly<Record<StateName, Readonly<Record<MessageType, Verdict>>>> = parseTable();

function parseTable() {
  const columns = STATES.map((state, index) => [
    state,
    Object.fromEntries(ROWS.map(([row, type]) => [type, parseVerdict(row.split(" ")[index])])),
  ]);
  return Object.fromEntries(columns) as typeof TABLE;
}

function parseVerdict(cell: string | undefined): Verdict {
  return VERDICTS[cell as Short];
}

describe("every state decides every message", () => {
  test("no cell is left open", () => {
    expect(decided).toBe(true);
    expect(Object.keys(TABLE)).toEqual([...STATES]);
  });

  test.each(STATES)("%s", (state) => {
    const room = roomIn(state);

    expect(verdictsIn(room.living, room)).toEqual(TABLE[state]);
  });

  test.each(STATES)("%s, with the floor muted", (state) => {
    const room = roomIn(state);
    room.send(HOST, { type: "floor.set", floor: "muted" });
    const isMuted = leafIn(room.living.state, "floor") === "muted";

    const found = verdictsIn(room.living, room);

    const silenced = SPEAKING.filter((type) => isMuted && TABLE[state][type] === "accepted");
    expect(found).toEqual({
      ...TABLE[state],
      ...Object.fromEntries(silenced.map((type) => [type, "not-accepted"] as const)),
    });
  });

  test.each(STATES.filter((state) => !/muted|planned|split|closing|merging/.test(state)))(
    "C8: %s, in version 1: nobody may send what it does not have",
    (state) => {
      const room = roomIn(state);
      const { state: value, context } = room.living;
      const stored = { version: 1, state: value, context: floorless(context) };
      const old = living(sessionMachine1.revive(JSON.parse(JSON.stringify(stored))));

      const found = verdictsIn(old, room);

      const unknown = SINCE_2.map((type) => {
        const verdict = TABLE[state][type] === "not-found" ? "not-found" : "not-allowed";
        return [type, verdict] as const;
      });
      expect(found).toEqual({ ...TABLE[state], ...Object.fromEntries(unknown) });
      for (const role of Object.keys(CAST)) {
        const known = can(value, role).filter((type) => !SINCE_2.some((each) => each === type));
        expect(sessionMachine1.can(value, role)).toEqual(known);
      }
    },
  );
});

const SINCE_2 = [
  "floor.set",
  "question.ask",
  "question.upvote",
  "question.pin",
  "question.unpin",
  "question.resolve",
  "question.remove",
  "reaction.send",
  "presence.set",
  "groups.plan",
  "groups.move",
  "groups.open",
  "groups.announce",
  "groups.recall",
] as const;
/** What needs an open floor. */
const SPEAKING = ["question.ask", "question.upvote", "reaction.send"] as const;

function verdictsIn(there: SessionLiving, room: Classroom): Record<string, string> {
  const found = TYPES.map((type) => {
    const { by, message } = attempt(type, room);
    const stepped = there.step(message, { at: room.at, seq: room.seq + 1, by });
    return [type, stepped.kind === "accepted" ? "accepted" : stepped.refusal.code];
  });
  return Object.fromEntries(found);
}

describe("can lists exactly what is accepted from each role", () => {
  test.each(STATES)("%s", (state) => {
    const room = roomIn(state);
    const commands = TYPES.filter(isCommandType);

    for (const [role, by] of Object.entries(CAST)) {
      const there = room.living.standing(by);
      const listed = there === undefined ? [] : can(room.living.state, there.role);
      const accepted = commands.filter((type) => {
        const { message } = attempt(type, room);
        const own = fittingFields(type, room);
        const speaker = role === "student" && type === "answer.amend" ? P2 : by;
        const stamp = { at: room.at, seq: room.seq + 1, by: speaker };
        return room.living.step({ ...message, ...own }, stamp).kind === "accepted";
      });
      // The platform may say it again of somebody who is in; an interface offers no such button.
      const offered = accepted.filter((type) => type !== "participant.join" || role === "gone");

      expect([role, there?.role ?? role]).toEqual([role, role]);
      expect([role, ...offered].sort()).toEqual([role, ...listed].sort());
    }
  });

  test("LS12: whatever a role can send somewhere, it may send, and nobody else's", () => {
    const sent = STATES.flatMap((state) => {
      const { living } = roomIn(state);
      return Object.keys(CAST).flatMap((role) =>
        can(living.state, role).map((type) => [type, role]),
      );
    });

    expect(sent.filter(([type = "", role = ""]) => !may(type, role))).toEqual([]);
    expect(may("session.start", "student")).toBe(false);
    expect(may("answer.submit", "waiting")).toBe(true);
    expect(may("no.such", "host")).toBe(false);
  });
});

const OF_SCORED: ReadonlySet<string> = new Set(["round.reveal", "round.dismiss", "round.reopen"]);

/** `can` judges no payload: a way back for whoever left, corrections of a round that is past. */
function fittingFields(type: string, room: Classroom): JsonObject {
  const [past] = room.context.pastRounds;
  if (type === "round.open" && leafIn(room.living.state, "grouping") === "split") {
    return { groupId: groupIds(room)[1] ?? "" };
  }
  const scored = room.context.grouping?.groups[1]?.round?.roundId;
  if (OF_SCORED.has(type) && scored !== undefined) {
    return { roundId: scored };
  }
  const isCorrection = type === "round.score" || type === "answer.grade";
  if (type === "participant.join") {
    return { participantId: "p3", userId: "s3" };
  }
  return isCorrection && past !== undefined ? { roundId: past.roundId } : {};
}
