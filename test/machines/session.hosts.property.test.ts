/** The rules of who drives, and of the session's course, over random histories of a class. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { COMMANDS } from "../../machines/learning-session/commands.ts";
import type { Message } from "../../machines/living.ts";
import { type Principal, SYSTEM } from "../../machines/principal.ts";
import {
  BOARD,
  COHOST,
  type Classroom,
  HOST,
  LEARNERS,
  OWNER,
  STRANGER,
  type Told,
  living,
  user,
} from "./classroom.ts";
import { currentRounds } from "./current.ts";
import { type History, history, play } from "./history.ts";
import { type Accepted, TEST_MS_MAX, accepted, roundsOf, rule } from "./rule.ts";
import { attempt } from "./stage.ts";
import { leafIn } from "./state.ts";

const LIVE = ["running", "paused"];
const OVER = ["archived", "cancelled", "expired"];

describe("driving", () => {
  rule("LS12: only hosts drive", (room) => {
    for (const { before, message, stamp } of accepted(room)) {
      if (stamp.by !== SYSTEM && !CLASS_WORDS.has(message.type)) {
        const role = before.standing(stamp.by)?.role;
        const by = stamp.by.kind === "user" ? stamp.by.userId : "";
        const host = before.context.hosts.find(({ userId }) => userId === by);
        const isHost =
          host !== undefined && (host.role === "host" || !HOSTS_ALONE.has(message.type));
        const isOverseers = by === "o1" && OVERSEERS_WORDS.has(message.type);
        const isChoice = message.type === "groups.move" && isHisChoice(before, message, stamp.by);
        const isHis = isHost || isOverseers || isChoice;
        expect([message.type, role, isHis]).toEqual([message.type, role, true]);
      }
    }
  });

  test(
    "LS12: at no moment does the session take a host's word from anybody else",
    () => {
      fc.assert(fc.property(history, expectNoUsurper), { numRuns: 60 });
    },
    TEST_MS_MAX,
  );

  rule("LS16: losing the host never resets or ends the room", (room) => {
    for (const { before, after, message } of accepted(room)) {
      if (message.type.includes("hostGrace") || message.type === "connection.closed") {
        const [was, is] = [phaseOf(before), phaseOf(after)];
        expect([was, is === was || (was === "running" && is === "paused")]).toEqual([was, true]);
        expect(kept(after)).toEqual(kept(before));
      }
    }
  });

  rule("LS16: there is one host always, and nobody stops being one unless demoted", (room) => {
    for (const { before, after, message } of accepted(room)) {
      const roles = after.context.hosts.map(({ role }) => role);
      expect(roles.filter((role) => role === "host")).toHaveLength(1);
      expect(roles[0]).toBe("host");
      const ids = new Set(after.context.hosts.map(({ userId }) => String(userId)));
      const gone = before.context.hosts.filter(({ userId }) => !ids.has(userId));
      expect(gone.map(({ role }) => role)).toEqual(
        message.type === "participant.demote" ? ["co-host"] : [],
      );
    }
  });

  rule("LS16: grace begins with the last connection of all, and its end finds an heir", (room) => {
    for (const step of accepted(room)) {
      const { before, after, message } = step;
      const [was, is] = [presenceOf(before), presenceOf(after)];
      const connected = hostsConnected(after);
      if (was === "present" && message.type === "connection.closed") {
        expect([connected, is]).toEqual([connected, connected > 0 ? "present" : "grace"]);
      }
      if (is === "present") {
        expect(connected).toBeGreaterThan(0);
      }
      if (message.type.includes("hostGrace") && was === "grace") {
        expect(afterGrace(step)).toEqual(expectedAfterGrace(step));
      }
    }
  });

  rule("LS16: who pauses by his absence resumes by his return, and only that pause", (room) => {
    for (const { before, after, message } of accepted(room)) {
      const isBack = presenceOf(before) === "lost" && presenceOf(after) !== "lost";
      const { pauseReason } = before.context;
      const isHisOwn = message.type === "session.resume" || message.type === "session.end";
      if (isBack && !isHisOwn && phaseOf(before) === "paused") {
        expect([pauseReason, phaseOf(after)]).toEqual([
          pauseReason,
          pauseReason === "host-lost" ? "running" : "paused",
        ]);
      }
      expect(after.context.pauseReason === null).toBe(phaseOf(after) !== "paused");
    }
  });
});

describe("the course", () => {
  rule(
    "LS14: a join code is released once, and only when nobody can join by it any more",
    (room) => {
      const released: string[] = [];
      for (const { after, stepped } of accepted(room)) {
        const effects = stepped.kind === "accepted" ? stepped.effects : [];
        const codes = effects
          .filter(({ type }) => type === "releaseCode")
          .map(({ params }) => String(params["joinCode"]));
        released.push(...codes);
        const isShut = ["ended", ...OVER].includes(phaseOf(after));
        const { joinCode } = after.context;
        expect(codes.filter((code) => code === joinCode && !isShut)).toEqual([]);
        expect([phaseOf(after), released.includes(joinCode)]).toEqual([phaseOf(after), isShut]);
      }
      const shown = new Set(accepted(room).map(({ before }) => before.context.joinCode));
      shown.delete(room.context.joinCode);
      expect(new Set(released).size).toBe(released.length);
      expect([...shown].filter((code) => !released.includes(code))).toEqual([]);
    },
  );

  rule("LS17: session.end is reachable from every live state", (room) => {
    for (const { after, stamp } of accepted(room)) {
      const isLive = LIVE.includes(phaseOf(after));
      for (const by of isLive ? [HOST, OWNER] : []) {
        const next = stepped(after, { type: "session.end" }, { ...stamp, by });
        expect(phaseOf(next)).toBe("wrapup");
        expect([leafIn(next.state, "grouping"), next.context.grouping ?? null]).toEqual([
          "whole",
          null,
        ]);
        expect(["idle", "scored", "revealed"]).toContain(leafIn(next.state, "activity"));
        for (const round of roundsOf(next.context)) {
          expect(round.voidedAt !== null || round.scoredAt !== null).toBe(true);
          expect(round.drafts).toEqual({});
        }
      }
    }
  });

  rule("LS17: after the end hosts only correct, which they can; then nothing is taken", (room) => {
    for (const { before, after, message, stamp } of accepted(room)) {
      const was = phaseOf(before);
      expect(OVER).not.toContain(was);
      if ((was === "wrapup" || was === "ended") && stamp.by !== SYSTEM) {
        expect(CORRECTIONS[was]).toContain(message.type);
        const role = before.standing(stamp.by)?.role;
        const isAnybodys = message.type === "connection.opened";
        const isOverseers = role === "overseer" && message.type === "session.end";
        expect(isAnybodys || isOverseers || role === "host" || role === "co-host").toBe(true);
      }
      const phase = phaseOf(after);
      const judged = roundsOf(after.context).find((round) => round.scoredAt !== null);
      const scored = judged?.voidedAt === null ? judged : undefined;
      if (scored !== undefined && (phase === "wrapup" || phase === "ended")) {
        const { roundId } = scored;
        const next = stepped(after, { type: "round.score", roundId }, { ...stamp, by: HOST });
        expect(next).not.toBe(after);
      }
    }
  });

  rule("LS17: phases follow one another, and none is left but by its own ways", (room) => {
    for (const { before, after, message, stamp } of accepted(room)) {
      const [was, is] = [phaseOf(before), phaseOf(after)];
      // By itself it ends when everyone was told that it would, not before.
      const isTimed = message.type === "timer.session" && was !== is;
      expect(isTimed && stamp.at < (before.context.endsBy ?? 0)).toBe(false);
      const isNext = was === is || NEXT[was]?.includes(is) === true;
      expect([was, is, message.type, isNext]).toEqual([was, is, message.type, true]);
    }
  });
});

const NEXT: Readonly<Record<string, readonly string[]>> = {
  draft: ["scheduled", "lobby", "cancelled"],
  scheduled: ["lobby", "cancelled", "expired"],
  lobby: ["running", "cancelled"],
  running: ["paused", "wrapup"],
  paused: ["running", "wrapup"],
  wrapup: ["running", "ended"],
  ended: ["archived"],
};

const CLASS_WORDS: ReadonlySet<string> = new Set([
  "participant.join",
  "participant.rejoin",
  "participant.leave",
  "answer.submit",
  "answer.amend",
  "draft.save",
  "presence.set",
  "hand.raise",
  "hand.lower",
  "question.ask",
  "question.upvote",
  "reaction.send",
  "connection.opened",
]);
const OVERSEERS_WORDS: ReadonlySet<string> = new Set(["session.end", "accommodation.set"]);
/** What a host does not share with co-hosts. */
const HOSTS_ALONE: ReadonlySet<string> = new Set([
  "session.cancel",
  "participant.promote",
  "participant.demote",
]);
const MARKS = ["round.score", "answer.grade", "attendance.mark", "connection.opened"];
const CORRECTIONS: Readonly<Record<"wrapup" | "ended", readonly string[]>> = {
  wrapup: [...MARKS, "round.reveal", "session.resume", "session.end"],
  ended: MARKS,
};
/** Nobody says these but the platform itself. */
const PLATFORMS: readonly Message[] = [
  { type: "timer.round", roundId: "r0" },
  { type: "timer.session" },
  { type: "connection.closed", connectionId: "c-p1" },
  { type: "code.released", joinCode: "CODE23" },
  { type: "seat.revoked", participantId: "p1" },
];

