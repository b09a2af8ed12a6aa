/** The life of a stream: its limits, its token, its end, and the presence that it is. */
import { afterEach, describe, expect, test } from "bun:test";
import { type Address, actorName } from "../../actors/address.ts";
import { parseActorId, parseParticipantId } from "../../machines/ids.ts";
import { sessionMachine } from "../../machines/learning-session/machine.ts";
import { type Principal, SYSTEM } from "../../machines/principal.ts";
import type { Grant } from "../../src/auth/tokens.ts";
import { systemClock } from "../../src/platform.ts";
import { type Door, TEACHER, TENANT, asGuest, openDoor } from "../support/door.ts";
import { eventually } from "../support/eventually.ts";
import { type Noted, note } from "../support/listener.ts";

const ANN: Principal = { kind: "guest", participantId: parseParticipantId("ann") };
const SESSION: Address = { tenantId: TENANT, kind: "session", id: parseActorId("lesson") };

let door: Door;
afterEach(() => door.close());

interface Held {
  readonly body: ReadableStream<Uint8Array>;
  readonly abort: AbortController;
}

interface More {
  readonly grant?: Partial<Grant>;
  readonly expiresInMs?: number;
  readonly after?: number;
}

async function ask(actor: string, more: More = {}) {
  const token = await door.token(more.grant);
  const verified = await door.tokens.verify(token);
  if (verified === undefined) {
    throw new Error("expected a token of ours");
  }
  const { expiresInMs } = more;
  const expiry = expiresInMs === undefined ? {} : { expiresAt: systemClock.now() + expiresInMs };
  const abort = new AbortController();
  const opened = await door.channels.stream({
    holder: { caller: { ...verified, ...expiry }, token },
    asked: { actor, ...(more.after === undefined ? {} : { after: more.after }) },
    signal: abort.signal,
  });
  return { opened, abort };
}

/** A stream that nobody reads yet. */
async function hold(actor: string, more: More = {}): Promise<Held> {
  const { opened, abort } = await ask(actor, more);
  if (!opened.ok) {
    throw new Error(`expected a stream, found ${JSON.stringify(opened.problem)}`);
  }
  return { body: opened.body, abort };
}

function read(body: ReadableStream<Uint8Array>): Noted {
  const noted: Noted = { heard: [], comments: 0, ended: false };
  void note(body, noted);
  return noted;
}

async function follow(actor: string, more: More = {}): Promise<Noted & Pick<Held, "abort">> {
  const { body, abort } = await hold(actor, more);
  return Object.assign(read(body), { abort });
}

async function add(actor: string, times: number): Promise<void> {
  const [, id = ""] = actor.split("/");
  const address: Address = { tenantId: TENANT, kind: "session", id: parseActorId(id) };
  for (let n = 0; n < times; n += 1) {
    const message = { type: "add", n: 1 };
    await door.runtime.send(address, { by: TEACHER, message, rank: "host" });
  }
}

describe("limits", () => {
  test("so many streams a person, and so many a node; a closed one makes room", async () => {
    door = await openDoor({ limits: { streamsPerPrincipalMax: 2, streamsMax: 3 } });
    const actor = await door.born();
    const first = await follow(actor);
    await follow(actor);
    await follow(actor, { grant: asGuest("ann", actor) });

    const third = (await ask(actor)).opened;
    const fourth = (await ask(actor, { grant: asGuest("bob", actor) })).opened;
    first.abort.abort();
    const then = (await ask(actor)).opened;

    expect(third).toMatchObject({
      problem: { status: 429, code: "rate-limited", retryAfterMs: expect.any(Number) },
    });
    expect(fourth).toMatchObject({
      problem: { status: 503, code: "busy", retryAfterMs: expect.any(Number) },
    });
    expect([then.ok, door.channels.streams()]).toEqual([true, 3]);
  });

  test("what was refused or unknown leaves nothing open", async () => {
    door = await openDoor({ limits: { streamsPerPrincipalMax: 1 } });
    const actor = await door.born();
    for (let n = 0; n < 3; n += 1) {
      expect((await ask("session/nothing")).opened).toMatchObject({ problem: { status: 404 } });
    }

    expect(door.channels.streams()).toBe(0);
    expect((await ask(actor)).opened.ok).toBe(true);
  });

  test("a client that went before its stream began leaves nothing open", async () => {
    door = await openDoor();
    const actor = await door.born();
    const token = await door.token();
    const caller = await door.tokens.verify(token);
    const abort = new AbortController();
    if (caller === undefined) {
      throw new Error("expected a token of ours");
    }

    const signal = abort.signal;
    const opening = door.channels.stream({ holder: { caller, token }, asked: { actor }, signal });
    abort.abort();

    expect(await opening).toMatchObject({ ok: false });
    expect(door.channels.streams()).toBe(0);
  });

  test("heartbeats come by themselves", async () => {
    door = await openDoor({ limits: { heartbeatMs: 10 } });
    const stream = await follow(await door.born());

    await eventually(() => stream.comments >= 3);

    expect(stream.heard.map(({ event }) => event)).toEqual(["view"]);
  });
});

