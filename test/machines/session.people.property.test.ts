/** The rules of people, audiences, codes and replay, over random histories of a class. */
import { describe, expect } from "bun:test";
import type { JsonObject } from "../../machines/json.ts";
import { isConnected } from "../../machines/learning-session/participant.ts";
import { SYSTEM } from "../../machines/principal.ts";
import { BOARD, HOST, LEARNERS, type Told, guest, living, revived, seenOf } from "./classroom.ts";
import { EVERYONE, play } from "./history.ts";
import { accepted, rule, students } from "./rule.ts";
import { leafIn } from "./state.ts";
import { STEPS } from "./lesson.ts";

const LIVE = ["running", "paused"];

function text(value: unknown): string {
  return JSON.stringify(value) ?? "";
}

describe("replay", () => {
  rule(
    "LS1: seq grows by one, and replaying the rest from any prefix gives the same snapshot",
    (room) => {
      const records = accepted(room);
      expect(records.map(({ stamp }) => stamp.seq)).toEqual(records.map((_, index) => index + 2));

      const cut = Math.floor(records.length / 2);
      const start = records[cut]?.before ?? room.living;
      let replayed = revived(start);
      for (const { message, stamp } of records.slice(cut)) {
        const stepped = replayed.step(message, stamp);
        expect(stepped.kind).toBe("accepted");
        replayed = stepped.kind === "accepted" ? living(stepped.next) : replayed;
      }

      expect(replayed.persist()).toEqual(room.living.persist());
    },
  );

  rule("LS2: what was accepted once has no second effect when it is said again at once", (room) => {
    for (const { after, message, stamp } of accepted(room).filter(({ message: { type } }) =>
      ONCE.has(type),
    )) {
      const again = after.step(message, { ...stamp, seq: stamp.seq + 1 });
      const next = again.kind === "accepted" ? living(again.next) : after;

      expect(again.kind === "accepted" ? again.facts : []).toEqual([]);
      expect(next.persist()).toEqual(after.persist());
    }
  });

  rule(
    "LS20: a crash at any point and rehydration give the same observable state",
    (room, story) => {
      const unbroken = play(story);

      expect(room.told.map(({ stepped }) => outcome(stepped))).toEqual(
        unbroken.told.map(({ stepped }) => outcome(stepped)),
      );
      expect(EVERYONE.map((by) => room.view(by))).toEqual(EVERYONE.map((by) => unbroken.view(by)));
      expect([...room.timers]).toEqual([...unbroken.timers]);
    },
    { crashing: true, runs: 40 },
  );

  rule("LS20: each timer acts once: one that fires again changes nothing anybody sees", (room) => {
    for (const { after, message, stamp } of accepted(room).filter(isTimer)) {
      const again = after.step(message, { ...stamp, seq: stamp.seq + 1 });

      expect(again.kind === "accepted" ? again.facts : []).toEqual([]);
      expect(again.kind === "accepted" ? again.next.state : after.state).toEqual(after.state);
    }
  });
});

describe("presence", () => {
  rule("LS5: a stale disconnect never changes presence while another connection lives", (room) => {
    for (const { before, after, message } of accepted(room)) {
      for (const row of after.context.participants) {
        expect([row.participantId, isConnected(row)]).toEqual([
          row.participantId,
          row.connections.length > 0,
        ]);
      }
      const closed = message.type === "connection.closed" ? message["connectionId"] : undefined;
      for (const row of before.context.participants) {
        const isAnothers = closed !== undefined && row.connections.some((each) => each !== closed);
        const next = after.context.participants.find(
          (each) => each.participantId === row.participantId,
        );
        expect([row.participantId, isAnothers && next && isConnected(next)]).toEqual([
          row.participantId,
          isAnothers,
        ]);
      }
    }
  });

  rule("LS5: away is whose every connection is hidden, and nobody else", (room) => {
    for (const { after } of accepted(room)) {
      for (const { participantId, connection, connections, hidden = [] } of after.context
        .participants) {
        const isHidden = connections.length > 0 && connections.every((id) => hidden.includes(id));
        expect([participantId, connection === "away"]).toEqual([participantId, isHidden]);
        expect(hidden.filter((id) => !connections.includes(id))).toEqual([]);
      }
    }
  });

  rule("LS16: losing the host never resets or ends the room", (room) => {
    for (const { before, after, message } of accepted(room)) {
      if (message.type.includes("hostGrace") || message.type === "connection.closed") {
        const [was, is] = [leafIn(before.state, "phase"), leafIn(after.state, "phase")];
        expect([was, is === was || (was === "running" && is === "paused")]).toEqual([was, true]);
        expect(after.context.participants.length).toBe(before.context.participants.length);
        expect(after.context.round?.answers).toEqual(before.context.round?.answers);
        expect(after.context.pastRounds).toEqual(before.context.pastRounds);
      }
    }
  });

  rule("LS19: attendance never exceeds live time, however many connections overlapped", (room) => {
    for (const { after } of accepted(room)) {
      const { at, liveMs, liveSince, participants, startedAt } = after.context;
      const live = liveMs + (liveSince === null ? 0 : at - liveSince);
      expect(live).toBeLessThanOrEqual(startedAt === null ? 0 : at - startedAt);
      for (const { attendedMs, attendingSince, joinedAt } of participants) {
        const attended = attendedMs + (attendingSince === null ? 0 : at - attendingSince);
        expect(attended).toBeLessThanOrEqual(Math.min(live, at - joinedAt));
      }
    }
  });
});

