/** The channels as their pages promise them, to a plain `socket.io-client`. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eventually } from "../support/eventually.ts";
import { type School, openSchool, parsePart } from "../support/school.ts";
import { type Talker, Refused, connect } from "../support/talker.ts";
import { at, factOf, lacking, listAt, teach } from "../support/taught.ts";

let school: School;

beforeAll(async () => {
  school = await openSchool();
}, 60_000);

afterAll(() => school.close(), 30_000);

async function refusedWith(auth: object): Promise<unknown> {
  try {
    (await connect(school.url, auth)).close();
  } catch (error) {
    return error instanceof Refused ? error.data : error;
  }
  return "admitted";
}

function keysOf(value: unknown): string[] {
  return Object.keys(parsePart(value)).toSorted();
}

function factTypes(talker: Talker): unknown[] {
  return talker.of("record").flatMap((record) => record.facts.map((fact) => fact.type));
}

describe("the handshake", () => {
  test("a bad token is connect_error with code unauthenticated", async () => {
    for (const auth of [{}, { token: "" }, { token: "a.b.c" }, { token: 1 }]) {
      expect(await refusedWith(auth)).toMatchObject({ code: "unauthenticated" });
    }
  });

  test("absent v is 1; an unknown one is refused with those supported", async () => {
    const token = await school.tokenOf("north", "teacher");
    const refusal = { code: "unsupported-version", supported: [1] };
    for (const v of [2, "1", null]) {
      expect(await refusedWith({ token, v })).toMatchObject(refusal);
    }
    const talker = await connect(school.url, { token, v: 1 });
    expect(talker.socket.connected).toBe(true);
    talker.close();
  });

  test("polling works as well as WebSocket", async () => {
    const taught = await teach(school);
    const talker = await connect(
      school.url,
      { token: taught.teacher.token },
      { transports: ["polling"] },
    );
    expect((await talker.ask("watch", { actor: taught.actor })).ok).toBe(true);
    talker.close();
  });
});

describe("watch", () => {
  test("is acknowledged with ok, actor, seq, state, can, view and now", async () => {
    const taught = await teach(school);
    const talker = await taught.teacher.talk();
    const answer = await talker.ask("watch", { actor: taught.actor });
    expect(lacking(answer, ["actor", "can", "now", "ok", "seq", "state", "view"])).toEqual([]);
    expect(answer).toMatchObject({ ok: true, actor: taught.actor, view: { role: "host" } });
    expect(answer.now).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    talker.close();
  });

  test("with after: the records missed, and no view; beyond the actor's seq: a view", async () => {
    const taught = await teach(school);
    const talker = await taught.teacher.talk();
    const { actor } = taught;
    const whole = await talker.ask("watch", { actor, after: 0 });
    expect(whole.view).toBeUndefined();
    expect(lacking(whole, ["actor", "can", "now", "ok", "records", "seq", "state"])).toEqual([]);
    expect(keysOf(whole.records[0])).toEqual(["at", "facts", "seq"]);
    expect(whole.records.at(-1)?.seq).toBeLessThanOrEqual(whole.seq);
    const beyond = await talker.ask("watch", { actor, after: 9_999 });
    expect(beyond.ok).toBe(true);
    expect(beyond.records).toBeUndefined();
    expect(at(beyond, "view", "role")).toBe("host");
    const wrong = await talker.ask("watch", { actor, after: -1 });
    expect(wrong.problem).toMatchObject({ code: "invalid", errors: [{ path: "/after" }] });
    talker.close();
  });

  test("every visible record above the acknowledged seq follows, once and in order", async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    const talker = await ada.talk();
    const { seq } = await talker.ask("watch", { actor: taught.actor });
    const roundId = await taught.open("single");
    const sent = await talker.ask("send", {
      ...{ actor: taught.actor, id: "one" },
      command: { type: "answer.submit", roundId, answer: { choice: "a" } },
    });
    expect(lacking(sent, ["can", "duplicate", "facts", "now", "ok", "seq", "state"])).toEqual([]);
    await taught.score(roundId);
    await eventually(() => factTypes(talker).includes("round.scored"));
    const records = talker.of("record");
    for (const record of records) {
      expect(keysOf(record)).toEqual(["actor", "at", "can", "facts", "seq", "state"]);
      expect(record.seq).toBeGreaterThan(seq);
    }
    const seqs = records.map((record) => record.seq);
    expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
    expect(factTypes(talker).filter((type) => type === "answer.submitted")).toHaveLength(1);
    expect(
      factTypes(talker).filter((type) =>
        ["round.opened", "round.closed", "round.locked"].includes(String(type)),
      ),
    ).toHaveLength(3);
    const scored = records
      .flatMap((record) => record.facts)
      .filter((fact) => fact.type === "round.scored");
    expect(scored).toEqual([{ type: "round.scored", roundId }]);
    talker.close();
  });

  test("the same id on another connection, and over HTTP, gives the one result", async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    const roundId = await taught.open("single");
    const command = { type: "answer.submit", roundId, answer: { choice: "b" } };
    const first = await ada.talk();
    const message = { actor: taught.actor, id: "same", command };
    const one = await first.ask("send", message);
    first.close();
    await taught.score(roundId);
    const second = await ada.talk();
    const two = await second.ask("send", message);
    expect(two).toMatchObject({ ok: true, duplicate: true, seq: one.seq, facts: one.facts });
    expect(at(two.state, "activity")).toBe("scored");
    expect(two.can).not.toContain("answer.submit");
    expect(await ada.send(command, "same")).toMatchObject({ duplicate: true, seq: one.seq });
    const reused = await second.ask("send", { ...message, command: { type: "hand.raise" } });
    expect(reused.problem).toMatchObject({ code: "key-reused", status: 422 });
    second.close();
  });

  test('as: "view" sends resets instead of records, the last change always', async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    const talker = await ada.watch({ as: "view" });
    const roundId = await taught.open("single");
    await ada.send({ type: "answer.submit", roundId, answer: { choice: "a" } });
    await taught.score(roundId);
    const last = await eventually(() =>
      talker.of("reset").find((each) => at(each.view, "round", "phase") === "scored"),
    );
    expect(lacking(last, ["actor", "can", "now", "seq", "state", "view"])).toEqual([]);
    expect(talker.of("record")).toEqual([]);
    talker.close();
  });

  test("what is not the viewer's is not-found, on watch and send, also in another school", async () => {
    const taught = await teach(school);
    const tokens = [
      await school.tokenOf("south", "teacher"),
      await school.tokenOf("north", "student2"),
      await school.tokenOf("north", "guardian"),
      await school.tokenOf("north", "teacher2"),
    ];
    for (const token of tokens) {
      const talker = await connect(school.url, { token });
      for (const actor of [taught.actor, "session/none", "nothing"]) {
        const watched = await talker.ask("watch", { actor });
        expect(watched).toMatchObject({ ok: false, problem: { code: "not-found", status: 404 } });
        const sent = await talker.ask("send", { actor, id: "x", command: { type: "hand.raise" } });
        expect(sent).toMatchObject({ ok: false, problem: { code: "not-found" } });
      }
      talker.close();
    }
  });

  test("unwatch ends the records", async () => {
    const taught = await teach(school);
    const talker = await taught.teacher.watch();
    expect(await talker.ask("unwatch", { actor: taught.actor })).toMatchObject({ ok: true });
    const before = talker.of("record").length;
    await taught.teacher.send({ type: "session.pause" });
    await talker.ask("watch", { actor: taught.actor });
    expect(talker.of("record")).toHaveLength(before);
    talker.close();
  });
});

describe("standing", () => {
  test("admitting sends a reset with the whole view; denying sends unwatched", async () => {
    const taught = await teach(school, { settings: { admission: "approval" } });
    const [ada, ben] = [await taught.join("Ada"), await taught.join("Ben")];
    const [first, second] = [await ada.watch(), await ben.watch()];
    const { participantId } = ada;
    await taught.teacher.send({ type: "participant.admit", participantId });
    await taught.teacher.send({ type: "participant.deny", participantId: ben.participantId });
    const reset = await eventually(() => first.of("reset").at(-1));
    expect(reset).toMatchObject({ actor: taught.actor, view: { me: { status: "admitted" } } });
    expect(reset.can).toContain("hand.raise");
    const gone = await eventually(() => second.of("unwatched").at(-1));
    expect(gone).toMatchObject({ actor: taught.actor, reason: "denied" });
    first.close();
    second.close();
  });

  test("removing ends the watch and the tokens, keeps the seat; a pin brings it back", async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    const talker = await ada.watch();
    const { participantId } = ada;
    await taught.teacher.send({ type: "participant.remove", participantId });
    const gone = await eventually(() => talker.of("unwatched").at(-1));
    expect(gone).toMatchObject({ actor: taught.actor, reason: "removed" });
    const rejoin = { code: taught.code, name: "Ada" };
    const taken = await school.ask("POST", "/api/v1/join", { json: rejoin });
    expect(taken.body["code"]).toBe("name-taken");
    const json = { refreshToken: ada.joined["refreshToken"] };
    await eventually(
      async () => (await school.ask("POST", "/api/v1/auth/refresh", { json })).status === 401,
    );
    const path = `/api/v1/sessions/${taught.id}/participants/${participantId}/pin`;
    const { token } = taught.teacher;
    const { body } = await school.ask("POST", path, { token });
    const back = await school.ask("POST", "/api/v1/join", {
      json: { code: taught.code, pin: body["pin"] },
    });
    expect(back.body).toMatchObject({ participantId, status: "admitted" });
    talker.close();
  });

  test("a banned guest cannot return, and open admission becomes approval", async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    const { participantId } = ada;
    await taught.teacher.send({ type: "participant.ban", participantId });
    expect(at(await taught.teacher.view(), "admission")).toBe("approval");
    const token = await school.tokenOf("north", "student");
    const joined = await school.ask("POST", "/api/v1/join", { token, json: { code: taught.code } });
    expect(joined.body["status"]).toBe("waiting");
    const student = { participantId: joined.body["participantId"] };
    await taught.teacher.send({ type: "participant.ban", ...student });
    const again = await school.ask("POST", "/api/v1/join", { token, json: { code: taught.code } });
    expect([again.status, again.body["code"]]).toEqual([403, "banned"]);
    await taught.teacher.send({ type: "participant.unban", ...student });
    const back = await school.ask("POST", "/api/v1/join", { token, json: { code: taught.code } });
    expect([back.status, back.body["status"]]).toEqual([200, "waiting"]);
  });

  test("a second device supersedes the first", async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    const first = await ada.watch();
    await eventually(async () => {
      const rows = listAt(await taught.teacher.view(), "participants");
      return at(rows[0], "connection") === "connected";
    });
    const second = await ada.watch();
    const gone = await eventually(() => first.of("unwatched").at(-1));
    expect(gone).toMatchObject({ actor: taught.actor, reason: "superseded" });
    expect(second.of("unwatched")).toEqual([]);
    first.close();
    second.close();
  });

  test("promotion takes teachers of the school and sends a reset; co-hosts drive but few", async () => {
    const taught = await teach(school);
    const token = await school.tokenOf("north", "teacher2");
    const me = await school.ask("GET", "/api/v1/me", { token });
    const userId = at(me.body, "user", "id");
    const student = await school.ask("GET", "/api/v1/me", {
      token: await school.tokenOf("north", "student"),
    });
    const wrong = await taught.teacher.try({
      type: "participant.promote",
      userId: at(student.body, "user", "id"),
    });
    expect([wrong.status, wrong.body["code"]]).toEqual([409, "cannot-promote"]);
    const promoted = await taught.teacher.send({ type: "participant.promote", userId });
    const coHost = taught.person(token);
    expect(at(await coHost.view(), "role")).toBe("co-host");
    const { can } = await coHost.look();
    expect(can).toContain("round.open");
    for (const type of ["participant.promote", "participant.demote", "session.cancel"]) {
      expect(can).not.toContain(type);
    }
    expect((await coHost.try({ type: "participant.promote", userId })).status).toBe(403);
    await coHost.send({ type: "round.open", stepId: "single" });
    const { participantId } = factOf(promoted, "participant.promoted");
    await taught.teacher.send({ type: "participant.demote", participantId });
    expect((await coHost.try({ type: "hands.clear" })).status).toBe(404);
  });

  test("owners read as hosts, and send accommodation.set and session.end alone", async () => {
    const taught = await teach(school);
    const owner = taught.person(await school.tokenOf("north", "owner"));
    const seen = await owner.look();
    expect(seen["can"]).toEqual(["session.end", "accommodation.set"]);
    expect(at(seen, "view", "lesson")).toBeDefined();
    expect((await owner.try({ type: "session.pause" })).body["code"]).toBe("not-allowed");
    const ended = await owner.send({ type: "session.end" });
    expect(listAt(ended, "facts")).toEqual([{ type: "session.ended", reason: "tenant" }]);
  });
});

describe("messages", () => {
  test("deltas are absolute: answers and presence to all, counts to hosts until reveal", async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    const [host, student] = [await taught.teacher.watch(), await ada.watch()];
    const roundId = await taught.open("single");
    await ada.send({ type: "answer.submit", roundId, answer: { choice: "a" } });
    const { actor } = taught;
    const last = (talker: Talker, of: string) =>
      talker
        .of("delta")
        .filter((delta) => delta.of === of)
        .at(-1);
    await eventually(() => last(host, "answers")?.["answered"] === 1);
    expect(last(host, "answers")).toMatchObject({
      actor,
      of: "answers",
      roundId,
      answered: 1,
      expected: 1,
    });
    await eventually(() => at(last(host, "counts"), "counts", "a") === 1);
    await eventually(() => last(student, "answers")?.["answered"] === 1);
    expect(last(student, "counts")).toBeUndefined();
    await eventually(() => last(host, "presence")?.["connected"] === 1);
    expect(last(host, "presence")).toMatchObject({
      actor,
      of: "presence",
      connected: 1,
      admitted: 1,
    });
    host.close();
    student.close();
  });

  test("a message up to 64 KiB is processed, up to 1 MiB too-large, above that cut", async () => {
    const taught = await teach(school);
    const talker = await taught.teacher.talk();
    const message = (chars: number) => ({
      ...{ actor: taught.actor, id: `${chars}` },
      command: { type: "session.pause", x: "x".repeat(chars) },
    });
    const small = await talker.ask("send", message(60_000));
    expect(small.problem.code).toBe("invalid");
    const large = await talker.ask("send", message(500_000));
    expect(large).toMatchObject({ ok: false, problem: { code: "too-large", status: 413 } });
    expect((await talker.ask("send", message(1))).problem.code).toBe("invalid");
    talker.socket.emit("send", message(1_200_000), () => undefined);
    await eventually(() => talker.ended() !== undefined);
    talker.close();
  });

  test("bad payloads are problems that name the field, and the connection lives", async () => {
    const taught = await teach(school);
    const talker = await taught.teacher.talk();
    const { actor } = taught;
    const send = { actor, id: "1", command: { type: "session.pause" } };
    const cases: readonly (readonly [string, unknown, string])[] = [
      ["watch", { actor, foo: 1 }, "/foo"],
      ["watch", { actor: 1 }, "/actor"],
      ["watch", { actor, as: "nope" }, "/as"],
      ["send", { ...send, extra: 1 }, "/extra"],
      ["send", { actor, id: "1" }, "/command"],
      ["send", { ...send, id: "x".repeat(201) }, "/id"],
      ["send", { ...send, command: { type: "nope" } }, "/type"],
      ["send", { ...send, command: { type: "round.close", roundId: 1 } }, "/roundId"],
      ["unwatch", {}, "/actor"],
      ["authenticate", { token: 1 }, "/token"],
    ];
    for (const [event, payload, path] of cases) {
      const answer = await talker.ask(event, payload);
      expect({
        event,
        answer: answer.problem.code,
        path: at(answer.problem, "errors", 0, "path"),
      }).toEqual({
        ...{ event, answer: "invalid", path },
      });
    }
    const other = await school.tokenOf("north", "student");
    expect((await talker.ask("authenticate", { token: other })).problem.code).toBe("not-allowed");
    expect((await talker.ask("authenticate", { token: "x" })).problem.code).toBe("unauthenticated");
    expect(await talker.ask("authenticate", { token: taught.teacher.token })).toMatchObject({
      ok: true,
    });
    talker.close();
  });
});
