/** Whose page is hidden, and what one finds in his view that was said when he was not there. */
import { describe, expect, test } from "bun:test";
import { iso, open, submit } from "./asking.ts";
import { type Classroom, HOST, P1, P2, liveClass, seenOf } from "./classroom.ts";
import type { Connection } from "../../machines/learning-session/context.ts";
import { SYSTEM } from "../../machines/principal.ts";

function row(room: Classroom, id: string) {
  return room.context.participants.find(({ participantId }) => participantId === id);
}

function drop(room: Classroom, connectionId: string) {
  return room.must(SYSTEM, { type: "connection.closed", connectionId });
}

type Event = "open" | "close" | "hide" | "show" | "wait";

/** Where each event leads from each presence: the whole table. */
const TABLE: Readonly<Record<Connection, Readonly<Record<Event, Connection>>>> = {
  connected: {
    ...{ open: "connected", close: "reconnecting", hide: "away", show: "connected" },
    wait: "connected",
  },
  away: {
    ...{ open: "connected", close: "reconnecting", hide: "away", show: "connected" },
    wait: "away",
  },
  reconnecting: {
    ...{ open: "connected", close: "reconnecting", hide: "reconnecting", show: "reconnecting" },
    wait: "offline",
  },
  offline: {
    ...{ open: "connected", close: "offline", hide: "offline", show: "offline" },
    wait: "offline",
  },
};

const EVENTS: Readonly<Record<Event, (room: Classroom) => unknown>> = {
  open: (room) => room.must(P1, { type: "connection.opened", connectionId: "c-new" }),
  close: (room) => drop(room, "c-p1"),
  hide: (room) => room.must(P1, { type: "presence.set", away: true }),
  show: (room) => room.must(P1, { type: "presence.set", away: false }),
  wait: (room) => room.pass(10_000),
};

const WAYS: Readonly<Record<Connection, readonly Event[]>> = {
  connected: [],
  away: ["hide"],
  reconnecting: ["close"],
  offline: ["close", "wait"],
};

describe("every presence decides every event", () => {
  const cells = Object.entries(TABLE).flatMap(([from, row]) =>
    Object.entries(row).map(([event, to]) => [parseState(from), parseEvent(event), to] as const),
  );

  test.each(cells)("%s, %s: %s; hosts hear of what is new", (from, event, to) => {
    const room = liveClass({ settings: { devices: 2 } });
    for (const way of WAYS[from]) {
      EVENTS[way](room);
    }
    room.pass(1_000);
    const before = room.told.length;

    EVENTS[event](room);

    expect(row(room, "p1")?.connection).toBe(to);
    const heard = room.told.slice(before).flatMap((told) => seenOf(told, HOST));
    expect(heard.map(({ type }) => type)).toEqual(from === to ? [] : [`participant.${to}`]);
  });
});

function parseState(text: string): Connection {
  return text as Connection;
}

function parseEvent(text: string): Event {
  return text as Event;
}

describe("away", () => {
  test("a hidden page is away: hosts hear of it, and the class still waits for his answer", () => {
    const room = liveClass();
    open(room);
    const away = { type: "presence.set", away: true };

    room.must(P1, away);

    expect(room.seen(HOST)).toMatchObject([{ type: "participant.away", participantId: "p1" }]);
    expect(room.seen(P2)).toEqual([]);
    expect(row(room, "p1")?.connection).toBe("away");
    expect(room.view(HOST)).toMatchObject({
      counts: { connected: 3 },
      round: { expected: 3 },
    });
    expect(room.refusal(P1, away)).toMatchObject({
      code: "rate-limited",
      more: { retryAfterMs: 1_000 },
    });
    room.pass(1_000);
    expect(room.must(P1, away)).toEqual([]);
    room.pass(1_000);
    room.must(P1, { type: "presence.set", away: false });
    expect(room.seen(HOST)).toMatchObject([{ type: "participant.connected" }]);
  });

  test("LS5: away is he whose every page is hidden, and a page in sight that goes leaves him so", () => {
    const room = liveClass({ settings: { devices: 2 } });
    room.must(P1, { type: "connection.opened", connectionId: "c-new" });
    const hide = { type: "presence.set", away: true, connectionId: "c-p1" };

    expect(room.must(P1, hide)).toEqual([]);
    expect(row(room, "p1")?.connection).toBe("connected");
    drop(room, "c-new");

    expect(room.seen(HOST)).toMatchObject([{ type: "participant.away" }]);
    room.must(P1, { type: "connection.opened", connectionId: "c-back" });
    expect(room.seen(HOST)).toMatchObject([{ type: "participant.connected" }]);
    drop(room, "c-back");
    drop(room, "c-p1");
    expect(room.seen(HOST)).toMatchObject([{ type: "participant.reconnecting" }]);
    room.must(P1, { type: "connection.opened", connectionId: "c-p1" });
    expect(row(room, "p1")?.connection).toBe("connected");
  });
});

test("LS4: a second device that takes over finds seat, hand, draft and answer as they were", () => {
  const room = liveClass();
  const roundId = open(room);
  room.must(P1, { type: "hand.raise" });
  room.must(P1, { type: "draft.save", roundId, answer: { choice: "a" } });
  submit(room, P2);
  const seen = (): unknown => [P1, P2].map((by) => room.view(by));
  const before = seen();

  for (const { id, by } of [
    { id: "p1", by: P1 },
    { id: "p2", by: P2 },
  ]) {
    room.must(by, { type: "connection.opened", connectionId: `c-${id}-new` });
    drop(room, `c-${id}`);
  }

  expect(seen()).toEqual(before);
});

describe("what was said to one alone", () => {
  test("a nudge is in his view, and in nobody else's, also when he comes later", () => {
    const room = liveClass();
    drop(room, "c-p1");
    room.must(HOST, { type: "participant.nudge", participantId: "p1", text: "You can do it" });
    const at = iso(room.at);
    room.pass(60_000);

    expect(room.view(P1)).toMatchObject({ me: { nudge: { at, text: "You can do it" } } });
    expect(JSON.stringify([P2, HOST].map((by) => room.view(by)))).not.toContain("You can");
    room.must(HOST, { type: "participant.nudge", participantId: "p1" });
    expect(room.view(P1)).toMatchObject({ me: { nudge: { at: iso(room.at), text: null } } });
  });

  test("who was called finds it in his view until he raises his hand again", () => {
    const room = liveClass();
    room.must(P1, { type: "hand.raise" });
    expect(room.view(P1)).toMatchObject({ me: { calledAt: null } });

    room.must(HOST, { type: "hand.call", participantId: "p1" });

    expect(room.view(P1)).toMatchObject({ me: { handPosition: null, calledAt: iso(room.at) } });
    room.must(P1, { type: "hand.raise" });
    expect(room.view(P1)).toMatchObject({ me: { calledAt: null } });
  });

  test("whose hand is not up is not called by pressing twice", () => {
    const room = liveClass();

    expect(room.must(HOST, { type: "hand.call", participantId: "p1" })).toEqual([]);

    expect(room.view(P1)).toMatchObject({ me: { calledAt: null } });
  });
});