describe("a slow reader", () => {
  const unreadBytesMax = 8_192;

  test("is told so once it left too much unread, and loses nothing before", async () => {
    door = await openDoor({ limits: { unreadBytesMax } });
    const actor = await door.born();
    const { body } = await hold(actor);
    const others = await follow(actor, { grant: asGuest("bob", actor) });
    await eventually(async () => {
      await add(actor, 10);
      return door.channels.streams() === 1;
    });

    const slow = read(body);

    await eventually(() => slow.ended);
    const seqs = slow.heard.flatMap(({ id }) => (id === undefined ? [] : [Number(id)]));
    const bytes = JSON.stringify(slow.heard).length;
    expect(slow.heard.at(-1)).toMatchObject({
      event: "bye",
      document: { reason: "slow", retryAfterMs: expect.any(Number) },
    });
    expect(seqs).toEqual(seqs.map((_, n) => n + 1));
    expect(seqs.length).toBeGreaterThan(10);
    expect(bytes).toBeLessThan(unreadBytesMax * 2);
    await eventually(() => others.heard.length > seqs.length);
    expect(others.ended).toBe(false);
  });

  test("is cut when it does not read that either", async () => {
    door = await openDoor({ limits: { unreadBytesMax, slowByeMs: 10 } });
    const actor = await door.born();
    const { body } = await hold(actor);
    const reader = body.getReader();
    let cut: unknown;
    reader.closed.catch((error: unknown) => {
      cut = error;
    });

    await eventually(async () => {
      await add(actor, 10);
      return cut !== undefined;
    });

    expect(String(cut)).toContain("nobody reads");
    expect(door.channels.streams()).toBe(0);
    expect(door.log.events.map(({ event }) => event)).toContain("stream.slow");
  });

  test("a backlog that is larger than that is no reader's fault", async () => {
    door = await openDoor({ limits: { unreadBytesMax } });
    const actor = await door.born();
    await add(actor, 200);
    const { body } = await hold(actor, { after: 0 });
    await add(actor, 3);

    const stream = read(body);

    await eventually(() => stream.heard.length === 204);
    expect(stream.ended).toBe(false);
  });
});

describe("the end", () => {
  test("a token that expired: bye, after the time of grace", async () => {
    door = await openDoor({ limits: { expiryGraceMs: 40 } });
    const actor = await door.born();
    const from = systemClock.now();
    const stream = await follow(actor, { expiresInMs: 20 });

    await eventually(() => stream.ended);

    expect(stream.heard.at(-1)).toMatchObject({ event: "bye", document: { reason: "expired" } });
    expect(systemClock.now() - from).toBeGreaterThanOrEqual(60);
  });

  test("a token that was revoked: bye, soon", async () => {
    const revoked = new Set<string>();
    door = await openDoor({ limits: { verifyEveryMs: 10 }, revoked });
    const actor = await door.born();
    const stream = await follow(actor, { grant: { family: "f9" } });
    const other = await follow(actor);

    revoked.add("f9");
    door.tokens.forget(TENANT);

    await eventually(() => stream.ended);
    expect(stream.heard.at(-1)).toMatchObject({ event: "bye", document: { reason: "expired" } });
    expect(other.ended).toBe(false);
  });

  test("draining: bye with a time to come back, and no new streams", async () => {
    door = await openDoor();
    const actor = await door.born();
    const stream = await follow(actor);

    await door.channels.close({ reason: "draining" });

    await eventually(() => stream.ended);
    expect(stream.heard.at(-1)).toEqual({
      ...{ event: "bye", id: undefined },
      document: { reason: "draining", retryAfterMs: 1_000 },
    });
    expect((await ask(actor)).opened).toMatchObject({ problem: { status: 503, code: "draining" } });
  });
});