describe("audiences", () => {
  rule(
    "LS10: no key reaches a student before reveal",
    (room) => {
      const shown = new Set<string>();
      for (const step of accepted(room)) {
        for (const { type, parts } of step.facts) {
          const roundId = parts[0]?.fields["roundId"];
          const rounds = [...step.after.context.pastRounds, step.after.context.round];
          const stepId = rounds.find((each) => each?.roundId === roundId)?.stepId;
          if (type === "round.revealed" && typeof stepId === "string") {
            shown.add(stepId);
          }
        }
        const hidden = STEPS.filter(({ id }) => !shown.has(id)).map(({ id }) => `KEY-${id}`);
        for (const by of [BOARD, ...LEARNERS.map((each) => each.by)]) {
          const seen = text([seenOf(step, by), viewAfter(step, by)]);
          expect(hidden.filter((key) => seen.includes(key))).toEqual([]);
          expect(
            text(unrevealed(step, by)).match(/"(correct|weights?|accepted|rubric)"/g),
          ).toBeNull();
        }
      }
    },
    { runs: 30 },
  );

  rule(
    "LS11: no fact leaves its audience: nobody of the class sees another's name or answer",
    (room) => {
      const boardNames = room.context.settings.boardNames;
      for (const step of accepted(room)) {
        for (const { id, by } of LEARNERS) {
          const seen = text([seenOf(step, by), viewAfter(step, by)]);
          const others = LEARNERS.filter((each) => each.id !== id).map(
            (each) => `Name-${each.id}"`,
          );
          expect(others.filter((name) => seen.includes(name))).toEqual([]);
          const answers = seenOf(step, by).filter(({ type }) => type.startsWith("answer."));
          expect(answers.filter((fact) => fact["participantId"] !== id)).toEqual([]);
        }
        const board = text([seenOf(step, BOARD), viewAfter(step, BOARD)]);
        expect(!boardNames && /"Name-p/.test(board)).toBe(false);
        expect(/"type":"answer\./.test(board)).toBe(false);
      }
    },
    { runs: 30 },
  );

  rule("LS11: of an anonymous session hosts get no answer and no points beside a name", (room) => {
    const isAnonymous = room.context.settings.anonymous;
    const hosts = accepted(room).flatMap((step) => seenOf(step, HOST));
    const linked = hosts.filter(
      (fact) => "participantId" in fact && ("answer" in fact || "points" in fact),
    );
    const view = text(room.view(HOST));

    expect(isAnonymous ? linked : []).toEqual([]);
    expect(isAnonymous && /"answers":\{"p/.test(view)).toBe(false);
  });

  rule(
    "LS13: no secret is in any broadcast: codes reach hosts and boards, connections nobody",
    (room) => {
      for (const step of accepted(room)) {
        for (const { by } of LEARNERS) {
          expect(text([seenOf(step, by), viewAfter(step, by)])).not.toContain("CODE");
        }
        for (const by of EVERYONE) {
          expect(text([seenOf(step, by), viewAfter(step, by)])).not.toMatch(/"c-[pt]\d/);
        }
      }
    },
    { runs: 30 },
  );

  rule("whoever's state a record changes sees at least one of its facts", (room) => {
    for (const step of accepted(room)) {
      if (text(step.after.state) !== text(step.before.state)) {
        for (const { by } of students(step)) {
          expect([step.message.type, seenOf(step, by).length > 0]).toEqual([
            step.message.type,
            true,
          ]);
        }
      }
      for (const { by, id } of LEARNERS) {
        const moved = step.before.standing(by)?.role !== step.after.standing(by)?.role;
        expect([id, step.message.type, !moved || seenOf(step, by).length > 0]).toEqual([
          id,
          step.message.type,
          true,
        ]);
      }
    }
  });
});

describe("people", () => {
  rule("LS12: only hosts drive", (room) => {
    for (const { before, message, stamp } of accepted(room)) {
      if (stamp.by !== SYSTEM && !CLASS_WORDS.has(message.type)) {
        const by = stamp.by.kind === "user" ? stamp.by.userId : "";
        const isHost = before.context.hosts.some(({ userId }) => userId === by);
        const isOverseers = by === "o1" && OVERSEERS_WORDS.has(message.type);
        expect([message.type, isHost || isOverseers]).toEqual([message.type, true]);
      }
    }
  });

  rule(
    "LS14: a join code is released once, and only when nobody can join by it any more",
    (room) => {
      const released = room.effects
        .filter(({ type }) => type === "releaseCode")
        .map(({ params }) => text(params));
      const isOver = !["lobby", ...LIVE, "wrapup"].includes(leafIn(room.living.state, "phase"));

      expect(new Set(released).size).toBe(released.length);
      expect(released.includes(text({ joinCode: room.context.joinCode }))).toBe(isOver);
    },
  );

  rule(
    "LS17: session.end is reachable from every live state; after it only hosts correct",
    (room) => {
      for (const { after, stamp } of accepted(room)) {
        if (LIVE.includes(leafIn(after.state, "phase"))) {
          const ended = after.step(
            { type: "session.end" },
            { ...stamp, seq: stamp.seq + 1, by: HOST },
          );
          expect(ended.kind).toBe("accepted");
          const next = ended.kind === "accepted" ? ended.next : after;
          expect(leafIn(next.state, "phase")).toBe("wrapup");
          expect(["idle", "scored", "revealed"]).toContain(leafIn(next.state, "activity"));
        }
      }
      for (const { before, message, stamp } of accepted(room)) {
        if (["wrapup", "ended"].includes(leafIn(before.state, "phase")) && stamp.by !== SYSTEM) {
          expect(CORRECTIONS).toContain(message.type);
        }
      }
    },
  );

  rule("LS18: removed cannot act; unbanned can return", (room) => {
    for (const { before, message, stamp } of accepted(room)) {
      const row = before.context.participants.find(
        ({ participantId }) => before.standing(stamp.by)?.participantId === participantId,
      );
      if (row?.status === "removed" || row?.status === "banned") {
        expect(message.type).toBe("connection.opened");
      }
    }
    for (const { after, message, stamp } of accepted(room)) {
      if (message.type === "participant.unban") {
        const id = String(message["participantId"]);
        const learner = LEARNERS.find((each) => each.id === id);
        const join = {
          type: "participant.join",
          participantId: id,
          name: "x",
          userId: learner?.userId ?? null,
        };
        const by = learner?.by ?? guest(id);
        expect(after.step(join, { ...stamp, seq: stamp.seq + 1, by }).kind).toBe("accepted");
      }
    }
  });
});

const ONCE: ReadonlySet<string> = new Set([
  "answer.submit",
  "draft.save",
  "hand.raise",
  "hand.lower",
  "hands.clear",
  "question.ask",
  "question.upvote",
  "question.pin",
  "question.unpin",
  "question.resolve",
  "question.remove",
  "reaction.send",
  "presence.set",
  "floor.set",
  "participant.join",
  "participant.leave",
  "participant.remove",
  "participant.admit",
  "admission.set",
  "connection.closed",
  "round.open",
  "round.close",
  "round.reveal",
  "round.void",
  "session.pause",
  "session.end",
]);

const CLASS_WORDS: ReadonlySet<string> = new Set([
  "participant.join",
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
const CORRECTIONS = [
  "round.score",
  "answer.grade",
  "attendance.mark",
  "round.reveal",
  "session.resume",
  "session.end",
  "connection.opened",
];

function isTimer({ message }: Told): boolean {
  return message.type.startsWith("timer.") || message.type.startsWith("xstate.");
}

function outcome(stepped: Told["stepped"]) {
  return stepped.kind === "refused"
    ? stepped
    : { facts: stepped.facts, timers: stepped.timers, effects: stepped.effects };
}

function viewAfter({ after }: Told, by: Parameters<typeof seenOf>[1]): JsonObject | undefined {
  const standing = after.standing(by);
  return standing === undefined ? undefined : after.view(standing);
}

/** The round that is not revealed yet, as this viewer has it. */
function unrevealed(step: Told, by: Parameters<typeof seenOf>[1]): unknown {
  const isRevealed = leafIn(step.after.state, "activity") === "revealed";
  const facts = seenOf(step, by).filter(({ type }) => type !== "round.revealed");
  return isRevealed ? facts : [facts, viewAfter(step, by)?.["round"]];
}