/** Every twelfth move is a moment at which all is tried. */
function expectNoUsurper(story: History): void {
  let moves = 0;
  play(story, {
    watch: (room) => {
      moves += 1;
      expect(moves % 12 === 0 ? usurped(room) : []).toEqual([]);
    },
  });
}

/** Whoever was taken at a word that is not his, and the word. */
function usurped(room: Classroom): readonly string[] {
  const tries = Object.keys(COMMANDS).map((type) => attempt(type, room).message);
  const former = user("t1", "student");
  return [BOARD, STRANGER, former, OWNER, COHOST, ...LEARNERS.map(({ by }) => by)].flatMap((by) =>
    [...tries, ...PLATFORMS, ...inOthersNames(by)]
      .filter((message) => !isHisToSay(room, by, message))
      .filter((message) => room.living.step(message, stampOf(room, by)).kind === "accepted")
      .map((message) => `${message.type} by ${JSON.stringify(by)}`),
  );
}

function isHisToSay(room: Classroom, by: Principal, { type, ...fields }: Message): boolean {
  const isTeacher = by.kind === "user" && by.role !== "student";
  const role = room.living.standing(by)?.role ?? "";
  if (isTeacher && (role === "host" || role === "co-host")) {
    const isPlatforms = !Object.hasOwn(COMMANDS, type) || type === "participant.join";
    return !isPlatforms && (role === "host" || !HOSTS_ALONE.has(type));
  }
  if (role === "overseer") {
    return OVERSEERS_WORDS.has(type);
  }
  if (type === "groups.move") {
    return isHisChoice(room.living, { type, ...fields }, by);
  }
  const own = room.living.standing(by)?.participantId;
  const isOthers = type !== "participant.join" && (fields["participantId"] ?? own) !== own;
  return by.kind !== "board" && CLASS_WORDS.has(type) && !isOthers;
}

