/** GIFT: every kind of question comes in whole; one broken question, and nothing does. */
import { describe, expect, test } from "bun:test";
import type { Clock } from "../../actors/clock.ts";
import { type Imported, importGift } from "../../src/content/gift.ts";
import { systemClock } from "../../src/platform.ts";
import type { Item } from "../../machines/learning-session/item.ts";
import { scoreOf } from "../../machines/learning-session/score.ts";
import { Value } from "@sinclair/typebox/value";
import { StepsSchema, stepErrors } from "../../machines/learning-session/item.ts";

const everyKind = await Bun.file(`${import.meta.dir}/every-kind.gift`).text();

describe("questions", () => {
  test("every kind of question becomes an item without errors", async () => {
    const { title, steps } = imported(await importGift(everyKind, systemClock));

    expect(title).toBe("Rivers");
    expect(Value.Check(StepsSchema, steps)).toBe(true);
    expect(stepErrors(steps)).toEqual([]);
    expect(steps.map((step) => (step.kind === "item" ? step.item.kind : step.kind))).toEqual([
      "single-choice",
      "multiple-choice",
      "single-choice",
      "true-false",
      "true-false",
      "short-text",
      "numeric",
      "numeric",
      "numeric",
      "matching",
      "open-text",
      "content",
      "single-choice",
    ]);
  });

  test("a category is a tag, so is a [tag:…]; title and general feedback are kept", async () => {
    const [longest, mountains] = await itemsOf(everyKind);

    expect(longest).toMatchObject({
      title: "Longest",
      prompt: "Which river is the longest?",
      tags: ["Geography/Rivers"],
      explanation: "Measured from its furthest source.",
    });
    expect(mountains).toMatchObject({ tags: ["Geography/Rivers", "mountains"] });
  });

  test("a single choice has partial weights and feedback, a multiple choice has percentages", async () => {
    const [longest, mountains] = await itemsOf(everyKind);

    expect(longest).toMatchObject({
      choices: [
        { id: "c1", text: "Nile", correct: true, feedback: "Yes." },
        { id: "c2", text: "Rhine", correct: false },
        { id: "c3", text: "Amazon", correct: false, weight: 0.5 },
      ],
    });
    expect(mountains).toMatchObject({
      choices: [
        { correct: true, weight: 0.5 },
        { correct: true, weight: 0.5 },
        { correct: false, weight: -0.5 },
        { correct: false, weight: 0 },
      ],
    });
  });

  test("a missing word leaves a gap", async () => {
    const [, , danube] = await itemsOf(everyKind);

    expect(danube?.prompt).toBe("The Danube flows into the _____ Sea.");
  });

  test("the first feedback of a true-false is for wrong answers, the second for right ones", async () => {
    const items = await itemsOf(everyKind);

    expect(items[3]).toMatchObject({
      correct: true,
      feedback: { false: "It does.", true: "Right." },
    });
    expect(items[4]).toEqual({
      kind: "true-false",
      prompt: "The Rhine flows through Italy.",
      tags: ["Geography/Rivers"],
      correct: false,
    });
  });

  test("short answers have weights, and * stands for any text", async () => {
    const items = await itemsOf(everyKind);
    const [short] = items.filter((item) => item.kind === "short-text");

    expect(short?.accepted).toEqual([
      { text: "Nile", weight: 1 },
      { text: "the Nile", weight: 0.5, feedback: "No article." },
      { text: "*", weight: 0, wildcards: true, feedback: "Look at Egypt." },
    ]);
  });

  test("numbers have tolerances, ranges and weights", async () => {
    const items = await itemsOf(everyKind);
    const [danube, rhine, etna] = items.filter((item) => item.kind === "numeric");

    expect(danube?.accepted).toEqual([{ value: 10, tolerance: 0, weight: 1 }]);
    expect(rhine?.accepted).toMatchObject([
      { value: 1233, tolerance: 5, weight: 1, feedback: "Right." },
      { min: 1200, max: 1300, weight: 0.5, feedback: "Close." },
      { weight: 0, feedback: "Not at all." },
    ]);
    expect(etna?.accepted).toEqual([{ min: 3300, max: 3400, weight: 1 }]);
  });

  test("a number may have feedback without an =, and a gap may be last", async () => {
    const [pi, one] = await itemsOf("Pi is {#3.1:0.1#Nearly.~#No.}.\n\nOne {#1####Only one.}");

    expect(pi).toMatchObject({
      prompt: "Pi is _____.",
      accepted: [
        { value: 3.1, tolerance: 0.1, weight: 1, feedback: "Nearly." },
        { weight: 0, feedback: "No." },
      ],
    });
    expect(one).toMatchObject({ accepted: [{ value: 1 }], explanation: "Only one." });
  });

  test("a pair without a left side is one right side more to choose from", async () => {
    const items = await itemsOf(everyKind);
    const [capitals] = items.filter((item) => item.kind === "matching");

    expect(capitals).toMatchObject({
      pairs: [
        { left: "France", right: "Paris" },
        { left: "Italy", right: "Rome" },
        { left: "Peru", right: "Lima" },
      ],
      extra: ["Vienna"],
    });
  });

  test("a description is a content step, and characters may be escaped", async () => {
    const { steps } = imported(await importGift(everyKind, systemClock));

    expect(steps.at(-2)).toEqual({
      id: "s12",
      kind: "content",
      title: "Read this",
      body: "Rivers are *old*.",
      tags: ["Geography/Rivers"],
    });
    expect(steps.at(-1)).toMatchObject({
      item: {
        prompt: "What is {1} = 1 : 1 ~ 1 # 1?",
        choices: [{ text: "{1}" }, { text: "a:b" }],
        tags: ["Escapes"],
      },
    });
  });

  test("thirds of 33.3 % are meant as a whole", async () => {
    const [item] = await itemsOf("Q {~%33.3%a ~%33.3%b ~%33.3%c ~%-100%d}");
    const all = { choices: ["c1", "c2", "c3"] };

    expect(item && scoreOf(item, all)).toMatchObject({ share: 1, correct: true });
  });

  test("escapes reach into the right side of a pair, and `\\*` is a star", async () => {
    const [pairs, star] = await itemsOf("Q {=a\\=1 -> b\\:2 =c -> d}\n\nQ {=2\\*3}");

    expect(pairs).toMatchObject({ pairs: [{ left: "a=1", right: "b:2" }, { left: "c" }] });
    expect(star).toMatchObject({ accepted: [{ text: "2*3", weight: 1 }] });
    expect(star).not.toMatchObject({ accepted: [{ wildcards: true }] });
  });

  test("line ends of any system and a byte order mark are read", async () => {
    const items = await itemsOf(`\ufeff${everyKind.replaceAll("\n", "\r\n")}`);

    expect(items).toEqual(await itemsOf(everyKind));
  });

  test("raw HTML is gone and Markdown is kept", async () => {
    const source = "[html]<p>Is <b>1 * 2</b><script>alert(1)</script>?</p> {=[markdown]*yes* ~no}";
    const [item] = await itemsOf(source);

    expect(item).toMatchObject({
      prompt: "Is 1 \\* 2?",
      choices: [{ text: "*yes*" }, { text: "no" }],
    });
  });
});

