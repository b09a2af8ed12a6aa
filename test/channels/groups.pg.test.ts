/** A class in groups over sockets and HTTP: who is asked what, who hears of whom, what is left. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { SessionCommand } from "../../machines/learning-session/commands.ts";
import { eventually } from "../support/eventually.ts";
import { type Guest, type Lesson, openLesson } from "../support/lesson.ts";
import { type SchoolServer, startSchoolServer } from "../support/server.ts";
import type { HeardDocument, Talker } from "../support/talker.ts";

let server: SchoolServer;

beforeAll(async () => {
  server = await startSchoolServer();
}, 60_000);

afterAll(() => server.stop(), 30_000);

interface Member extends Guest {
  readonly talker: Talker;
}

interface Groups {
  readonly lesson: Lesson;
  readonly reds: readonly Member[];
  readonly blues: readonly Member[];
  readonly redId: string;
  readonly blueId: string;
}

async function member(lesson: Lesson, name: string): Promise<Member> {
  const guest = await lesson.guest(name);
  const talker = await lesson.talker(guest.client);
  await talker.ask("watch", { actor: lesson.actor });
  return { ...guest, talker };
}

/** Three Reds and two Blues, told apart and at work. */
async function split(): Promise<Groups> {
  const lesson = await openLesson(server);
  const all = [];
  for (const name of ["Ann", "Ben", "Cleo", "Dan", "Eve"]) {
    all.push(await member(lesson, name));
  }
  const [reds, blues] = [all.slice(0, 3), all.slice(3)];
  await host(lesson, {
    type: "groups.plan",
    strategy: "by-hand",
    groups: [
      { name: "Reds", participantIds: reds.map(({ participantId }) => participantId) },
      { name: "Blues", participantIds: blues.map(({ participantId }) => participantId) },
    ],
  });
  await host(lesson, { type: "groups.open" });
  await eventually(() => groupsIn(lesson).length === 2);
  const [redId = "", blueId = ""] = groupsIn(lesson).map(({ groupId }) => groupId);
  return { lesson, reds, blues, redId, blueId };
}

async function host({ room }: Lesson, command: SessionCommand) {
  const reply = await room.send(command);
  if (!reply.ok) {
    throw new Error(`expected ${command.type}, found ${reply.problem.detail}`);
  }
  return reply.facts;
}

async function ask({ lesson }: Groups, groupId: string): Promise<string> {
  const facts = await host(lesson, { type: "round.open", stepId: "ocean", groupId });
  return String(facts.find(({ type }) => type === "round.opened")?.["roundId"]);
}

function groupsIn({ room }: Lesson): readonly { readonly groupId: string }[] {
  return parseGroups(room.view["grouping"]);
}

function parseGroups(grouping: unknown): readonly { readonly groupId: string }[] {
  const { groups = [] } = (grouping ?? {}) as {
    readonly groups?: readonly { readonly groupId: string }[];
  };
  return groups;
}

/** Everything that came by this socket, as text: what is not in it was not heard at all. */
function allHeard({ talker }: Member): string {
  return JSON.stringify(talker.heard);
}

function facts({ talker }: Member, type: string): readonly HeardDocument["facts"][number][] {
  return talker
    .of("record")
    .flatMap((record) => record.facts)
    .filter((fact) => fact.type === type);
}

test("a group's question reaches its own people and the host, and nobody of another group", async () => {
  const groups = await split();
  const { lesson, reds, blues, redId, blueId } = groups;

  const red = await ask(groups, redId);
  const blue = await ask(groups, blueId);

  await eventually(() =>
    [...reds, ...blues].every((each) => facts(each, "round.opened").length > 0),
  );
  expect(reds.map((each) => facts(each, "round.opened").map(({ roundId }) => roundId))).toEqual(
    reds.map(() => [red]),
  );
  expect(blues.filter((each) => allHeard(each).includes(red))).toEqual([]);
  expect(reds.filter((each) => allHeard(each).includes(blue))).toEqual([]);
  lesson.close();
});

