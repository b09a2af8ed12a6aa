/** A lesson over sockets: who hears what, who is present, and who is told to go. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eventually } from "../support/eventually.ts";
import { type Lesson, openLesson, openRound } from "../support/lesson.ts";
import { type SchoolServer, startSchoolServer } from "../support/server.ts";
import { type Talker, connect } from "../support/talker.ts";

let server: SchoolServer;

beforeAll(async () => {
  server = await startSchoolServer();
}, 60_000);

afterAll(() => server.stop(), 30_000);

function factsOf(talker: Talker, type?: string): readonly { readonly type: string }[] {
  const facts = talker.of("record").flatMap((record) => record.facts);
  return type === undefined ? facts : facts.filter((fact) => fact.type === type);
}

function connectionOf(lesson: Lesson, participantId: string): unknown {
  const { participants } = lesson.room.view;
  const rows = parseRows(participants);
  return rows.find((row) => row.participantId === participantId)?.connection;
}

function parseRows(rows: unknown) {
  return (rows ?? []) as readonly { readonly participantId: string; readonly connection: string }[];
}

function parseFields(fact: unknown) {
  return fact as Readonly<Record<string, unknown>>;
}

describe("presence", () => {
  test("a student's watch is his presence: connected, then reconnecting when the socket goes", async () => {
    const lesson = await openLesson(server);
    const ann = await lesson.guest("Ann");
    const { participantId } = ann;
    const talker = await lesson.talker(ann.client);

    await talker.ask("watch", { actor: lesson.actor });
    await eventually(() => connectionOf(lesson, participantId) === "connected");
    talker.close();

    await eventually(() => connectionOf(lesson, participantId) === "reconnecting");
    lesson.close();
  });

  test("LS5: a stale disconnect never changes presence while another connection lives", async () => {
    const lesson = await openLesson(server, { settings: { devices: 2 } });
    const ann = await lesson.guest("Ann");
    const { participantId } = ann;
    const [old, fresh] = [await lesson.talker(ann.client), await lesson.talker(ann.client)];
    await old.ask("watch", { actor: lesson.actor });
    await fresh.ask("watch", { actor: lesson.actor });
    await eventually(() => connectionOf(lesson, participantId) === "connected");
    const host = await lesson.talker(lesson.teacher);
    await host.ask("watch", { actor: lesson.actor });

    old.close();

    await fresh.ask("send", { actor: lesson.actor, id: "h", command: { type: "hand.raise" } });
    await eventually(() => factsOf(host, "hand.raised").length === 1);
    expect(factsOf(host, "participant.reconnecting")).toEqual([]);
    expect(connectionOf(lesson, participantId)).toBe("connected");
    lesson.close();
    fresh.close();
    host.close();
  });

  test("`unwatch` ends presence, and a watch of the board is none", async () => {
    const lesson = await openLesson(server);
    const ann = await lesson.guest("Ann");
    const talker = await lesson.talker(ann.client);
    await talker.ask("watch", { actor: lesson.actor });
    await eventually(() => connectionOf(lesson, ann.participantId) === "connected");

    await talker.ask("unwatch", { actor: lesson.actor });

    await eventually(() => connectionOf(lesson, ann.participantId) === "reconnecting");
    expect(talker.ended()).toBeUndefined();
    lesson.close();
    talker.close();
  });

  test("one device: the newest wins, and the older is told superseded", async () => {
    const lesson = await openLesson(server);
    const ann = await lesson.guest("Ann");
    const old = await lesson.talker(ann.client);
    await old.ask("watch", { actor: lesson.actor });
    const fresh = await lesson.talker(ann.client);

    await fresh.ask("watch", { actor: lesson.actor });

    await eventually(() => old.of("unwatched").length === 1);
    expect(old.of("unwatched")[0]).toMatchObject({ actor: lesson.actor, reason: "superseded" });
    expect(old.ended()).toBeUndefined();
    await eventually(() => connectionOf(lesson, ann.participantId) === "connected");
    expect(fresh.of("unwatched")).toEqual([]);
    lesson.close();
    old.close();
    fresh.close();
  });
});

describe("away", () => {
  const sayOn = (talker: Talker, actor: string, id: string, away: boolean) =>
    talker.ask("send", { actor, id, command: { type: "presence.set", away } });

  test("LS5: a page that hides says so of its own connection; the other one keeps him here", async () => {
    const lesson = await openLesson(server, { settings: { devices: 2 } });
    const { actor } = lesson;
    const ann = await lesson.guest("Ann");
    const talkers = [await lesson.talker(ann.client), await lesson.talker(ann.client)] as const;
    for (const talker of talkers) {
      await talker.ask("watch", { actor });
    }
    await eventually(() => connectionOf(lesson, ann.participantId) === "connected");

    const first = await sayOn(talkers[0], actor, "hide-1", true);
    const early = await sayOn(talkers[1], actor, "hide-2", true);
    const before = connectionOf(lesson, ann.participantId);
    await eventually(async () => (await sayOn(talkers[1], actor, "hide-3", true)).ok);

    expect([first.ok, first.facts, before]).toEqual([true, [], "connected"]);
    expect(early).toMatchObject({ problem: { code: "rate-limited" } });
    await eventually(() => connectionOf(lesson, ann.participantId) === "away");
    talkers[1].close();
    await eventually(async () => (await sayOn(talkers[0], actor, "show", false)).ok);
    await eventually(() => connectionOf(lesson, ann.participantId) === "connected");
    lesson.close();
    talkers[0].close();
  });

  test("by HTTP it is said of all that he has open, and a resend on another door is the same", async () => {
    const lesson = await openLesson(server);
    const { actor } = lesson;
    const ann = await lesson.guest("Ann");
    const talker = await lesson.talker(ann.client);
    await talker.ask("watch", { actor });
    await eventually(() => connectionOf(lesson, ann.participantId) === "connected");
    const command = { type: "presence.set", away: true };

    const said = await ann.client.http.post<{ readonly seq: number }>(
      `/sessions/${lesson.id}/commands`,
      command,
      { key: "hide" },
    );
    const again = await sayOn(talker, actor, "hide", true);

    await eventually(() => connectionOf(lesson, ann.participantId) === "away");
    expect(again).toMatchObject({ ok: true, duplicate: true, seq: said.seq });
    lesson.close();
    talker.close();
  });
});

describe("audiences", () => {
  test("LS11: an answer reaches hosts and its student, and no other student", async () => {
    const lesson = await openLesson(server);
    const [ann, bob] = [await lesson.guest("Ann"), await lesson.guest("Bob")];
    const host = await lesson.talker(lesson.teacher);
    const talkers = [await lesson.talker(ann.client), await lesson.talker(bob.client)] as const;
    for (const talker of [host, ...talkers]) {
      await talker.ask("watch", { actor: lesson.actor });
    }
    const roundId = await openRound(lesson);

    const answer = await talkers[0].ask("send", {
      actor: lesson.actor,
      id: "answer-1",
      command: { type: "answer.submit", roundId, answer: { choice: "b" } },
    });
    await lesson.room.send({ type: "round.close", roundId });

    await eventually(() => talkers.every((each) => factsOf(each, "round.scored").length === 1));
    expect(answer).toMatchObject({ ok: true, duplicate: false });
    expect(factsOf(host, "answer.submitted")).toHaveLength(1);
    expect(factsOf(talkers[0], "answer.submitted")).toHaveLength(1);
    const bobHeard = JSON.stringify(talkers[1].heard);
    expect(bobHeard).not.toContain("answer.submitted");
    expect(bobHeard).not.toContain(ann.participantId);
    expect(bobHeard).not.toContain("Ann");
    expect(bobHeard).not.toContain('"correct"');
    lesson.close();
    for (const talker of [host, ...talkers]) {
      talker.close();
    }
  });

  test("LS11: a moderated question reaches the class once a host has pinned it, without its author", async () => {
    const lesson = await openLesson(server);
    const [ann, bob] = [await lesson.guest("Ann"), await lesson.guest("Bob")];
    const host = await lesson.talker(lesson.teacher);
    const talkers = [await lesson.talker(ann.client), await lesson.talker(bob.client)] as const;
    for (const talker of [host, ...talkers]) {
      await talker.ask("watch", { actor: lesson.actor });
    }
    const { actor } = lesson;
    const asked = { type: "question.ask", text: "Why is the sea salt?" };
    await talkers[0].ask("send", { actor, id: "ask-1", command: asked });
    await eventually(() => factsOf(host, "question.asked").length === 1);
    const questionId = String(parseFields(factsOf(host, "question.asked")[0])["questionId"]);
    const upvote = { type: "question.upvote", questionId };
    const early = await talkers[1].ask("send", { actor, id: "vote-1", command: upvote });
    const before = JSON.stringify(talkers[1].of("record"));

    await lesson.room.send({ type: "question.pin", questionId });
    await eventually(() => factsOf(talkers[1], "question.pinned").length === 1);
    const voted = await talkers[1].ask("send", { actor, id: "vote-2", command: upvote });
    const clap = { type: "reaction.send", emoji: "clap" };
    await talkers[0].ask("send", { actor, id: "clap-1", command: clap });

    await eventually(() => JSON.stringify(talkers[1].heard).includes('{"clap":1}'));
    expect([early, voted]).toMatchObject([{ problem: { code: "invalid" } }, { ok: true }]);
    expect(before).not.toContain(questionId);
    expect(JSON.stringify(talkers[1].heard)).not.toContain(ann.participantId);
    expect(factsOf(talkers[1], "reaction.sent")).toEqual([]);
    lesson.close();
    for (const talker of [host, ...talkers]) {
      talker.close();
    }
  });

  test("another tenant's teacher, with the same address and password, finds nothing", async () => {
    const lesson = await openLesson(server);
    const token = await server.signIn(server.schools[1], "teacher");
    const stranger = await connect(server.url, { token });

    const watched = await stranger.ask("watch", { actor: lesson.actor });
    const sent = await stranger.ask("send", {
      actor: lesson.actor,
      id: "s",
      command: { type: "session.end" },
    });
    await openRound(lesson);

    expect([watched.problem.code, sent.problem.code]).toEqual(["not-found", "not-found"]);
    expect(stranger.heard).toEqual([]);
    lesson.close();
    stranger.close();
  });

  test("`state` and `can` of a record are those of its own seq and of its viewer", async () => {
    const lesson = await openLesson(server);
    const ann = await lesson.guest("Ann");
    const talker = await lesson.talker(ann.client);
    await talker.ask("watch", { actor: lesson.actor });

    const roundId = await openRound(lesson);
    await lesson.room.send({ type: "round.close", roundId });

    await eventually(() => factsOf(talker, "round.closed").length === 1);
    const [opened, closed] = ["round.opened", "round.closed"].map((type) =>
      talker.of("record").find((record) => record.facts.some((fact) => fact.type === type)),
    );
    expect(opened?.can).toContain("answer.submit");
    expect(opened?.can).not.toContain("round.close");
    expect(JSON.stringify(opened?.state)).toContain("open");
    expect(opened?.state).not.toEqual(closed?.state);
    lesson.close();
    talker.close();
  });
});

describe("standings", () => {
  test("who is admitted gets a reset with the whole view; before, only what is his own", async () => {
    const lesson = await openLesson(server, { settings: { admission: "approval" } });
    const ann = await lesson.guest("Ann");
    const talker = await lesson.talker(ann.client);
    const waiting = await talker.ask("watch", { actor: lesson.actor });
    await openRound(lesson);

    await lesson.room.send({
      type: "participant.admit",
      participantId: ann.participantId,
    });

    await eventually(() => talker.of("reset").length === 1);
    expect(waiting.view["round"]).toBeUndefined();
    expect(factsOf(talker, "round.opened")).toEqual([]);
    expect(talker.of("reset")[0]?.view["round"]).toMatchObject({ phase: "open" });
    expect(talker.of("reset")[0]?.can).toContain("answer.submit");
    lesson.close();
    talker.close();
  });

  test("who is removed is told so, hears nothing more, and cannot come back", async () => {
    const lesson = await openLesson(server);
    const [ann, bob] = [await lesson.guest("Ann"), await lesson.guest("Bob")];
    const [talker, other] = [await lesson.talker(ann.client), await lesson.talker(bob.client)];
    await talker.ask("watch", { actor: lesson.actor });
    await other.ask("watch", { actor: lesson.actor });

    await lesson.room.send({ type: "participant.remove", participantId: ann.participantId });
    await eventually(() => talker.of("unwatched").length === 1);
    await openRound(lesson);

    await eventually(() => factsOf(other, "round.opened").length === 1);
    expect(talker.of("unwatched")[0]?.reason).toBe("removed");
    expect(factsOf(talker, "round.opened")).toEqual([]);
    expect(other.of("unwatched")).toEqual([]);
    lesson.close();
    talker.close();
    other.close();
  });
});

describe("delta", () => {
  test("live counters are absolute, at most five a second, the last always sent", async () => {
    const lesson = await openLesson(server);
    const host = await lesson.talker(lesson.teacher);
    await host.ask("watch", { actor: lesson.actor });
    const guests = await Promise.all(
      Array.from({ length: 12 }, (_, n) => lesson.guest(`Guest ${n}`)),
    );
    const talkers = await Promise.all(guests.map((guest) => lesson.talker(guest.client)));
    await Promise.all(talkers.map((talker) => talker.ask("watch", { actor: lesson.actor })));
    const roundId = await openRound(lesson);

    const command = { type: "answer.submit", roundId, answer: { choice: "a" } };
    await Promise.all(
      talkers.map((talker, n) => talker.ask("send", { actor: lesson.actor, id: `a${n}`, command })),
    );

    const answered = () => host.of("delta").filter((delta) => delta.of === "answers");
    await eventually(() => answered().at(-1)?.["answered"] === 12);
    expect(answered().at(-1)).toMatchObject({ roundId, answered: 12, expected: 12 });
    expect(answered().length).toBeLessThan(8);
    expect(talkers[0]?.of("delta").some((delta) => delta.of === "counts")).toBe(false);
    expect(host.of("delta").some((delta) => delta.of === "counts")).toBe(true);
    lesson.close();
    for (const talker of [host, ...talkers]) {
      talker.close();
    }
  });
});