describe("broken questions", () => {
  const cases: readonly [string, string, number, RegExp][] = [
    ["no closing brace", "Ok {T}\n\nQ {=a\n~b\n\nOk {T}\n", 3, /closing \}/],
    ["a stray brace", "// c\n\n\nQ } {T}", 4, /unexpected "}" at line 4, column 3/],
    ["a bad percentage", "Ok {T}\n\nQ {\n=%x%a\n~b}", 3, /between -100 and 100.*line 4/],
    ["no right choice", "Q {~a ~b}", 1, /correct choice/],
    ["one choice only", "Q {~%100%a}", 1, /choices/],
    ["no text before the answers", "\n\n{T}", 3, /text of a question/],
    ["a left side twice", "Q {=a -> b =a -> c}", 1, /distinct.*pairs/],
    ["a range that ends before it begins", "Q {#5..4}", 1, /max/],
    ["an answer that was only HTML", "Q {=<b></b> =x}", 1, /accepted\/0\/text/],
    ["a number beyond numbers", `Q {#${"9".repeat(400)}}`, 1, /accepted/],
    ["NUL", "Ok {T}\n\nQ \0{T}", 3, /NUL/],
    ["half a surrogate pair", "Ok\r\n\r\nQ \ud800{T}", 3, /UTF-8/],
    ["nothing at all", " \n// nothing\n", 1, /at least one question/],
    ["too long a question", `Ok {T}\n\nQ ${"x".repeat(40_000)}{T}`, 3, /at most 32768/],
    ["too large a file", "x".repeat(1024 * 1024 + 1), 1, /at most 1048576 bytes/],
    ["too many questions", "Q {T}\n\n".repeat(501), 1, /at most 500/],
  ];
  test.each(cases)("GI1: %s is named with its line", async (_, source, line, message) => {
    const result = await importGift(source, systemClock);

    expect(result.ok).toBe(false);
    expect(result.ok ? [] : result.errors).toMatchObject([{ line, path: "" }]);
    expect(result.ok ? "" : result.errors[0]?.message).toMatch(message);
    expect(result.ok ? "" : result.errors[0]?.message).toStartWith(`Line ${line}: `);
  });

  test("GI1: every broken question is named, up to a limit", async () => {
    const two = await importGift("Q {=a\n\nOk {T}\n\nQ }\n", systemClock);
    const many = await importGift("Q {=a\n\n".repeat(100), systemClock);

    expect(two.ok ? [] : two.errors.map((error) => error.line)).toEqual([1, 5]);
    expect(many.ok ? [] : many.errors).toHaveLength(20);
  });

  test("GI2: hostile files are answered, and other work gets its turn", async () => {
    const hostile = [
      "{",
      "}",
      "Q{=a#b",
      "//[tag:",
      "<!--",
      "Q {~%",
      "[html]<a '",
      "`",
      "$CATEGORY:",
    ];
    let turns = 0;
    const clock: Clock = {
      now: systemClock.now,
      after(delayMs, then) {
        turns += 1;
        return systemClock.after(delayMs, then);
      },
    };
    for (const piece of hostile) {
      const filled = piece.repeat(3_000);
      const source = `${filled}\n\n`.repeat(Math.floor((1024 * 1024) / (filled.length + 2)));
      expect(typeof (await importGift(source, clock)).ok).toBe("boolean");
    }

    expect(turns).toBeGreaterThan(10);
  });
});

function imported(result: Imported): Extract<Imported, { ok: true }> {
  if (!result.ok) {
    throw new Error(result.errors.map((error) => error.message).join("\n"));
  }
  return result;
}

async function itemsOf(source: string): Promise<readonly Item[]> {
  const { steps } = imported(await importGift(source, systemClock));
  return steps.flatMap((step) => (step.kind === "item" ? [step.item] : []));
}
