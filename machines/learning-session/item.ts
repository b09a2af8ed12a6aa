/**
 * What a lesson is made of: steps, and the nine kinds of item that a round may ask.
 *
 * Owns their shapes and limits, and what a schema cannot say about them. Keys live inside items;
 * `question.ts` is what a learner may see of one. Invariants:
 * IT1: An item without errors has an answer that earns a share, or is of a kind without a key.
 * IT2: Ids, and the left sides of a matching, are distinct and safe as names of properties.
 */
import { type Static, Type } from "@sinclair/typebox";
import type { FieldError } from "../refusal.ts";
import { unreachable } from "../unreachable.ts";

/** A lesson is at most 1 MiB on its way in; this many short steps fill four school weeks. */
export const STEPS_MAX = 500;
/** More than fit on a projector; imports of real question banks stay below 12. */
export const CHOICES_MAX = 50;
/** The longest question is a printed page of text around a problem. */
export const PROMPT_CHARS_MAX = 10_000;
/** A content step is a few printed pages. */
export const BODY_CHARS_MAX = 50_000;
export const CHOICE_CHARS_MAX = 2_000;
export const TITLE_CHARS_MAX = 200;
export const TAGS_MAX = 20;
export const TAG_CHARS_MAX = 100;
/** As long as an answer may be: a longer one could never be given. */
export const SHORT_TEXT_CHARS_MAX = 500;
export const OPEN_TEXT_CHARS_MAX = 10_000;
export const POINTS_MAX = 1_000;
export const LIMIT_MS_MIN = 5_000;
export const LIMIT_MS_MAX = 4 * 60 * 60 * 1_000;
/** A reader repairs a lesson from the first few; the rest would be noise. */
export const FIELD_ERRORS_MAX = 20;

/** Answers to a matching have its lefts as names of fields, and JSON doors refuse these names. */
const UNSAFE_LEFTS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Begins with a letter or digit, so it is never `__proto__`. */
const Id = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$" });
export const Weight = Type.Number({ minimum: -1, maximum: 1 });
const Share = Type.Number({ minimum: 0, maximum: 1 });
const Feedback = Type.Optional(Type.String({ maxLength: CHOICE_CHARS_MAX }));
const ChoiceText = Type.String({ minLength: 1, maxLength: CHOICE_CHARS_MAX });
const Tags = Type.Optional(
  Type.Array(Type.String({ minLength: 1, maxLength: TAG_CHARS_MAX }), { maxItems: TAGS_MAX }),
);
const strict = { additionalProperties: false } as const;

/** What every item has beside its `kind`. `title` and `tags` are not shown to the class. */
const common = {
  prompt: Type.String({ minLength: 1, maxLength: PROMPT_CHARS_MAX }),
  title: Type.Optional(Type.String({ maxLength: TITLE_CHARS_MAX })),
  tags: Tags,
  points: Type.Optional(Type.Number({ minimum: 0, maximum: POINTS_MAX })),
  limitMs: Type.Optional(Type.Integer({ minimum: LIMIT_MS_MIN, maximum: LIMIT_MS_MAX })),
  explanation: Type.Optional(Type.String({ maxLength: PROMPT_CHARS_MAX })),
};

const Choice = Type.Object(
  {
    id: Id,
    text: ChoiceText,
    correct: Type.Boolean(),
    weight: Type.Optional(Weight),
    feedback: Feedback,
  },
  strict,
);
const Choices = Type.Array(Choice, { minItems: 2, maxItems: CHOICES_MAX });
const Named = Type.Array(Type.Object({ id: Id, text: ChoiceText }, strict), {
  minItems: 2,
  maxItems: CHOICES_MAX,
});

const AcceptedText = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: SHORT_TEXT_CHARS_MAX }),
    weight: Share,
    /** In `text`, `*` stands for any characters, also none. */
    wildcards: Type.Optional(Type.Literal(true)),
    feedback: Feedback,
  },
  strict,
);
const AcceptedNumber = Type.Union([
  Type.Object(
    {
      value: Type.Number(),
      tolerance: Type.Number({ minimum: 0 }),
      weight: Share,
      feedback: Feedback,
    },
    strict,
  ),
  Type.Object(
    { min: Type.Number(), max: Type.Number(), weight: Share, feedback: Feedback },
    strict,
  ),
]);

export const AcceptedTexts = Type.Array(AcceptedText, { minItems: 1, maxItems: CHOICES_MAX });
export const AcceptedNumbers = Type.Array(AcceptedNumber, { minItems: 1, maxItems: CHOICES_MAX });

const SingleChoiceSchema = Type.Object(
  { kind: Type.Literal("single-choice"), ...common, choices: Choices },
  strict,
);
const MultipleChoiceSchema = Type.Object(
  { kind: Type.Literal("multiple-choice"), ...common, choices: Choices },
  strict,
);
const TrueFalseSchema = Type.Object(
  {
    kind: Type.Literal("true-false"),
    ...common,
    correct: Type.Boolean(),
    /** For who answered `true`, and for who answered `false`. */
    feedback: Type.Optional(Type.Object({ true: Feedback, false: Feedback }, strict)),
  },
  strict,
);
const ShortTextSchema = Type.Object(
  {
    kind: Type.Literal("short-text"),
    ...common,
    accepted: AcceptedTexts,
  },
  strict,
);
const NumericSchema = Type.Object(
  {
    kind: Type.Literal("numeric"),
    ...common,
    accepted: AcceptedNumbers,
  },
  strict,
);
const Pair = Type.Object({ left: ChoiceText, right: ChoiceText }, strict);
const MatchingSchema = Type.Object(
  {
    kind: Type.Literal("matching"),
    ...common,
    pairs: Type.Array(Pair, { minItems: 1, maxItems: CHOICES_MAX }),
    /** Right sides that belong to no left one. */
    extra: Type.Optional(Type.Array(ChoiceText, { maxItems: CHOICES_MAX })),
  },
  strict,
);
const OrderingSchema = Type.Object(
  { kind: Type.Literal("ordering"), ...common, items: Named },
  strict,
);
const PollSchema = Type.Object({ kind: Type.Literal("poll"), ...common, choices: Named }, strict);
const OpenTextSchema = Type.Object(
  {
    kind: Type.Literal("open-text"),
    ...common,
    rubric: Type.Optional(Type.String({ maxLength: PROMPT_CHARS_MAX })),
  },
  strict,
);

