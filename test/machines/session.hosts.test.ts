/** Hosts by example: who drives, who is lost, and who follows. */
import { describe, expect, test } from "bun:test";
import { COHOST, Classroom, HOST, P1, liveClass, user } from "./classroom.ts";
import { open } from "./asking.ts";
import { SYSTEM } from "../../machines/principal.ts";
import { leafIn } from "./state.ts";

function row(room: Classroom, id: string) {
  return room.context.participants.find(({ participantId }) => participantId === id);
}

function drop(room: Classroom, connectionId: string) {
  return room.must(SYSTEM, { type: "connection.closed", connectionId });
}

function phase(room: Classroom): string {
  return leafIn(room.living.state, "phase");
}

function hostState(room: Classroom): string {
  return leafIn(room.living.state, "host");
}

function joining(fields: Record<string, string | null> = {}) {
  return { type: "participant.join", participantId: "p9", name: "Nina", userId: null, ...fields };
}

function on(participantId: string, type: string) {
  return { type: `participant.${type}`, participantId };
}

describe("hosts", () => {
  test("a host who never connected is absent, and nothing follows", () => {
    const room = new Classroom();
    room.must(HOST, { type: "session.open-lobby" });
    room.must(HOST, { type: "session.start" });

    room.pass(600_000);

    expect([hostState(room), phase(room)]).toEqual(["absent", "running"]);
  });

  test("LS16: lost after two minutes of grace, the lesson pauses, and goes on when he is back", () => {
    const room = liveClass();
    open(room);
    drop(room, "c-t1");
    expect(room.seen(P1)).toMatchObject([{ type: "host.changed", host: { presence: "grace" } }]);

    room.pass(30_000);
    room.must(HOST, { type: "hands.clear" });
    room.pass(119_999);
    expect(hostState(room)).toBe("grace");
    open(room);
    room.pass(120_000);
    expect(room.seen(P1)).toMatchObject([
      { type: "host.changed", host: { presence: "lost" } },
      { type: "session.paused", reason: "host-lost" },
    ]);
    room.must(HOST, { type: "connection.opened", connectionId: "c-back" });

    expect(room.seen(P1)).toMatchObject([
      { type: "host.changed", host: { presence: "present" } },
      { type: "session.resumed" },
    ]);
    expect(phase(room)).toBe("running");
  });

  test("a host's own pause outlasts his absence", () => {
    const room = liveClass();
    room.must(HOST, { type: "session.pause" });
    drop(room, "c-t1");
    room.pass(120_000);

    room.must(HOST, { type: "connection.opened", connectionId: "c-back" });

    expect(phase(room)).toBe("paused");
  });

  test("it need not pause; a command of his is a sign of life", () => {
    const room = liveClass({ settings: { pauseWhenHostLost: false } });
    drop(room, "c-t1");
    room.pass(120_000);
    expect([hostState(room), phase(room)]).toEqual(["lost", "running"]);

    room.must(HOST, { type: "hands.clear" });

    expect(hostState(room)).toBe("grace");
  });

  test("lost while a co-host is there: he becomes host, and nothing pauses", () => {
    const room = liveClass();
    room.must(HOST, { type: "participant.promote", userId: "t2", name: "T2", role: "teacher" });
    drop(room, "c-t1");
    room.must(COHOST, { type: "connection.opened", connectionId: "c-t2" });
    expect(hostState(room)).toBe("grace");

    room.pass(120_000);

    expect([hostState(room), phase(room)]).toEqual(["present", "running"]);
    expect(room.standing(COHOST)?.role).toBe("host");
    expect(room.standing(HOST)?.role).toBe("co-host");
  });

  test("a co-host who comes when the host is lost becomes host", () => {
    const room = liveClass();
    room.must(HOST, { type: "participant.promote", userId: "t2", name: "T2", role: "teacher" });
    drop(room, "c-t1");
    room.pass(120_000);

    room.must(COHOST, { type: "connection.opened", connectionId: "c-t2" });

    expect([hostState(room), phase(room)]).toEqual(["present", "running"]);
    expect(room.standing(COHOST)?.role).toBe("host");
  });

  test("the last connected co-host demoted leaves grace behind", () => {
    const room = liveClass();
    room.must(HOST, { type: "participant.promote", userId: "t2", name: "T2", role: "teacher" });
    room.must(COHOST, { type: "connection.opened", connectionId: "c-t2" });
    drop(room, "c-t1");
    expect(hostState(room)).toBe("present");

    room.must(HOST, on("t2", "demote"));

    expect(hostState(room)).toBe("grace");
    expect(room.standing(COHOST)).toBeUndefined();
  });

  test("promoted out of the class, and back into it", () => {
    const room = liveClass();
    const promote = { type: "participant.promote", userId: "s3", name: "Name-p3", role: "teacher" };
    const promoted = user("s3", "teacher");

    const [up] = room.must(HOST, promote);
    expect(up?.standings).toMatchObject([{ who: { userId: "s3" }, standing: { role: "co-host" } }]);
    expect(room.standing(promoted)?.role).toBe("co-host");
    expect(row(room, "p3")?.connection).toBe("offline");
    expect(room.verdict(promoted, { type: "session.cancel" })).toBe("not-allowed");
    expect(room.verdict(promoted, promote)).toBe("not-allowed");
    expect(room.verdict(HOST, promote)).toBe("cannot-promote");
    const [down] = room.must(HOST, on("p3", "demote"));

    expect(down?.standings).toMatchObject([{ standing: { role: "student" } }]);
    expect(row(room, "p3")?.connection).toBe("connected");
    expect(room.verdict(HOST, on("p3", "demote"))).toBe("invalid");
  });

  test("an owner who is a co-host no more goes on watching", () => {
    const room = liveClass();
    room.must(HOST, { type: "participant.promote", userId: "o1", name: "O", role: "owner" });

    const [fact] = room.must(HOST, on("o1", "demote"));

    expect(fact?.standings).toMatchObject([{ standing: { role: "overseer", audience: "hosts" } }]);
    expect(room.standing(user("o1", "owner"))).toEqual({
      role: "overseer",
      audience: "hosts",
      since: 0,
    });
  });

  test("a host who no longer teaches at the school is a stranger, and his word no host's", () => {
    const room = liveClass();
    const former = user("t1", "student");

    expect(room.standing(HOST)?.role).toBe("host");
    expect(room.standing(former)).toBeUndefined();
    expect(room.verdict(former, { type: "session.pause" })).not.toBe("accepted");
    room.must(former, joining({ participantId: "p9", userId: "t1" }));
    expect(room.standing(former)?.role).toBe("student");
    room.must(former, { type: "connection.opened", connectionId: "c-former" });
    expect(row(room, "p9")?.connections).toEqual(["c-former"]);
  });

  test("only staff can be promoted, and nobody who was banned", () => {
    const room = liveClass();
    room.must(HOST, on("p3", "ban"));
    const promote = { type: "participant.promote", userId: "s3", name: "x" };

    expect(room.verdict(HOST, { ...promote, role: "student" })).toBe("cannot-promote");
    expect(room.verdict(HOST, promote)).toBe("cannot-promote");
    expect(room.verdict(HOST, { ...promote, role: "teacher" })).toBe("cannot-promote");
  });
});
