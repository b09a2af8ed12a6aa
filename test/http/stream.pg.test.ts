/** A session as server-sent events: who sees what, without gap or double, and for how long. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { eventually } from "../support/eventually.ts";
import { type Listener, listen } from "../support/listener.ts";
import {
  LESSON,
  type MadeSession,
  type School,
  command,
  itemsOf,
  openLobby,
  openSchool,
  parsePart,
} from "../support/school.ts";

/** More than a `bye`. */
const TAIL_CHARS = 1_000;

let school: School;
let teacher: string;
const open: Listener[] = [];
beforeAll(async () => {
  school = await openSchool();
  teacher = await school.tokenOf("north", "teacher");
});
afterEach(() => open.splice(0).forEach((listener) => listener.close()));
afterAll(() => school.close());

function urlOf(id: string, query = ""): string {
  return `${school.url}/api/v1/sessions/${id}/stream${query}`;
}

async function follow(
  id: string,
  token: string | undefined,
  more: { readonly query?: string; readonly last?: number | string } = {},
): Promise<Listener> {
  const headers = more.last === undefined ? {} : { "last-event-id": String(more.last) };
  const listener = await listen(urlOf(id, more.query), token, headers);
  open.push(listener);
  return listener;
}

interface Seat {
  readonly token: string;
  readonly participantId: string;
}

async function join(session: MadeSession, name: string): Promise<Seat> {
  const { body } = await school.ask("POST", "/api/v1/join", { json: { code: session.code, name } });
  return { token: String(body["accessToken"]), participantId: String(body["participantId"]) };
}

async function seqOf(id: string, token = teacher): Promise<number> {
  return Number((await school.ask("GET", `/api/v1/sessions/${id}`, { token })).body["seq"]);
}

/** The participant's connection as the host sees it. */
async function connectionOf(id: string, participantId: string): Promise<unknown> {
  const { body } = await school.ask("GET", `/api/v1/sessions/${id}`, { token: teacher });
  const people: unknown = parsePart(body["view"])["participants"];
  const found = Array.isArray(people) ? people.map(parsePart) : [];
  return found.find((each) => each["participantId"] === participantId)?.["connection"];
}

/** Records and their facts as HTTP gives them, to compare a stream with. */
async function recordsOf(id: string, token: string, after = 0) {
  const path = `/api/v1/sessions/${id}/records?limit=200&after=${after}`;
  return itemsOf(await school.ask("GET", path, { token }));
}

function bareOf({ document }: Listener["heard"][number]): Readonly<Record<string, unknown>> {
  return { seq: document["seq"], at: document["at"], facts: document["facts"] };
}

function factTypes(listener: Listener): readonly unknown[] {
  return listener.of("record").flatMap(({ document }) => {
    const facts: unknown = document["facts"];
    return Array.isArray(facts) ? facts.map((fact) => parsePart(fact)["type"]) : [];
  });
}