export const ItemSchema = Type.Union([
  SingleChoiceSchema,
  MultipleChoiceSchema,
  TrueFalseSchema,
  ShortTextSchema,
  NumericSchema,
  MatchingSchema,
  OrderingSchema,
  PollSchema,
  OpenTextSchema,
]);

const ContentStepSchema = Type.Object(
  {
    id: Id,
    kind: Type.Literal("content"),
    title: Type.String({ maxLength: TITLE_CHARS_MAX }),
    body: Type.String({ maxLength: BODY_CHARS_MAX }),
    tags: Tags,
  },
  strict,
);
const ItemStepSchema = Type.Object(
  { id: Id, kind: Type.Literal("item"), item: ItemSchema },
  strict,
);

export const StepSchema = Type.Union([ContentStepSchema, ItemStepSchema]);
export const StepsSchema = Type.Array(StepSchema, { maxItems: STEPS_MAX });

export type Item = Static<typeof ItemSchema>;
export type ItemKind = Item["kind"];
export type ItemOf<Kind extends ItemKind> = Extract<Item, { kind: Kind }>;
export type Choice = Static<typeof Choice>;
export type AcceptedText = Static<typeof AcceptedText>;
export type AcceptedNumber = Static<typeof AcceptedNumber>;
export type Step = Static<typeof StepSchema>;

/** What the schema cannot say of an item that fits it. Empty: the item may be asked. */
export function itemErrors(item: Item): FieldError[] {
  const errors = [...pointsErrors(item.points), ...kindErrors(item)];
  return errors.slice(0, FIELD_ERRORS_MAX);
}

/** What the schema cannot say of steps that fit it, of their items too. Paths begin `/0`. */
export function stepErrors(steps: readonly Step[]): FieldError[] {
  const ids = steps.map((step) => step.id);
  const inItems = steps.flatMap((step, index) =>
    step.kind === "item" ? under(`/${index}/item`, itemErrors(step.item)) : [],
  );
  return [...repeated(ids, (index) => `/${index}/id`), ...inItems].slice(0, FIELD_ERRORS_MAX);
}

/** Points have two places, so that a share of one is exactly the points of the item. */
function pointsErrors(points = 1): FieldError[] {
  return Math.round(points * 100) / 100 === points
    ? []
    : [{ path: "/points", code: "decimals", message: "Expected at most two decimal places" }];
}

function kindErrors(item: Item): FieldError[] {
  switch (item.kind) {
    case "single-choice":
    case "multiple-choice":
      return choiceErrors(item);
    case "poll":
      return repeatedIds(item.choices, "choices");
    case "ordering":
      return repeatedIds(item.items, "items");
    case "short-text":
      return shareErrors(item.accepted);
    case "numeric":
      return [...rangeErrors(item.accepted), ...shareErrors(item.accepted)];
    case "matching":
      return matchingErrors(item);
    case "true-false":
    case "open-text":
      return [];
    default:
      return unreachable(item);
  }
}

function choiceErrors(item: ItemOf<"single-choice"> | ItemOf<"multiple-choice">): FieldError[] {
  const none = item.choices.every((choice) => !choice.correct || (choice.weight ?? 1) <= 0);
  const message = "Expected a correct choice that earns something";
  const repeats = repeatedIds(item.choices, "choices");
  return none ? [{ path: "/choices", code: "no-right-choice", message }, ...repeats] : repeats;
}

function shareErrors(accepted: readonly { readonly weight: number }[]): FieldError[] {
  const message = "Expected an accepted answer with a weight above 0";
  return accepted.some((each) => each.weight > 0)
    ? []
    : [{ path: "/accepted", code: "no-weight", message }];
}

function rangeErrors(accepted: readonly AcceptedNumber[]): FieldError[] {
  const message = "Expected max to be min or more";
  return accepted.flatMap((each, index): FieldError[] =>
    "min" in each && each.min > each.max
      ? [{ path: `/accepted/${index}/max`, code: "reversed", message }]
      : [],
  );
}

function matchingErrors(item: ItemOf<"matching">): FieldError[] {
  const lefts = item.pairs.map((pair) => pair.left);
  const message = "Expected a text that is no reserved word";
  const unsafe = lefts.flatMap((left, index): FieldError[] =>
    UNSAFE_LEFTS.has(left) ? [{ path: `/pairs/${index}/left`, code: "reserved", message }] : [],
  );
  return [...unsafe, ...repeated(lefts, (index) => `/pairs/${index}/left`)];
}

function repeatedIds(named: readonly { readonly id: string }[], field: string): FieldError[] {
  return repeated(
    named.map((each) => each.id),
    (index) => `/${field}/${index}/id`,
  );
}

function repeated(texts: readonly string[], pathOf: (index: number) => string): FieldError[] {
  const message = "Expected to be distinct, but it is there twice";
  return texts.flatMap((text, index): FieldError[] =>
    texts.indexOf(text) < index ? [{ path: pathOf(index), code: "twice", message }] : [],
  );
}

function under(path: string, errors: readonly FieldError[]): FieldError[] {
  return errors.map((error) => ({ ...error, path: `${path}${error.path}` }));
}