test("an answer counts in its own group's round alone, over a socket as over HTTP", async () => {
  const groups = await split();
  const { lesson, reds, blues, redId, blueId } = groups;
  const [ann, ben] = reds;
  const [dan] = blues;
  const red = await ask(groups, redId);
  const blue = await ask(groups, blueId);
  const command = { type: "answer.submit", roundId: red, answer: { choice: "b" } };

  const bySocket = await ann?.talker.ask("send", { actor: lesson.actor, id: "a1", command });
  const byHttp = await ben?.client.http.post<{ readonly duplicate: boolean }>(
    `/sessions/${lesson.id}/commands`,
    { ...command, answer: { choice: "d" } },
  );
  const stranger = await dan?.talker.ask("send", { actor: lesson.actor, id: "d1", command });
  const own = { ...command, roundId: blue };
  const inHis = await dan?.talker.ask("send", { actor: lesson.actor, id: "d2", command: own });

  expect([bySocket?.ok, byHttp?.duplicate, stranger?.ok, inHis?.ok]).toEqual([
    ...[true, false, false, true],
  ]);
  expect(blues.filter((each) => allHeard(each).includes(ann?.participantId ?? ""))).toEqual([]);
  await host(lesson, { type: "round.close", roundId: red });
  await host(lesson, { type: "round.close", roundId: blue });
  const all = [...reds, ...blues];
  await eventually(() => all.every((each) => facts(each, "round.scored").length === 1));
  const report = await lesson.teacher.http.get<Report>(`/sessions/${lesson.id}/report`);
  expect(report.rounds.map(({ roundId, group }) => [roundId, group?.groupId])).toEqual([
    [red, redId],
    [blue, blueId],
  ]);
  const answered = report.participants.map(({ answers }) => answers.map(({ roundId }) => roundId));
  expect(answered.filter((each) => each.length > 0)).toEqual([[red], [red], [blue]]);
  lesson.close();
});

interface Report {
  readonly rounds: readonly {
    readonly roundId: string;
    readonly group: { readonly groupId: string } | null;
  }[];
  readonly participants: readonly {
    readonly answers: readonly { readonly roundId: string }[];
  }[];
}

test("who is moved starts from a view of the other group, and hears no more of the first", async () => {
  const groups = await split();
  const { lesson, reds, redId, blueId } = groups;
  const [ann] = reds;
  const red = await ask(groups, redId);
  const blue = await ask(groups, blueId);
  if (ann === undefined) {
    throw new Error("expected Ann, found nobody");
  }

  const { participantId } = ann;
  await host(lesson, { type: "groups.move", participantId, groupId: blueId });
  await eventually(() => ann.talker.of("reset").length > 0);
  const heardBefore = ann.talker.heard.length;
  await host(lesson, { type: "round.close", roundId: red });
  await host(lesson, { type: "round.close", roundId: blue });
  await eventually(() => facts(ann, "round.closed").length > 0);

  const view = JSON.stringify(ann.talker.of("reset").at(-1)?.view);
  expect([view.includes(blue), view.includes(red)]).toEqual([true, false]);
  expect(JSON.stringify(ann.talker.heard.slice(heardBefore))).not.toContain(red);
  lesson.close();
});

test("a recall warns everyone, and who comes late is in the smallest group", async () => {
  const groups = await split();
  const { lesson, reds, blues, blueId } = groups;

  const late = await member(lesson, "Late");
  const places = (): string => JSON.stringify(lesson.room.view["grouping"]);
  await eventually(() => places().includes(late.participantId));
  await host(lesson, { type: "groups.recall" });

  const all = [...reds, ...blues, late];
  await eventually(() => all.every((each) => facts(each, "groups.closing").length === 1));
  const grouping = parseGroups(lesson.room.view["grouping"]);
  const blue = grouping.find(({ groupId }) => groupId === blueId);
  expect(JSON.stringify(blue)).toContain(late.participantId);
  lesson.close();
});