describe("a stream", () => {
  test("begins with the view and goes on with the documents of the channels", async () => {
    const session = await openLobby(school, teacher);
    const listener = await follow(session.id, teacher);
    const view = await eventually(() => listener.heard[0]);
    const seen = await school.ask("GET", `/api/v1/sessions/${session.id}`, { token: teacher });

    const started = await command(school, teacher, session.id, { type: "session.start" });
    const record = await eventually(() => listener.of("record").find(isOf(started["seq"])));

    const actor = `session/${session.id}`;
    expect(listener.status).toBe(200);
    expect(listener.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(listener.headers.get("cache-control")).toBe("no-store");
    expect(listener.headers.get("x-request-id")).toBeString();
    expect(view).toMatchObject({ event: "view", document: { actor, view: { role: "host" } } });
    expect(view.id).toBe(String(view.document["seq"]));
    expect(Object.keys(view.document).sort()).toEqual(
      ["actor", "can", "epoch", "now", "seq", "state", "view"].sort(),
    );
    expect(parsePart(seen.body["view"])["id"]).toBe(session.id);
    expect(record.id).toBe(String(started["seq"]));
    expect(Object.keys(record.document).sort()).toEqual(
      ["actor", "at", "can", "facts", "seq", "state"].sort(),
    );
    expect(record.document).toMatchObject({
      ...{ actor, seq: started["seq"], state: started["state"], can: started["can"] },
      facts: started["facts"],
    });
  });

  test("counts answers and presence in deltas, which have no id", async () => {
    const session = await openLobby(school, teacher);
    const listener = await follow(session.id, teacher);
    const ann = await join(session, "Ann");

    await follow(session.id, ann.token);

    const delta = await eventually(() =>
      listener.of("delta").find(({ document }) => document["connected"] === 1),
    );
    expect(delta.id).toBeUndefined();
    expect(delta.document).toEqual({
      ...{ actor: `session/${session.id}`, of: "presence" },
      ...{ connected: 1, admitted: 1 },
    });
  });

  test("is read by many, each record once and in order", async () => {
    const session = await openLobby(school, teacher);
    const listeners = await Promise.all(
      Array.from({ length: 5 }, () => follow(session.id, teacher)),
    );
    for (const name of ["Ann", "Bob", "Cem", "Dia"]) {
      await join(session, name);
    }
    const last = await seqOf(session.id);

    await eventually(() => listeners.every((each) => each.seqs().at(-1) === last));

    const all = await recordsOf(session.id, teacher);
    for (const listener of listeners) {
      const from = Number(listener.heard[0]?.id);
      expect(listener.of("record").map(bareOf)).toEqual(
        all.filter((each) => Number(each["seq"]) > from),
      );
    }
  });
});

function isOf(seq: unknown): (event: Listener["heard"][number]) => boolean {
  return ({ document }) => document["seq"] === seq;
}

describe("resuming", () => {
  test("with Last-Event-ID: all that was missed and may be seen, then what comes, each once", async () => {
    const session = await openLobby(school, teacher);
    const first = await follow(session.id, teacher);
    await join(session, "Ann");
    const last = await eventually(() => first.seqs().at(-1));
    first.close();
    await join(session, "Bob");
    await command(school, teacher, session.id, { type: "session.start" });

    const second = await follow(session.id, teacher, { last });
    await command(school, teacher, session.id, { type: "session.pause" });
    const end = await seqOf(session.id);
    await eventually(() => second.seqs().at(-1) === end);

    expect(second.heard.find(({ event }) => event !== "delta")?.event).toBe("record");
    expect(second.of("view")).toEqual([]);
    expect(second.of("record").map(bareOf)).toEqual([
      ...(await recordsOf(session.id, teacher, last)),
    ]);
    const missed = second.of("record")[0]?.document;
    expect(missed).toMatchObject({ actor: `session/${session.id}`, can: expect.any(Array) });
    expect(missed?.["state"]).toBeObject();
  });

  test("while the class is busy: the pieces of a torn stream make up the whole", async () => {
    const session = await openLobby(school, teacher);
    const names = Array.from({ length: 24 }, (_, n) => `Student ${n}`);
    const heard: unknown[] = [];
    // Before anybody joins: each of them is heard, and the last piece waits for no more than that.
    const begun = await seqOf(session.id);
    let last = begun;
    const joining = Promise.all(names.map((name) => join(session, name)));

    for (let piece = 0; piece < 8; piece += 1) {
      const listener = await follow(session.id, teacher, { last });
      await eventually(() => listener.of("record").length > 0 || joined(names.length));
      listener.close();
      const records = listener.of("record");
      heard.push(...records.map(bareOf));
      last = Number(records.at(-1)?.id ?? last);
    }
    await joining;
    const rest = await follow(session.id, teacher, { query: `?after=${last}` });
    const end = await seqOf(session.id);
    await eventually(() => (rest.seqs().at(-1) ?? last) === end);
    heard.push(...rest.of("record").map(bareOf));

    expect(heard).toEqual([...(await recordsOf(session.id, teacher, begun))]);

    function joined(count: number): boolean {
      return heard.length >= count;
    }
  });

  test("from beyond the end, or another epoch: the view", async () => {
    const session = await openLobby(school, teacher);

    const beyond = await follow(session.id, teacher, { last: 999_999 });
    const other = await follow(session.id, teacher, { query: "?after=1&epoch=another" });

    await eventually(() => beyond.of("view").length === 1 && other.of("view").length === 1);
    expect([beyond, other].map(({ heard }) => heard[0]?.event)).toEqual(["view", "view"]);
  });

  test("with nothing missed: open, silent, and then the next record", async () => {
    const session = await openLobby(school, teacher);
    const last = await seqOf(session.id);
    const listener = await follow(session.id, teacher, { last, query: "?after=1" });
    await eventually(() => listener.comments() > 0);

    const { seq } = await command(school, teacher, session.id, { type: "session.start" });

    await eventually(() => listener.seqs().includes(Number(seq)));
    expect(listener.of("view")).toEqual([]);
    expect(Math.min(...listener.seqs())).toBeGreaterThan(last);
  });
});

describe("who may see", () => {
  test("a student hears the class's facts and his own, and no host's", async () => {
    const session = await openLobby(school, teacher);
    const ann = await join(session, "Ann");
    const listener = await follow(session.id, ann.token);
    await join(session, "Bob");
    await command(school, teacher, session.id, { type: "code.rotate" });
    await command(school, teacher, session.id, { type: "session.start" });
    const opened = await command(school, teacher, session.id, { type: "round.open", stepId: "s2" });
    await eventually(() => listener.seqs().includes(Number(opened["seq"])));

    const after = Number(listener.of("view")[0]?.id);
    const allowed = await recordsOf(session.id, ann.token, after);
    expect(listener.of("view")[0]?.document).toMatchObject({
      view: { role: "student", me: { name: "Ann" } },
    });
    expect(listener.of("record").map(bareOf)).toEqual([...allowed]);
    expect(factTypes(listener)).not.toContain("code.rotated");
    expect(JSON.stringify(listener.heard)).not.toMatch(/"Bob"|"correct"|joinCode|"explanation"/);
  });

  test("nobody without a token, from another school, another session, or not joined", async () => {
    const session = await openLobby(school, teacher);
    const other = await openLobby(school, teacher);
    const guest = await join(other, "Eve");
    const refused = [
      await follow(session.id, undefined),
      await follow(session.id, "no.real.token"),
      await follow(session.id, await school.tokenOf("south", "teacher")),
      await follow(session.id, await school.tokenOf("north", "student")),
      await follow(session.id, await school.tokenOf("north", "teacher2")),
      await follow(session.id, guest.token),
      await follow("nothing", teacher),
    ];

    expect(refused.map(({ status }) => status)).toEqual([401, 401, 404, 404, 404, 404, 404]);
    expect(refused.map(({ problem }) => problem["code"])).toEqual([
      ...Array<string>(2).fill("unauthenticated"),
      ...Array<string>(5).fill("not-found"),
    ]);
    expect(refused[0]?.headers.get("content-type")).toContain("application/problem+json");
  });

  test("an id that is none of ours, and unknown parameters, are named", async () => {
    const { id } = await openLobby(school, teacher);
    const given = [{ last: "-1" }, { last: "view" }, { query: "?after=x" }, { query: "?cursor=1" }];

    const refused = await Promise.all(given.map((more) => follow(id, teacher, more)));

    expect(refused.map(({ status }) => status)).toEqual([422, 422, 422, 422]);
    const paths = refused.map(({ problem }) => JSON.stringify(problem["errors"]));
    expect(paths.join()).toContain("/last-event-id");
    expect(paths.join()).toContain("/after");
    expect(paths.join()).toContain("/cursor");
  });

  test("who is removed hears so, and the stream ends", async () => {
    const session = await openLobby(school, teacher);
    const ann = await join(session, "Ann");
    const listener = await follow(session.id, ann.token);
    await eventually(() => listener.of("view").length === 1);

    const { participantId } = ann;
    await command(school, teacher, session.id, { type: "participant.remove", participantId });

    await eventually(() => listener.ended());
    expect(listener.heard.at(-1)).toMatchObject({
      event: "unwatched",
      document: { actor: `session/${session.id}`, reason: "removed" },
    });
  });

  test("who is let in begins anew, with a reset", async () => {
    const session = await openLobby(school, teacher);
    const settings = { type: "admission.set", admission: "approval" };
    await command(school, teacher, session.id, settings);
    const ann = await join(session, "Ann");
    const listener = await follow(session.id, ann.token);

    const { participantId } = ann;
    await command(school, teacher, session.id, { type: "participant.admit", participantId });

    const reset = await eventually(() => listener.of("reset")[0]);
    expect(reset.id).toBe(String(reset.document["seq"]));
    expect(reset.document).toMatchObject({ view: { role: "student" } });
  });
});

describe("presence", () => {
  test("a participant is connected while his stream is open, and no longer", async () => {
    const session = await openLobby(school, teacher);
    const ann = await join(session, "Ann");
    const before = await connectionOf(session.id, ann.participantId);

    const listener = await follow(session.id, ann.token);
    await eventually(
      async () => (await connectionOf(session.id, ann.participantId)) === "connected",
    );
    listener.close();

    await eventually(
      async () => (await connectionOf(session.id, ann.participantId)) !== "connected",
    );
    expect(before).toBe("offline");
    const again = await follow(session.id, ann.token);
    await eventually(
      async () => (await connectionOf(session.id, ann.participantId)) === "connected",
    );
    expect(again.status).toBe(200);
  });

  test("HEAD opens nothing", async () => {
    const session = await openLobby(school, teacher);
    const ann = await join(session, "Ann");
    const headers = { authorization: `Bearer ${ann.token}` };

    const answer = await fetch(urlOf(session.id), { method: "HEAD", headers });

    expect([answer.status, await answer.text()]).toEqual([200, ""]);
    expect(await connectionOf(session.id, ann.participantId)).toBe("offline");
  });
});

describe("a slow reader", () => {
  test("is cut, whatever the buffers on the way hold, and the others read on", async () => {
    const steps = ["s1", "s2"].map((id) => {
      return { ...LESSON.steps[0], id, body: `${id} ${"長".repeat(49_000)}` };
    });
    const lesson = { ...LESSON, steps };
    const made = await school.ask("POST", "/api/v1/lessons", { token: teacher, json: lesson });
    const lessonId = made.body["id"];
    const json = { lessonId };
    const { body } = await school.ask("POST", "/api/v1/sessions", { token: teacher, json });
    const id = String(body["id"]);
    await command(school, teacher, id, { type: "session.open-lobby" });
    await command(school, teacher, id, { type: "session.start" });
    const reader = await follow(id, teacher);
    const slow = await deafStream(urlOf(id), teacher);
    const cut = (): boolean => school.log.events.some(({ event }) => event === "stream.slow");

    let presented = 0;
    await eventually(
      async () => {
        presented += 1;
        await command(school, teacher, id, {
          type: "step.present",
          stepId: `s${1 + (presented % 2)}`,
        });
        return cut();
      },
      { withinMs: 30_000 },
    );

    await eventually(() => slow.isOver());
    await eventually(
      () => factTypes(reader).filter((type) => type === "step.presented").length === presented,
    );
    expect(reader.ended()).toBe(false);
    expect(presented).toBeLessThan(150);
  }, 40_000);
});

describe("draining", () => {
  test("all are told before the server goes, also where there is nobody's presence to tell", async () => {
    const going = await openSchool();
    const tara = await going.tokenOf("north", "teacher");
    const owner = await going.tokenOf("north", "owner");
    const { id } = await openLobby(going, tara);
    const url = `${going.url}/api/v1/sessions/${id}/stream`;
    const listeners = await Promise.all([owner, owner].map((token) => listen(url, token)));
    await eventually(() => listeners.every((each) => each.of("view").length === 1));

    await going.close();

    await eventually(() => listeners.every((each) => each.ended()));
    for (const listener of listeners) {
      expect(listener.heard.at(-1)).toMatchObject({
        event: "bye",
        document: { reason: "draining", retryAfterMs: expect.any(Number) },
      });
    }
  });
});

/** Asks for the stream on a bare socket, and reads nothing of it until it is cut. */
async function deafStream(url: string, token: string) {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let isClosed = false;
  let tail = "";
  socket.on("data", (chunk) => {
    tail = `${tail}${chunk.toString()}`.slice(-TAIL_CHARS);
  });
  socket.on("close", () => {
    isClosed = true;
  });
  socket.on("error", () => undefined);
  const asked = [`GET ${pathname} HTTP/1.1`, `Host: ${hostname}`, `Authorization: Bearer ${token}`];
  socket.write([...asked, "\r\n"].join("\r\n"));
  await eventually(() => tail !== "");
  socket.pause();
  return {
    /** Reads again: it was told why, or is cut. */
    isOver: () => {
      socket.resume();
      return isClosed || /event: bye\ndata: {"reason":"slow","retryAfterMs":\d+}/.test(tail);
    },
  };
}
