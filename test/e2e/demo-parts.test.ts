/** The demo's parts by themselves: the log it reads, the answers it makes, the verdict it gives. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { answerError } from "../../machines/learning-session/answer.ts";
import { scoreOf } from "../../machines/learning-session/score.ts";
import { parseClassLog, resized } from "../../ops/demo/class-log.ts";
import { Hearing } from "../../ops/demo/hearing.ts";
import { repliesTo } from "../../ops/demo/replies.ts";
import { isClean, verdictOf } from "../../ops/demo/verdict.ts";
import { anyItem } from "../support/any-item.ts";

describe("the log", () => {
  test("students and items come in order of appearance, with what was right", () => {
    const log = parseClassLog("\ufeffstudent,item,correct,skill\r\nb,q2,1,k\r\na,q1,0,k\r\n", "l");

    expect([log.students, log.items]).toEqual([
      ["b", "a"],
      ["q2", "q1"],
    ]);
    expect([log.correct("b", "q2"), log.correct("a", "q1")]).toEqual([true, false]);
    expect(log.correct("a", "q2")).toBeUndefined();
  });

  const refused: readonly [string, string, string][] = [
    ["another header", "name,item,right\n", "log.csv, line 1: expected the header"],
    ["too few values", "a,q1\n", "log.csv, line 2: expected 3 values, found 2"],
    [
      "another truth",
      "a,q1,1\n\na,q2,yes\n",
      'log.csv, line 4: expected correct to be 0 or 1, found "yes"',
    ],
    ["no student", ",q1,1\n", "log.csv, line 2: expected a student"],
    ["an answer twice", "a,q1,1\na,q1,0\n", "log.csv, line 3: a has answered q1 already"],
    ["quotes", '"a",q1,1\n', "log.csv, line 2: quotes"],
    ["one name in two cases", "a,q1,1\nA,q1,1\n", "a and A would have the same name"],
    ["no answers", "", "log.csv has no answers"],
  ];
  test.each(refused)("%s is named with its line", (what, rows, sentence) => {
    const text = what === "another header" ? rows : `student,item,correct\n${rows}`;

    expect(() => parseClassLog(text, "log.csv")).toThrow(sentence);
  });
});

describe("a log for another size of class", () => {
  const log = parseClassLog("student,item,correct\na,q1,1\nb,q1,0\nb,q2,1\n", "l");

  test("has fewer students and items, or the same again under other names", () => {
    const larger = resized(log, { students: 5, items: 3 });

    expect(resized(log, { students: 1, items: 1 })).toMatchObject({
      students: ["a"],
      items: ["q1"],
    });
    expect(larger.students).toEqual(["a", "b", "a (2)", "b (2)", "a (3)"]);
    expect(larger.items).toEqual(["q1", "q2", "q1 (2)"]);
    expect(larger.correct("a (3)", "q1 (2)")).toBe(true);
    expect(larger.correct("b (2)", "q2")).toBe(true);
    expect(larger.correct("a (2)", "q2")).toBeUndefined();
  });

  test("is the log where nothing was asked, and names stay distinct and short enough", () => {
    const same = resized(log, { students: undefined, items: undefined });
    const long = "x".repeat(36);
    const alike = parseClassLog(`student,item,correct\n${long}1,q,1\n${long}2,q,0\n`, "l");
    const { students, correct } = resized(alike, { students: 500, items: 1 });

    expect([same.students, same.items]).toEqual([log.students, log.items]);
    expect(new Set(students).size).toBe(500);
    expect(Math.max(...students.map(({ length }) => length))).toBeLessThanOrEqual(40);
    expect([correct(students[2] ?? "", "q"), correct(students[3] ?? "", "q")]).toEqual([
      true,
      false,
    ]);
  });
});

describe("replies", () => {
  test("to any item the right answer is right and the wrong one wrong, where there are both", () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        const replies = repliesTo(item);
        fc.pre(replies !== undefined);

        expect(answerError(item, replies.right)).toBeUndefined();
        expect(answerError(item, replies.wrong)).toBeUndefined();
        expect(scoreOf(item, replies.right).correct).toBe(true);
        expect(scoreOf(item, replies.wrong).correct).toBe(false);
      }),
    );
  });
});

describe("the verdict", () => {
  const given = { roundId: "r1", correct: true };

  test("is clean when every answer is there once, and as it was given", () => {
    expect(isClean(verdictWith([given], 1))).toBe(true);
    expect(verdictWith([given], 1)).toMatchObject({ right: 1, wrong: 0, blank: 0 });
  });

  test("finds a student who heard of another, and minds none who heard of himself", () => {
    expect(verdictWith([given], 1, ["p2"])).toMatchObject({ leaked: ["ann"] });
    expect(isClean(verdictWith([given], 1, ["p2"]))).toBe(false);
    expect(isClean(verdictWith([given], 1, ["p1"]))).toBe(true);
  });

  test("finds an answer that is lost, doubled, different, or unheard by the teacher", () => {
    expect(verdictWith([], 1)).toMatchObject({ lost: ["ann in q1"], blank: 1 });
    expect(verdictWith([given, given], 1)).toMatchObject({ doubled: ["ann in q1"] });
    expect(verdictWith([given], 2)).toMatchObject({ doubled: ["ann in q1"] });
    expect(verdictWith([{ ...given, correct: false }], 1)).toMatchObject({
      different: ["ann in q1"],
    });
    expect(verdictWith([given], 0).misheard).toEqual(["the teacher: ann in q1 0 times"]);
    for (const verdict of [verdictWith([], 1), verdictWith([given], 2), verdictWith([given], 0)]) {
      expect(isClean(verdict)).toBe(false);
    }
  });
});

/** One student, one round, answered rightly; what the report has, and how often it was heard. */
function verdictWith(
  answers: readonly { readonly roundId: string; readonly correct: boolean }[],
  heardTimes: number,
  overheard: readonly string[] = [],
) {
  const submitted = { type: "answer.submitted", roundId: "r1", participantId: "p1" };
  const person = (name: string, facts: readonly { type: string; roundId: string }[]) => {
    const hearing = new Hearing(name);
    hearing.record({ seq: 1, at: "", facts });
    return { name, hearing, resets: { count: 1 } };
  };
  const rounds = ["round.opened", "round.revealed"].map((type) => ({ type, roundId: "r1" }));
  const heard = Array.from({ length: heardTimes }, () => submitted);
  const others = overheard.map((participantId) => ({ ...submitted, participantId }));
  return verdictOf({
    teacher: person("the teacher", [...rounds, ...heard]),
    students: [{ ...person("ann", [...rounds, ...others]), participantId: "p1" }],
    played: [
      {
        round: {
          question: "q1",
          stepId: "s1",
          answers: new Map([["ann", { correct: true, answer: { value: true } }]]),
        },
        roundId: "r1",
        sent: new Map([["ann", { sentAt: 0, acknowledgedAt: 1, isShaky: false }]]),
      },
    ],
    report: {
      rounds: [{ roundId: "r1", stepId: "s1" }],
      participants: [{ participantId: "p1", name: "ann", answers }],
    },
  });
}
