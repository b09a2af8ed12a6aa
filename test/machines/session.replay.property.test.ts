/** The rules of replay and repetition, over random histories of a class. */
import { expect } from "bun:test";
import { SYSTEM } from "../../machines/principal.ts";
import { HOST, type Told, living, revived } from "./classroom.ts";
import { currentRounds, placeOf } from "./current.ts";
import { EVERYONE, play } from "./history.ts";
import { accepted, rule, viewIn } from "./rule.ts";

rule(
  "LS1: seq grows by one, and replaying the rest from any prefix gives the same snapshot",
  (room, { moves }) => {
    const records = accepted(room);
    expect(records.map(({ stamp }) => stamp.seq)).toEqual(records.map((_, index) => index + 2));

    const cut = ((moves[0]?.n ?? 0) * records.length) >> 3;
    const start = records[cut]?.before ?? room.living;
    let replayed = revived(start);
    for (const { message, stamp, after } of records.slice(cut)) {
      const stepped = replayed.step(message, stamp);
      expect(stepped.kind).toBe("accepted");
      replayed = stepped.kind === "accepted" ? living(stepped.next) : replayed;
      expect(replayed.state).toEqual(after.state);
    }

    expect(replayed.persist()).toEqual(room.living.persist());
  },
);

rule("LS2: what was accepted once has no second effect when it is said again at once", (room) => {
  for (const { after, message, stamp } of accepted(room)) {
    const isOnce = ONCE.has(message.type);
    if (isOnce || SAME.has(message.type)) {
      const again = after.step(message, { ...stamp, seq: stamp.seq + 1 });
      const next = again.kind === "accepted" ? living(again.next) : after;

      expect([message, isOnce && again.kind === "accepted" ? again.facts : []]).toEqual([
        message,
        [],
      ]);
      expect(next.persist()).toEqual(after.persist());
      expect([message, again.kind === "accepted" ? again.effects : []]).toEqual([message, []]);
    }
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
  { crashing: true, runs: 60 },
);

rule("LS20: a snapshot is plain: written and read again, it is the same", (room) => {
  for (const { after } of accepted(room)) {
    expect(revived(after).persist()).toStrictEqual(after.persist());
  }
});

rule("LS20: each timer acts once: one that fires again changes nothing anybody sees", (room) => {
  for (const { after, message, stamp } of accepted(room).filter(isTimer)) {
    const again = after.step(message, { ...stamp, seq: stamp.seq + 1 });
    const next = again.kind === "accepted" ? living(again.next) : after;

    expect(again.kind === "accepted" ? [again.facts, again.effects] : [[], []]).toEqual([[], []]);
    expect(next.state).toEqual(after.state);
    expect(viewIn(next, HOST)).toEqual(viewIn(after, HOST));
  }
});

rule("LS20: a timer that comes early, or of a round before, changes nothing", (room) => {
  for (const { after, stamp } of accepted(room)) {
    // Whoever kept the round open may have gone in this very step: then it is time.
    const { grouping } = after.context;
    const dues = currentRounds(after.context).map(({ dueAt }) => dueAt);
    const isTime = [...dues, grouping?.endsAt ?? null].some(
      (dueAt) => dueAt !== null && dueAt <= stamp.at,
    );
    for (const timer of isTime ? [] : EARLY) {
      const again = after.step(timer, { at: stamp.at, seq: stamp.seq + 1, by: SYSTEM });
      const next = again.kind === "accepted" ? living(again.next) : after;

      expect([timer, again.kind === "accepted" ? again.facts : []]).toEqual([timer, []]);
      expect(next.state).toEqual(after.state);
    }
  }
});

rule("LS20: armed is what the rows ask for, and nothing else of rounds and groups", (room) => {
  const { round, grouping = null } = room.context;
  const groups = (grouping?.groups ?? []).map((group) => ({
    of: `:${group.groupId}`,
    round: group.round,
  }));
  const due = [{ of: "", round }, ...groups].flatMap(({ of, round: each }) => {
    const isGrace = of !== "" && placeOf(each) === "grace";
    return [
      ...(each === null || each.dueAt === null ? [] : [[`round${of}`, each.dueAt] as const]),
      ...(isGrace ? [[`grace${of}`, SOON] as const] : []),
    ];
  });
  const isRunning = grouping !== null && grouping.endsAt !== null && grouping.pausedAt === null;
  const ends = isRunning ? [["groups", grouping.endsAt] as const] : [];
  const armed = [...room.timers].flatMap(([id, { dueAt }]) =>
    /^(round|grace:|groups)/.test(id)
      ? [[id, id.startsWith("grace:") ? SOON : dueAt] as const]
      : [],
  );

  expect(new Map(armed)).toEqual(new Map([...due, ...ends]));
});

/** By the settings as they were when it closed. */
const SOON = 0;

const EARLY = [
  { type: "timer.round", roundId: "r0" },
  { type: "timer.offline", participantId: "p0" },
  { type: "timer.groups" },
];

/** Said again, nothing follows: no fact, no effect, no other row. */
const ONCE: ReadonlySet<string> = new Set([
  "answer.submit",
  "draft.save",
  "hand.raise",
  "hand.lower",
  "hand.call",
  "hands.clear",
  "groups.move",
  "groups.open",
  "groups.recall",
  "question.ask",
  "question.upvote",
  "question.pin",
  "question.unpin",
  "question.resolve",
  "question.remove",
  "reaction.send",
  "floor.set",
  "presence.set",
  "participant.join",
  "participant.rejoin",
  "participant.leave",
  "participant.remove",
  "participant.ban",
  "participant.unban",
  "participant.deny",
  "participant.admit",
  "participant.rename",
  "participant.promote",
  "participant.demote",
  "admission.set",
  "connection.opened",
  "connection.closed",
  "round.open",
  "round.close",
  "round.reopen",
  "round.reveal",
  "round.void",
  "round.dismiss",
  "session.open-lobby",
  "session.start",
  "session.pause",
  "session.resume",
  "session.end",
  "session.cancel",
]);

/** Said again, it may be told again, and still nothing is other than it was. */
const SAME: ReadonlySet<string> = new Set([
  "answer.amend",
  "answer.grade",
  "groups.announce",
  "accommodation.set",
  "attendance.mark",
  "participant.nudge",
  "round.score",
  "session.schedule",
  "settings.set",
  "step.present",
]);

function isTimer({ message }: Told): boolean {
  return message.type.startsWith("timer.") || message.type.startsWith("xstate.");
}

function outcome(stepped: Told["stepped"]) {
  return stepped.kind === "refused"
    ? stepped
    : { facts: stepped.facts, timers: stepped.timers, effects: stepped.effects };
}
