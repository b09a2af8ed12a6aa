/** What of a lesson beside its rounds is in its report: the questions of the class. */
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
