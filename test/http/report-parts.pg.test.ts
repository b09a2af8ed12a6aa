/** What of a lesson beside its rounds is in its report: questions of the class, and groups. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type School, openSchool } from "../support/school.ts";
import { type Person, type Taught, at, expectProblem, listAt, teach } from "../support/taught.ts";

let school: School;
beforeAll(async () => {
  school = await openSchool();
});
afterAll(() => school.close());

function get(taught: Taught, path: string, token = taught.teacher.token) {
  return school.ask("GET", `/api/v1/sessions/${taught.id}/report${path}`, { token });
}

async function ask(person: Person, text: string): Promise<string> {
  const reply = await person.send({ type: "question.ask", text });
  return String(at(reply, "facts", 0, "questionId"));
}

/** Ada asks what is shown, voted for and resolved; Bea asks what only hosts see. */
async function asked(settings: object = {}) {
  const taught = await teach(school, { settings });
  const [ada, bea] = [await taught.join("Ada"), await taught.join("=Bea")];
  const first = await ask(ada, "Why green?");
  await taught.teacher.send({ type: "question.pin", questionId: first });
  await bea.send({ type: "question.upvote", questionId: first });
  await taught.teacher.send({ type: "question.resolve", questionId: first });
  const second = await ask(bea, "=1+1");
  return { taught, ada, bea, first, second };
}

describe("questions of the class", () => {
  test("stand in the report with votes, and for hosts with who asked", async () => {
    const { taught, ada, bea, first, second } = await asked();
    const { body } = await get(taught, "");
    expect(at(body, "questions")).toMatchObject([
      {
        ...{ questionId: first, text: "Why green?", upvotes: 1, pinned: true, resolved: true },
        ...{ shown: true, participantId: ada.participantId, name: "Ada" },
      },
      { questionId: second, upvotes: 0, resolved: false, shown: false, name: "=Bea" },
    ]);
    const csv = await get(taught, "?format=csv&table=questions");
    expect(csv.headers.get("content-disposition")).toContain(`report-${taught.id}-questions.csv`);
    const [head, one, two] = csv.text.split("\r\n");
    expect(head).toBe("questionId,askedAt,text,upvotes,pinned,resolved,participantId,name");
    expect(one).toEndWith(`,Why green?,1,true,true,${ada.participantId},Ada`);
    expect(two).toEndWith(`,'=1+1,0,false,false,${bea.participantId},'=Bea`);
    expectProblem(await get(taught, "?format=csv&table=keys"), 422, "invalid");
  });

  test("LS11: a student reads those that he may see, and nobody's name", async () => {
    const { taught, ada, bea, first, second } = await asked();
    await taught.teacher.send({ type: "session.end" });
    const adas = await get(taught, "", ada.token);
    expect(at(adas.body, "questions")).toMatchObject([{ questionId: first, mine: true }]);
    const beas = await get(taught, "", bea.token);
    expect(at(beas.body, "questions")).toMatchObject([
      { questionId: first, mine: false, upvoted: true },
      { questionId: second, mine: true },
    ]);
    expect(JSON.stringify(at(beas.body, "questions"))).not.toMatch(/Ada|Bea|participantId/);
    const csv = await get(taught, "?format=csv&table=questions", bea.token);
    expect(csv.text).toContain("Why green?,1,true,true,,");
    expect(csv.text).not.toContain("Ada");
  });

  test("of an anonymous session stand beside no name in any form", async () => {
    const { taught, ada, bea } = await asked({ anonymous: true });
    const { body } = await get(taught, "");
    expect(listAt(body, "questions")).toMatchObject([
      { text: "Why green?", participantId: null, name: null },
      { text: "=1+1", participantId: null, name: null },
    ]);
    const csv = await get(taught, "?format=csv&table=questions");
    for (const { participantId } of [ada, bea]) {
      expect(JSON.stringify(at(body, "questions"))).not.toContain(participantId);
      expect(csv.text).not.toContain(participantId);
    }
    expect(csv.text).not.toMatch(/Ada|Bea/);
  });
});

test("groups stand in the report, and as a table of their own; students learn of their own", async () => {
  const taught = await teach(school);
  const [ada, bea] = [await taught.join("Ada"), await taught.join("=Bea")];
  const groups = [
    { name: "Reds", participantIds: [ada.participantId] },
    { name: "Blues", participantIds: [bea.participantId] },
  ];
  await taught.teacher.send({ type: "groups.plan", strategy: "by-hand", groups });
  await taught.teacher.send({ type: "groups.open" });
  const view = await taught.teacher.look();
  const ids = listAt(view, "view", "grouping", "groups").map((each) => at(each, "groupId"));
  const [reds, blues] = ids;
  const rounds: unknown[] = [];
  for (const groupId of ids) {
    const opened = await taught.teacher.send({ type: "round.open", stepId: "single", groupId });
    rounds.push(at(opened, "facts", 0, "roundId"));
  }
  await ada.send({ type: "answer.submit", roundId: rounds[0], answer: { choice: "a" } });
  for (const roundId of rounds) {
    await taught.teacher.send({ type: "round.close", roundId });
  }
  await taught.teacher.send({ type: "session.end" });

  const { body } = await get(taught, "");
  expect(listAt(body, "rounds")).toMatchObject([
    { roundId: rounds[0], group: { groupId: reds, name: "Reds" } },
    { roundId: rounds[1], group: { groupId: blues, name: "Blues" } },
  ]);
  expect(listAt(body, "groups")).toMatchObject([
    { groupId: reds, takers: 1, share: 1, members: [{ name: "Ada", points: 2, pointsMax: 2 }] },
    { groupId: blues, takers: 0, share: null, members: [{ name: "=Bea", answered: 0 }] },
  ]);
  const csv = await get(taught, "?format=csv&table=groups");
  expect(csv.text.split("\r\n").slice(0, 3)).toEqual([
    "groupId,group,rounds,participantId,name,answered,points,pointsMax",
    `${String(reds)},Reds,1,${ada.participantId},Ada,1,2,2`,
    `${String(blues)},Blues,1,${bea.participantId},'=Bea,0,0,2`,
  ]);
  const own = await get(taught, "", bea.token);
  expect(listAt(own.body, "rounds")).toMatchObject([{ roundId: rounds[1] }]);
  expect(JSON.stringify(own.body)).not.toContain("Reds");
  const ownTable = await get(taught, "?format=csv&table=groups", bea.token);
  expect(ownTable.text.trim().split("\r\n")).toHaveLength(1);
});
