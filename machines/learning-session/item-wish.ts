/**
 * An item as it may be written: what says itself may be left out.
 *
 * Owns the schema of items on their way in, and their completion. Invariant:
 * 1. A completed item is an item: nothing that is kept, asked or scored has anything left out.
 */
import { type Static, Type } from "@sinclair/typebox";
import { type Item, ItemSchema } from "./item.ts";

const strict = { additionalProperties: false } as const;

const [Single, Multiple, TrueFalse, ShortText, Numeric, Matching, Ordering, Poll, OpenText] =
  ItemSchema.anyOf;
const Choice = Single.properties.choices.items;
const Text = ShortText.properties.accepted.items;
const [Value, Range] = Numeric.properties.accepted.items.anyOf;
const several = { minItems: 1, maxItems: Single.properties.choices.maxItems ?? 0 };
const { weight } = Text.properties;

const Choices = Type.Array(
  Type.Object({ ...Choice.properties, correct: Type.Optional(Choice.properties.correct) }, strict),
  { ...several, minItems: 2 },
);
const Texts = Type.Array(
  Type.Object({ ...Text.properties, weight: Type.Optional(weight) }, strict),
  several,
);
const Numbers = Type.Array(
  Type.Union([
    Type.Object(
      {
        ...Value.properties,
        tolerance: Type.Optional(Value.properties.tolerance),
        weight: Type.Optional(weight),
      },
      strict,
    ),
    Type.Object({ ...Range.properties, weight: Type.Optional(weight) }, strict),
  ]),
  several,
);

export const ItemWish = Type.Union([
  Type.Object({ ...Single.properties, choices: Choices }, strict),
  Type.Object({ ...Multiple.properties, choices: Choices }, strict),
  TrueFalse,
  Type.Object({ ...ShortText.properties, accepted: Texts }, strict),
  Type.Object({ ...Numeric.properties, accepted: Numbers }, strict),
  Matching,
  Ordering,
  Poll,
  OpenText,
]);
export type ItemWish = Static<typeof ItemWish>;

/**
 * A choice is right if it earns all, of several if it earns something; what is accepted earns all.
 */
export function completed(wish: ItemWish): Item {
  switch (wish.kind) {
    case "single-choice": {
      const choices = wish.choices.map((each) => ({
        ...each,
        correct: each.correct ?? each.weight === 1,
      }));
      return { ...wish, choices };
    }
    case "multiple-choice": {
      const choices = wish.choices.map((each) => ({
        ...each,
        correct: each.correct ?? (each.weight ?? 0) > 0,
      }));
      return { ...wish, choices };
    }
    case "short-text":
      return { ...wish, accepted: wish.accepted.map((each) => ({ weight: 1, ...each })) };
    case "numeric": {
      const accepted = wish.accepted.map((each) =>
        "min" in each ? { weight: 1, ...each } : { tolerance: 0, weight: 1, ...each },
      );
      return { ...wish, accepted };
    }
    default:
      return wish;
  }
}
