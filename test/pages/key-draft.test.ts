/** A key as it is edited: what was not touched stays, what is typed is what is sent. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import type { Item } from "../../machines/learning-session/item.ts";
import { keyOf, withKey } from "../../machines/learning-session/key.ts";
import { scoreOf } from "../../machines/learning-session/score.ts";
import {
  type KeyDraft,
  changedResults,
  hasKey,
  keyDraftOf,
  keyIn,
  newAccepted,
} from "../../src/pages/key-draft.ts";
import { keyOfItem } from "../../src/pages/report-document.ts";
import { type Key, questionOf } from "../../src/pages/view.ts";
import { anyAnswered, anyItem } from "../support/any-item.ts";

const CHOICES: Item = {
  kind: "single-choice",
  prompt: "Which?",
  choices: [
    { id: "a", text: "A", correct: true },
    { id: "b", text: "B", correct: false, feedback: "Not quite" },
  ],
};
const WEIGHTED: Item = {
  ...CHOICES,
  choices: [
    { id: "a", text: "A", correct: true },
    { id: "b", text: "B", correct: false, weight: 1 / 3 },
  ],
};
const TEXTS: Item = {
  kind: "short-text",
  prompt: "Capital of France?",
  accepted: [{ text: "par*", weight: 1, wildcards: true, feedback: "Yes" }],
};
const NUMBERS: Item = {
  kind: "numeric",
  prompt: "How many?",
  accepted: [
    { value: 100, tolerance: 0.5, weight: 1 },
    { min: 90, max: 99, weight: 0.25 },
  ],
};

function keyFor(item: Item): Key {
  const key = keyOfItem(item);
  if (key === null) {
    throw new TypeError("expected an item with a key");
  }
  return key;
}

function drafted(item: Item, change: (draft: KeyDraft) => KeyDraft = (draft) => draft) {
  const question = questionOf(item);
  const key = keyFor(item);
  return keyIn(question, change(keyDraftOf(question, key)), key);
}

function rekeyed(item: Item, change?: (draft: KeyDraft) => KeyDraft): Item {
  const made = drafted(item, change);
  const keyed = "key" in made ? withKey(item, made.key) : { path: "", message: made.problem };
  if ("path" in keyed) {
    throw new TypeError(`expected a key that fits, found ${JSON.stringify(keyed)}`);
  }
  return keyed;
}

const first = (draft: KeyDraft, fields: object): KeyDraft => ({
  ...draft,
  accepted: draft.accepted.map((each, index) => (index === 0 ? { ...each, ...fields } : each)),
});

describe("a key that is edited", () => {
  test("and not touched scores every answer as before, of every kind, with its feedback", () => {
    fc.assert(
      fc.property(anyAnswered, ({ item, answer }) => {
        fc.pre(hasKey(item.kind));
        fc.pre(!("accepted" in item) || item.kind === "numeric" || item.accepted.every(isWritten));
        const again = rekeyed(item);
        expect(scoreOf(again, answer)).toEqual(scoreOf(item, answer));
        expect("accepted" in again ? again.accepted : []).toEqual(
          "accepted" in item ? item.accepted : [],
        );
      }),
    );
  });

  test("is the same whether it comes with a view or out of the item of a report", () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        const key = keyOf(item);
        expect(keyOfItem(item) === null).toBe(key === null);
        if (key !== null) {
          const question = questionOf(item);
          expect(keyDraftOf(question, keyFor(item))).toEqual(keyDraftOf(question, key));
        }
      }),
    );
  });

  test("takes a second right choice also where a student chooses one", () => {
    const both = rekeyed(CHOICES, (draft) => ({ ...draft, answer: { choices: ["a", "b"] } }));
    expect(scoreOf(both, { choice: "a" }).points).toBe(1);
    expect(scoreOf(both, { choice: "b" }).points).toBe(1);
  });

  test("shows shares where the author gave some, and keeps a third to its last place", () => {
    expect(keyDraftOf(questionOf(CHOICES), keyFor(CHOICES)).shares).toBeUndefined();
    const { shares } = keyDraftOf(questionOf(WEIGHTED), keyFor(WEIGHTED));
    expect(shares).toEqual({ a: "100", b: "33.333" });
    expect(drafted(WEIGHTED)).toMatchObject({ key: { weights: { b: 1 / 3 } } });
    const half = drafted(WEIGHTED, (draft) => ({ ...draft, shares: { a: "100", b: "50" } }));
    expect(half).toMatchObject({ key: { weights: { b: 0.5 } } });
  });

  test("needs one right answer that earns something", () => {
    const none = { problem: "t.key-none" } as const;
    expect(drafted(CHOICES, (draft) => ({ ...draft, answer: { choices: [] } }))).toEqual(none);
    expect(drafted(TEXTS, (draft) => ({ ...draft, accepted: [] }))).toEqual(none);
    expect(drafted(TEXTS, (draft) => first(draft, { share: "0" }))).toEqual(none);
    const unearned = { a: "0", b: "100" };
    expect(drafted(WEIGHTED, (draft) => ({ ...draft, shares: unearned }))).toEqual(none);
  });

  test("needs numbers where there are numbers, in the digits of any language", () => {
    for (const fields of [{ text: "many" }, { more: "-1" }, { share: "101" }, { share: "" }]) {
      expect(drafted(NUMBERS, (draft) => first(draft, fields))).toEqual({
        problem: "t.key-numbers",
      });
    }
    const arabic = drafted(NUMBERS, (draft) => first(draft, { text: "٩٩٫٥", more: "0,25" }));
    expect(arabic).toMatchObject({ key: { accepted: [{ value: 99.5, tolerance: 0.25 }, {}] } });
    expect(drafted(WEIGHTED, (draft) => ({ ...draft, shares: { a: "200", b: "0" } }))).toEqual({
      problem: "t.key-shares",
    });
  });

  test("takes one more answer and leaves out what is empty; wildcards stay", () => {
    const more = drafted(TEXTS, (draft) => {
      const added = { ...newAccepted(draft.accepted), text: "Lutetia", share: "50" };
      const empty = newAccepted([...draft.accepted, added]);
      return { ...draft, accepted: [...draft.accepted, added, empty] };
    });
    expect(more).toEqual({
      key: {
        accepted: [
          { text: "par*", weight: 1, wildcards: true, feedback: "Yes" },
          { text: "Lutetia", weight: 0.5 },
        ],
      },
    });
  });
});

test("what changed is counted by points and by right and wrong", () => {
  const before = new Map([
    ["p1", { points: 1, correct: true }],
    ["p2", { points: 0, correct: false }],
    ["p3", { points: 0, correct: null }],
  ]);
  const results = [
    { participantId: "p1", points: 1, correct: true },
    { participantId: "p2", points: 1, correct: true },
    { participantId: "p3", points: 0, correct: false },
  ];
  expect(changedResults(before, [{ type: "round.scored", results }])).toBe(2);
  expect(changedResults(before, [])).toBe(0);
});

function isWritten({ text }: { readonly text?: string }): boolean {
  return (text ?? "").trim() !== "";
}
