/** How sessions learn which connections are open, also when the store or another node was wrong. */
import { afterEach, describe, expect, test } from "bun:test";
import { type Address, actorName } from "../../actors/address.ts";
import type { ChannelLimits } from "../../src/channels/limits.ts";
import type { Runtime } from "../../actors/runtime.ts";
import { StoreUnreachable } from "../../actors/store.ts";
import { parseActorId, parseParticipantId } from "../../machines/ids.ts";
import { sessionMachine } from "../../machines/learning-session/machine.ts";
import { type Principal, SYSTEM } from "../../machines/principal.ts";
import { type Door, TEACHER, TENANT, asGuest, openDoor } from "../support/door.ts";
import { eventually } from "../support/eventually.ts";
import type { Talker } from "../support/talker.ts";
import { misbehaving } from "../support/nodes.ts";

const ANN: Principal = { kind: "guest", participantId: parseParticipantId("ann") };
const SESSION: Address = { tenantId: TENANT, kind: "session", id: parseActorId("lesson") };

let door: Door;

afterEach(() => door.close());

/** The messages that reached the runtime, and how many more of them the store shall fail. */
function listening(
  fails: { times: number },
  heard: string[],
  gate: Promise<void> = Promise.resolve(),
): (runtime: Runtime) => Runtime {
  return (runtime) =>
    misbehaving(runtime, {
      send: async (address, incoming) => {
        const { type } = incoming.message;
        if (type.startsWith("connection.")) {
          heard.push(type);
          await gate;
          if (fails.times > 0) {
            fails.times -= 1;
            throw new StoreUnreachable("away");
          }
        }
        return runtime.send(address, incoming);
      },
    });
}

async function connections(): Promise<readonly string[]> {
  const look = await door.runtime.look(SESSION);
  return (look?.living.connections() ?? []).map(({ connectionId }) => connectionId);
}

/** A lobby in which Ann has a seat and is connected. */
async function openLobby(
  through?: (runtime: Runtime) => Runtime,
  limits: Partial<ChannelLimits> = { compareEveryMs: 50 },
): Promise<Talker> {
  door = await openDoor({
    machine: sessionMachine,
    limits,
    ...(through === undefined ? {} : { through }),
  });
  const birth = {
    ...{ type: "session.create", title: "T", language: "en", lessonId: "l1", steps: [] },
    ...{ joinCode: "BCDFGH", startsAt: null, settings: {} },
    host: { userId: TEACHER.userId, name: TEACHER.name },
  };
  await door.runtime.birth(SESSION, birth, TEACHER);
  const openLobby = { by: TEACHER, message: { type: "session.open-lobby" }, rank: "host" } as const;
  await door.runtime.send(SESSION, openLobby);
  const join = { type: "participant.join", participantId: "ann", name: "Ann", userId: null };
  await door.runtime.send(SESSION, { by: ANN, message: join, rank: "class" });
  return watching();
}

async function watching(): Promise<Talker> {
  const talker = await door.connect(asGuest("ann", actorName(SESSION)));
  await talker.ask("watch", { actor: actorName(SESSION) });
  return talker;
}

describe("presence", () => {
  test("an unreachable store is waited out, and a close never overtakes its open", async () => {
    const heard: string[] = [];
    const fails = { times: 3 };
    const talker = await openLobby(listening(fails, heard));
    await eventually(async () => (await connections()).length === 1);

    fails.times = 2;
    talker.close();

    await eventually(async () => (await connections()).length === 0);
    expect(heard).toEqual([
      ...Array<string>(4).fill("connection.opened"),
      ...Array<string>(3).fill("connection.closed"),
    ]);
  });

  test("a connection that went before its open was told ends closed", async () => {
    const heard: string[] = [];
    const talker = await openLobby(listening({ times: 2 }, heard));

    talker.close();

    await eventually(() => heard.at(-1) === "connection.closed");
    await eventually(async () => (await connections()).length === 0);
    expect(heard.indexOf("connection.closed")).toBeGreaterThan(0);
  });

  test("a close waits for an open that is still on its way", async () => {
    const heard: string[] = [];
    const gate = Promise.withResolvers<void>();
    const talker = await openLobby(listening({ times: 0 }, heard, gate.promise));
    await eventually(() => heard.length === 1);

    talker.close();
    await eventually(() => door.channels.size() === 0);
    const before = [...heard];
    gate.resolve();

    await eventually(() => heard.length === 2);
    await eventually(async () => (await connections()).length === 0);
    expect(before).toEqual(["connection.opened"]);
  });

  test("a board watches, may send nothing, and is nobody's presence", async () => {
    const talker = await openLobby();
    await eventually(async () => (await connections()).length === 1);
    const principal = { kind: "board", boardId: "b1" } as const;
    const board = await door.connect({ principal, boundTo: SESSION.id });
    const actor = actorName(SESSION);

    const watched = await board.ask("watch", { actor });
    const sent = await board.ask("send", { actor, command: { type: "session.end" } });
    await talker.ask("unwatch", { actor });

    await eventually(async () => (await connections()).length === 0);
    expect(watched).toMatchObject({ ok: true, can: [], view: { role: "board" } });
    expect(sent.problem.code).toBe("not-allowed");
    talker.close();
    board.close();
  });

  test("C20: a connection that the session believes dead, and is not, is opened again", async () => {
    const talker = await openLobby();
    const [connectionId = ""] = await eventually(async () => {
      const found = await connections();
      return found.length === 1 ? found : undefined;
    });

    const closed = { type: "connection.closed", connectionId };
    await door.runtime.send(SESSION, { by: SYSTEM, message: closed, rank: "system" });

    await eventually(async () => (await connections()).includes(connectionId));
    talker.close();
  });

  test("C20: a connection of this boot that is not here is closed for it; of others, left", async () => {
    const talker = await openLobby();
    await eventually(async () => (await connections()).length === 1);

    for (const connectionId of ["boot1.999", "boot2.1"]) {
      const opened = { type: "connection.opened", connectionId };
      await door.runtime.send(SESSION, { by: TEACHER, message: opened, rank: "system" });
    }

    await eventually(async () => !(await connections()).includes("boot1.999"));
    expect(await connections()).toContain("boot2.1");
    talker.close();
  });

  test("C20: a node that stood still hands its sockets off when it wakes", async () => {
    const talker = await openLobby(undefined, { awakeEveryMs: 20, sleptMsMax: 200 });
    await eventually(async () => (await connections()).length === 1);
    const before = talker.of("bye").length;

    const until = performance.now() + 400;
    let turns = 0;
    while (performance.now() < until) {
      turns += 1;
    }
    expect(turns).toBeGreaterThan(0);

    const [bye] = await eventually(() => (talker.of("bye").length > 0 ? talker.of("bye") : false));
    expect(before).toBe(0);
    expect(bye).toMatchObject({ reason: "draining", retryAfterMs: 1_000 });
    await eventually(() => door.channels.size() === 0);
    const back = await watching();
    expect(door.runtime.name).not.toBe("boot1");
    await eventually(async () => (await connections()).some((id) => !id.startsWith("boot1.")));
    back.close();
  });

  test("draining tells every session before it resolves", async () => {
    const talker = await openLobby();
    await eventually(async () => (await connections()).length === 1);

    await door.channels.close({ reason: "draining" });

    expect(await connections()).toEqual([]);
    await eventually(() => talker.of("bye").length > 0);
    expect(talker.of("bye")).toHaveLength(1);
  });
});
