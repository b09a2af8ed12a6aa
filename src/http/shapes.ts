/** Shapes that several routes answer with: documents of the API, shown in its pages. */
import { type TSchema, Type } from "@sinclair/typebox";
import { CODES, FIELD_CODES } from "../../machines/refusal.ts";

export const Instant = Type.String({ format: "date-time" });
export const Id = Type.String({ pattern: "^[A-Za-z0-9_-]{1,64}$" });
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const FieldCodeShape = Type.Union(
  FIELD_CODES.map((code) => Type.Literal(code)),
  { description: "What is wrong, for who says it in another language." },
);

export const ProblemShape = Type.Object(
  {
    type: Type.String({ description: "`/problems/<code>`" }),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.Union(CODES.map((code) => Type.Literal(code))),
    detail: Type.String({ description: "What was held, what was found, what to do." }),
    accepts: Type.Optional(
      Type.Array(Type.String(), { description: "The commands that are accepted now." }),
    ),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          path: Type.String({ description: "RFC 6901 pointer to the field." }),
          message: Type.String({ description: "In English." }),
          code: Type.Optional(FieldCodeShape),
          limit: Type.Optional(
            Type.Number({ description: "The bound that was not kept, of `too-…`." }),
          ),
          line: Type.Optional(Type.Integer({ description: "Of a file of text, from 1." })),
        }),
      ),
    ),
    retryAfterMs: Type.Optional(Type.Integer()),
    requestId: Type.Optional(Type.String()),
  },
  { $id: "Problem", description: "RFC 9457. More members may be there, by `code`." },
);

export const FactShape = Type.Object(
  { type: Type.String() },
  { $id: "Fact", additionalProperties: true, description: "What happened, as the caller sees it." },
);

export const StateShape = Type.Unknown({
  description: "The XState value of the session, such as `{ phase: { live: 'running' }, … }`.",
});

export const CanShape = Type.Array(Type.String(), {
  description: "The types of command that the caller may send now.",
});

export const ViewShape = Type.Object(
  {},
  { additionalProperties: true, description: "What the caller may see of the session." },
);

export const SeenShape = Type.Object(
  {
    id: Id,
    seq: Type.Integer(),
    state: StateShape,
    can: CanShape,
    view: ViewShape,
    now: Instant,
  },
  { $id: "Session" },
);

export const AcknowledgementShape = Type.Object(
  {
    seq: Type.Integer({ description: "Of the record that the command made." }),
    state: StateShape,
    can: CanShape,
    facts: Type.Array(FactShape),
    duplicate: Type.Boolean({ description: "The command was accepted before; it had one effect." }),
    now: Instant,
  },
  { $id: "Acknowledgement" },
);

export const PageQuery = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 200, default: 50, description: "How many, at most." }),
  ),
  after: Type.Optional(Type.String({ maxLength: 200, description: "`next` of the page before." })),
};

/** A page of a list when the query has no `limit`. */
export const PAGE_DEFAULT = 50;

export function pageShape<T extends TSchema>(item: T) {
  return Type.Object({
    items: Type.Array(item),
    next: Type.Union([Type.String(), Type.Null()], { description: "Null: this was the last." }),
  });
}

export const SEEN_EXAMPLE = {
  id: "b6a1f0c2d4e84a0f9c3b7d5e1f2a6c80",
  seq: 1,
  state: { phase: "draft", host: "absent", admission: "open", activity: "idle" },
  can: ["session.open-lobby", "session.schedule", "session.cancel"],
  view: { role: "host", title: "Photosynthesis", participants: [] },
  now: "2026-03-02T08:00:00.000Z",
};
