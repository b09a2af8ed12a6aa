/** The rules of presence, seats and attendance, over random histories of a class. */
import { describe, expect } from "bun:test";
import type { SessionContext } from "../../machines/learning-session/context.ts";
import { RECONNECT_MS, isConnected } from "../../machines/learning-session/participant.ts";
import type { Principal } from "../../machines/principal.ts";
import { HOST, LEARNERS, type Learner, type Told, guest, living } from "./classroom.ts";
import { type Accepted, accepted, roundsOf, rowIn, rule } from "./rule.ts";
import { leafIn } from "./state.ts";

const LIVE = ["running", "paused"];
const SEATED = ["admitted", "waiting"];

describe("presence", () => {
  rule("LS5: a stale disconnect never changes presence while another connection lives", (room) => {
    for (const { before, after, message } of accepted(room)) {
      const closed = message.type === "connection.closed" ? message["connectionId"] : undefined;
      for (const row of before.context.participants) {
        const isAnothers = closed !== undefined && row.connections.some((each) => each !== closed);
        const next = rowIn(after, row.participantId);
        expect([row.participantId, isAnothers && next && isConnected(next)]).toEqual([
          row.participantId,
          isAnothers,
        ]);
      }
    }
  });

  rule("LS5: presence is the set of live connections, the newest of as many as may be", (room) => {
    const live = new Map<string, readonly string[]>();
    const lostAt = new Map<string, number>();
    for (const step of accepted(room)) {
      for (const row of step.after.context.participants) {
        const id = String(row.participantId);
        const had = live.get(id) ?? [];
        const has = connectionsAfter(step, id, had);
        live.set(id, has);
        if (had.length > 0 && has.length === 0) {
          lostAt.set(id, step.stamp.at);
        }
        expect([id, row.connections]).toEqual([id, has]);
        expect([id, isConnected(row)]).toEqual([id, has.length > 0]);
        const wentOffline = step.facts.some(
          ({ type, parts }) =>
            type === "participant.offline" && parts[0]?.fields["participantId"] === id,
        );
        const gone = step.stamp.at - (lostAt.get(id) ?? 0);
        expect([id, !wentOffline || gone >= RECONNECT_MS]).toEqual([id, true]);
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

  rule("LS5: whom a newer connection pushes out is told so, and nobody else", (room) => {
    for (const { facts, before, after, message } of accepted(room)) {
      const isOpening = message.type === "connection.opened";
      const told = facts
        .flatMap(({ standings }) => standings ?? [])
        .flatMap(({ unwatch, connections }) => (unwatch === "superseded" ? connections : []));
      const pushed = before.context.participants.flatMap((row) => {
        const next = rowIn(after, row.participantId)?.connections ?? [];
        return isOpening ? row.connections.filter((each) => !next.includes(each)) : [];
      });
      expect(told).toEqual(pushed);
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

  rule("LS19: attended is the time one was in the class, connected, while it was live", (room) => {
    const attended = new Map<string, number>();
    let live = 0;
    for (const { before, after, stamp } of accepted(room)) {
      const passed = stamp.at - before.context.at;
      const wasLive = LIVE.includes(leafIn(before.state, "phase"));
      live += wasLive ? passed : 0;
      for (const row of before.context.participants) {
        const counts = wasLive && row.status === "admitted" && row.connections.length > 0;
        const id = String(row.participantId);
        attended.set(id, (attended.get(id) ?? 0) + (counts ? passed : 0));
      }
      const { liveMs, liveSince, participants } = after.context;
      expect(liveMs + (liveSince === null ? 0 : stamp.at - liveSince)).toBe(live);
      for (const { participantId: id, attendedMs, attendingSince } of participants) {
        const ms = attendedMs + (attendingSince === null ? 0 : stamp.at - attendingSince);
        expect([id, ms]).toEqual([id, attended.get(id) ?? 0]);
      }
    }
  });
});

describe("seats", () => {
  rule("LS4: reconnecting never loses or duplicates an answer, score, hand or seat", (room) => {
    for (const { before, after, message } of accepted(room)) {
      if (NETWORK.has(message.type)) {
        expect(belongings(after.context)).toEqual(belongings(before.context));
      }
    }
  });

  rule("LS4: whoever comes back has his own seat, with all that he had", (room) => {
    for (const { before, after, message } of accepted(room)) {
      const ids = after.context.participants.map(({ participantId }) => String(participantId));
      const users = after.context.participants.flatMap(({ userId }) => userId ?? []);
      expect([new Set(ids).size, new Set(users).size]).toEqual([ids.length, users.length]);
      const was = before.context.participants.map(({ participantId }) => String(participantId));
      expect(ids.slice(0, was.length)).toEqual(was);
      const { hands } = after.context;
      const raised = hands.filter((each) => rowIn(after, each)?.status === "admitted");
      expect([hands, new Set(hands).size]).toEqual([raised, hands.length]);
      if (RETURNS.has(message.type) || message.type === "participant.leave") {
        expect(ids.length === was.length ? property(after.context) : []).toEqual(
          ids.length === was.length ? property(before.context) : [],
        );
      }
    }
  });

  rule(
    "LS4: whoever comes back is in the group that he was in, and so is everybody else",
    (room) => {
      for (const { before, after, message } of accepted(room)) {
        const isStill = RETURNS.has(message.type) || message.type === "participant.leave";
        const had = placesIn(before.context);
        const has = new Map(placesIn(after.context));
        for (const [id, groupId] of isStill || NETWORK.has(message.type) ? had : []) {
          expect([message.type, id, has.get(id)]).toEqual([message.type, id, groupId]);
        }
      }
    },
  );

  rule("LS4: a return is never refused, nor a second seat", (room) => {
    for (const { after, message, stamp } of accepted(room)) {
      const id = after.standing(stamp.by)?.participantId ?? "";
      const learner = LEARNERS.find((each) => each.id === id);
      if (message.type === "participant.leave" && learner !== undefined) {
        const { by } = learner;
        const back = after.step(joining(learner), { ...stamp, seq: stamp.seq + 1, by });
        const rows = back.kind === "accepted" ? living(back.next).context.participants : [];
        const seats = after.context.participants.map(({ participantId }) => participantId);
        expect(rows.map(({ participantId }) => participantId)).toEqual(seats);
      }
    }
  });

  rule("LS4: nobody has two seats: who has one takes no second", (room) => {
    for (const { before, after, stamp } of accepted(room)) {
      const had = before.standing(stamp.by)?.participantId !== undefined;
      const [was, is] = [before.context.participants.length, after.context.participants.length];
      expect(had ? is : was).toBe(was);
    }
  });

  rule("LS15: while split, groups partition the admitted; recall brings all back", (room) => {
    for (const { after } of accepted(room)) {
      const where = leafIn(after.state, "grouping");
      const placed = placesIn(after.context).map(([id]) => id);
      expect(new Set(placed).size).toBe(placed.length);
      expect((after.context.grouping ?? null) === null).toBe(where === "whole");
      const isSplit = where !== "whole" && where !== "planned";
      const admitted = after.context.participants.filter(({ status }) => status === "admitted");
      const lost = admitted.filter((row) => !placed.includes(row.participantId));
      expect([where, isSplit ? lost : []]).toEqual([where, []]);
      expect(!isSplit || LIVE.includes(leafIn(after.state, "phase"))).toBe(true);
    }
    room.send(HOST, { type: "session.resume" });
    room.send(HOST, { type: "groups.recall" });
    room.pass(90_000);
    // A plan that nobody opened is left where the session never was.
    const where = leafIn(room.living.state, "grouping");
    expect(room.living.over && where === "planned" ? "whole" : where).toBe("whole");
  });

  rule(
    "LS15: who comes late goes to a smallest group, and each move is where it was asked",
    (room) => {
      for (const { before, after, message } of accepted(room)) {
        const [had, has] = [before, after].map(({ context }) => new Map(placesIn(context)));
        const isSplit = ["split", "closing", "merging"].includes(leafIn(before.state, "grouping"));
        const isSame = isSplit && (after.context.grouping ?? null) !== null;
        for (const [id, groupId] of isSame ? (has ?? []) : []) {
          const isMoved = message.type === "groups.move" && message["participantId"] === id;
          const asked = isMoved ? String(message["groupId"]) : had?.get(id);
          const expected = asked ?? smallestIn(before.context, groupId);
          expect([id, groupId]).toEqual([id, String(expected)]);
        }
      }
    },
  );

  rule("LS18: removed cannot act; unbanned can return", (room) => {
    for (const { before, after, message, stamp } of accepted(room)) {
      const id = before.standing(stamp.by)?.participantId;
      const row = before.context.participants.find(({ participantId }) => participantId === id);
      if (row?.status === "removed" || row?.status === "banned") {
        expect(message.type).toBe("connection.opened");
        expect({ ...after.context, at: 0 }).toEqual({ ...before.context, at: 0 });
      }
      if (message.type === "participant.unban" && canBeJoined(after.state)) {
        const learner = LEARNERS.find((each) => each.id === message["participantId"]);
        const back = joining(learner ?? { id: String(message["participantId"]), userId: null });
        const by = learner?.by ?? guest(String(message["participantId"]));
        expect(after.step(back, { ...stamp, seq: stamp.seq + 1, by }).kind).toBe("accepted");
      }
    }
  });

  rule(
    "LS18: who was sent away is told, loses every way in, and returns by others only",
    (room) => {
      for (const { before, after, facts, stepped, message, stamp } of accepted(room)) {
        for (const row of after.context.participants) {
          const was = rowIn(before, row.participantId)?.status ?? row.status;
          const isSent = was !== row.status && AWAY.has(row.status);
          const ends = facts
            .flatMap(({ standings }) => standings ?? [])
            .map((each) => each.unwatch);
          const revoked = stepped.kind === "accepted" ? stepped.effects : [];
          const tokens = revoked.filter(({ type }) => type === "revokeSeat").map((e) => e.params);
          expect([row.status, isSent ? ends : []]).toEqual([
            row.status,
            isSent ? [row.status === "denied" ? "denied" : "removed"] : [],
          ]);
          expect(isSent ? tokens : []).toEqual(
            isSent ? [{ participantId: String(row.participantId) }] : [],
          );
          if (AWAY.has(row.status)) {
            expect([row.connections, row.connection]).toEqual([[], "offline"]);
            expect(after.context.hands.includes(row.participantId)).toBe(false);
          }
          if (AWAY.has(was) && !AWAY.has(row.status)) {
            expect(WAYS_BACK[was] ?? []).toContain(message.type);
            expect(message.type !== "participant.rejoin" || stamp.by.kind === "system").toBe(true);
          }
        }
      }
    },
  );
});

const NETWORK: ReadonlySet<string> = new Set([
  "connection.opened",
  "connection.closed",
  "timer.offline",
]);
const RETURNS: ReadonlySet<string> = new Set(["participant.join", "participant.rejoin"]);
const AWAY: ReadonlySet<string> = new Set(["removed", "banned", "denied"]);
/** Between these one may change without coming back; a ban is lifted, and is not a way in. */
const WAYS_BACK: Readonly<Record<string, readonly string[]>> = {
  removed: ["participant.admit", "participant.rejoin"],
  denied: ["participant.admit", "participant.rejoin"],
  banned: ["participant.unban"],
};

/** Answers, drafts, grades and more time, of everyone: no coming or going touches them. */
function property(context: SessionContext) {
  return {
    rounds: roundsOf(context).map(({ roundId, answers, drafts, grades, terms }) => [
      roundId,
      answers,
      drafts,
      grades,
      terms,
    ]),
    seats: context.participants.map((row) => [
      row.participantId,
      row.userId,
      row.name,
      row.joinedAt,
      row.accommodation,
      row.mark,
    ]),
  };
}

/** Who has his place in which group. */
function placesIn({ grouping }: SessionContext): readonly (readonly [string, string])[] {
  return (grouping?.groups ?? []).flatMap(({ groupId, members }) =>
    members.map((id) => [id, groupId] as const),
  );
}

/** This group, if none had fewer of the admitted. */
function smallestIn({ grouping, participants }: SessionContext, groupId: string) {
  const sizes = (grouping?.groups ?? []).map(({ members, groupId: of }) => ({
    of,
    size: participants.filter(
      (row) => row.status === "admitted" && members.includes(row.participantId),
    ).length,
  }));
  const least = Math.min(...sizes.map(({ size }) => size));
  return sizes.find(({ of, size }) => of === groupId && size === least)?.of;
}

/** What the network must not touch. */
function belongings(context: SessionContext) {
  return {
    ...property(context),
    hands: context.hands,
    standings: context.participants.map((row) => [row.status, row.since, row.wasAdmitted]),
  };
}

/** Who has which connections, told by nothing but openings, closings and goings. */
function connectionsAfter(
  { before, after, message, stamp }: Accepted,
  id: string,
  had: readonly string[],
): readonly string[] {
  const { connectionId } = message;
  const ids = had.filter((each) => each !== connectionId);
  if (!SEATED.includes(rowIn(after, id)?.status ?? "")) {
    return [];
  }
  if (message.type === "connection.closed") {
    return ids;
  }
  const isOwn = message.type === "connection.opened" && isSeat(before, stamp.by, id);
  return isOwn ? [...ids, String(connectionId)].slice(-before.context.settings.devices) : had;
}

function isSeat(before: Told["before"], by: Principal, id: string): boolean {
  return before.standing(by)?.participantId === id;
}

function canBeJoined(state: Told["after"]["state"]): boolean {
  return ["lobby", ...LIVE].includes(leafIn(state, "phase"));
}

function joining({ id, userId }: Pick<Learner, "id" | "userId">) {
  return { type: "participant.join", participantId: id, name: "x", userId };
}