describe("presence", () => {
  async function openLobby(): Promise<void> {
    door = await openDoor({ machine: sessionMachine, limits: { compareEveryMs: 20 } });
    const birth = {
      ...{ type: "session.create", title: "T", language: "en", lessonId: "l1", steps: [] },
      ...{ joinCode: "BCDFGH", startsAt: null, settings: {} },
      host: { userId: TEACHER.userId, name: TEACHER.name },
    };
    await door.runtime.birth(SESSION, birth, TEACHER);
    const message = { type: "session.open-lobby" };
    await door.runtime.send(SESSION, { by: TEACHER, message, rank: "host" });
    const join = { type: "participant.join", participantId: "ann", name: "Ann", userId: null };
    await door.runtime.send(SESSION, { by: ANN, message: join, rank: "class" });
  }

  async function connections(): Promise<readonly string[]> {
    const look = await door.runtime.look(SESSION);
    return (look?.living.connections() ?? []).map(({ connectionId }) => connectionId);
  }

  test("C20: a stream is one of the connections that are here: it is not closed as stale", async () => {
    await openLobby();
    const grant = asGuest("ann", actorName(SESSION));
    const stream = await follow(actorName(SESSION), { grant });
    const [own = ""] = await eventually(async () => {
      const found = await connections();
      return found.length === 1 && found;
    });
    const stale = { type: "connection.opened", connectionId: "boot1.999" };
    await door.runtime.send(SESSION, { by: TEACHER, message: stale, rank: "system" });

    await eventually(async () => !(await connections()).includes("boot1.999"));

    expect(await connections()).toEqual([own]);
    expect(stream.ended).toBe(false);
  });

  test("C20: a stream that the session believes dead is opened again", async () => {
    await openLobby();
    await follow(actorName(SESSION), { grant: asGuest("ann", actorName(SESSION)) });
    const [connectionId = ""] = await eventually(async () => {
      const found = await connections();
      return found.length === 1 && found;
    });

    const message = { type: "connection.closed", connectionId };
    await door.runtime.send(SESSION, { by: SYSTEM, message, rank: "system" });

    await eventually(async () => (await connections()).includes(connectionId));
  });

  test("ends with the reader, and with the node", async () => {
    await openLobby();
    const grant = asGuest("ann", actorName(SESSION));
    const { body } = await hold(actorName(SESSION), { grant });
    await eventually(async () => (await connections()).length === 1);

    await body.cancel();
    await eventually(async () => (await connections()).length === 0);
    await follow(actorName(SESSION), { grant });
    await eventually(async () => (await connections()).length === 1);
    await door.channels.close({ reason: "draining" });

    expect(await connections()).toEqual([]);
  });

  test("a student's second device takes the place of the first, be it a stream or a socket", async () => {
    await openLobby();
    const actor = actorName(SESSION);
    const grant = asGuest("ann", actor);
    const stream = await follow(actor, { grant });
    await eventually(async () => (await connections()).length === 1);

    const talker = await door.connect(grant);
    await talker.ask("watch", { actor });

    await eventually(async () => (await connections()).length === 1 && stream.ended);
    expect(stream.heard.at(-1)).toMatchObject({
      event: "unwatched",
      document: { actor, reason: "superseded" },
    });
    talker.close();
  });
});