/** Where the class chooses for itself, each moves himself, and nobody else. */
function isHisChoice({ context }: Told["before"], { participantId }: Message, by: Principal) {
  const own = LEARNERS.find((each) => JSON.stringify(each.by) === JSON.stringify(by));
  return context.grouping?.strategy === "self-selected" && own?.id === participantId;
}

function inOthersNames(by: Principal): readonly Message[] {
  return LEARNERS.filter((each) => each.by !== by).flatMap(({ id }) => [
    { type: "participant.rejoin", participantId: id },
    { type: "hand.lower", participantId: id },
  ]);
}

function stampOf(room: Classroom, by: Principal) {
  return { at: room.at, seq: room.seq + 1, by };
}

function stepped(from: Told["after"], message: Message, stamp: Told["stamp"]): Told["after"] {
  const next = from.step(message, { ...stamp, seq: stamp.seq + 1 });
  return next.kind === "accepted" ? living(next.next) : from;
}

function phaseOf({ state }: Told["after"]): string {
  return leafIn(state, "phase");
}

function presenceOf({ state }: Told["after"]): string {
  return leafIn(state, "host");
}

function hostsConnected({ context }: Told["after"]): number {
  return context.hosts.filter(({ connections }) => connections.length > 0).length;
}

/** What is not the network's, nor the host's absence's, to change. */
function kept({ context }: Told["after"]) {
  const { pastRounds, hands, settings, stepId, joinCode, participants, grouping } = context;
  const rounds = currentRounds(context).map(({ roundId, answers, drafts, grades, terms }) => ({
    ...{ roundId, answers, drafts, grades, terms },
  }));
  const groups = (grouping?.groups ?? []).map(({ groupId, members }) => ({ groupId, members }));
  const seats = participants.map(({ participantId, status }) => [participantId, status]);
  const split = { groups, openedAt: grouping?.openedAt, announcement: grouping?.announcement };
  return { rounds, split, pastRounds, hands, settings, stepId, joinCode, seats };
}

function afterGrace({ after }: Accepted) {
  const [host] = after.context.hosts;
  return { presence: presenceOf(after), phase: phaseOf(after), host: String(host?.userId) };
}

function expectedAfterGrace({ before }: Accepted) {
  const { hosts, settings } = before.context;
  const heir = hosts.find(({ role, connections }) => role === "co-host" && connections.length > 0);
  const phase = phaseOf(before);
  const pauses = heir === undefined && settings.pauseWhenHostLost && phase === "running";
  return {
    presence: heir === undefined ? "lost" : "present",
    phase: pauses ? "paused" : phase,
    host: String((heir ?? hosts[0])?.userId),
  };
}
