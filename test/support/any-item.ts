/** Any item that has no errors, and any answer to it, for property tests. */
import * as fc from "fast-check";
import type { Answer } from "../../machines/learning-session/answer.ts";
import { rightsOf } from "../../machines/learning-session/answer.ts";
import type { Item } from "../../machines/learning-session/item.ts";
import { itemErrors } from "../../machines/learning-session/item.ts";

const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
const share = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
const number = fc.integer({ min: -1000, max: 1000 }).map((thousandths) => thousandths / 8);
const feedback = fc.option(text, { nil: undefined });

const common = {
  prompt: text,
  title: text,
  tags: fc.array(text, { maxLength: 2 }),
  points: fc.integer({ min: 0, max: 100_000 }).map((hundredths) => hundredths / 100),
  explanation: text,
};

const ids = fc.uniqueArray(fc.stringMatching(/^[a-z0-9][A-Za-z0-9_-]{0,3}$/), {
  minLength: 2,
  maxLength: 6,
});
const texts = fc.uniqueArray(text, { minLength: 2, maxLength: 6 });

const choices = ids.chain((known) =>
  fc.tuple(
    ...known.map((id) =>
      fc.record(
        {
          id: fc.constant(id),
          text,
          correct: fc.boolean(),
          weight: fc.integer({ min: -100, max: 100 }).map((percent) => percent / 100),
          feedback: text,
        },
        { requiredKeys: ["id", "text", "correct"] },
      ),
    ),
  ),
);
const named = ids.chain((known) =>
  fc.tuple(...known.map((id) => fc.record({ id: fc.constant(id), text }))),
);

const items: readonly fc.Arbitrary<object>[] = [
  fc.record({ kind: fc.constantFrom("single-choice", "multiple-choice"), choices, ...common }),
  fc.record({ kind: fc.constant("true-false"), correct: fc.boolean(), ...common }),
  fc.record({
    kind: fc.constant("short-text"),
    accepted: fc.array(
      fc.record(
        { text, weight: share, wildcards: fc.constant(true), feedback: text },
        { requiredKeys: ["text", "weight"] },
      ),
      { minLength: 1, maxLength: 4 },
    ),
    ...common,
  }),
  fc.record({
    kind: fc.constant("numeric"),
    accepted: fc.array(
      fc.oneof(
        fc.record({ value: number, tolerance: number.map(Math.abs), weight: share }),
        fc
          .tuple(number, number, share)
          .map(([a, b, weight]) => ({ min: Math.min(a, b), max: Math.max(a, b), weight })),
      ),
      { minLength: 1, maxLength: 4 },
    ),
    ...common,
  }),
  fc
    .tuple(texts, fc.array(text, { maxLength: 3 }), fc.record(common), text)
    .map(([lefts, extra, rest, right]) => ({
      kind: "matching",
      ...rest,
      pairs: lefts.map((left, index) => ({ left, right: `${right}${index % 3}` })),
      extra,
    })),
  fc.record({ kind: fc.constant("ordering"), items: named, ...common }),
  fc.record({ kind: fc.constant("poll"), choices: named, ...common }),
  fc.record({ kind: fc.constant("open-text"), rubric: feedback, ...common }),
];

export const anyItem: fc.Arbitrary<Item> = fc
  .oneof(...items)
  .map(parseItem)
  .filter((item) => itemErrors(item).length === 0);

export const anyAnswered: fc.Arbitrary<{ readonly item: Item; readonly answer: Answer }> =
  anyItem.chain((item) => answerTo(item).map((answer) => ({ item, answer })));

function answerTo(item: Item): fc.Arbitrary<Answer> {
  switch (item.kind) {
    case "single-choice":
    case "poll":
      return fc.constantFrom(...item.choices.map(({ id }) => ({ choice: id })));
    case "multiple-choice":
      return fc.subarray(item.choices.map(({ id }) => id)).map((choices) => ({ choices }));
    case "true-false":
      return fc.boolean().map((value) => ({ value }));
    case "short-text":
      return fc
        .oneof(text, fc.constantFrom(...item.accepted.map((each) => each.text)))
        .map((given) => ({ text: given }));
    case "numeric":
      return fc
        .oneof(number, fc.constantFrom(...item.accepted.map(someNumber)))
        .map((value) => ({ value }));
    case "ordering":
      return fc
        .constantFrom(item.items, item.items.toReversed())
        .map((order) => ({ order: order.map(({ id }) => id) }));
    case "matching":
      return fc
        .tuple(
          fc.subarray(item.pairs.map(({ left }) => left)),
          fc.infiniteStream(fc.constantFrom(...rightsOf(item))),
        )
        .map(([lefts, rights]) => ({
          pairs: Object.fromEntries(lefts.map((left) => [left, String(rights.next().value)])),
        }));
    case "open-text":
      return text.map((given) => ({ text: given }));
  }
}

function someNumber(accepted: { readonly value: number } | { readonly min: number }): number {
  return "value" in accepted ? accepted.value : accepted.min;
}

function parseItem(value: object): Item {
  return value as Item;
}
