/** The shapes of what a report says of items and of the test they made; see `src/reports/`. */
import { Type } from "@sinclair/typebox";
import { BANDS } from "../reports/item-analysis.ts";
import { ClassInSessionShape } from "./session-class.ts";
import { Id, Instant, Nullable } from "./shapes.ts";

const Share = Type.Number({ minimum: 0, maximum: 1 });
const Agreement = Type.Number({ minimum: -1, maximum: 1 });

const OptionShape = Type.Object({
  id: Type.String(),
  text: Type.String(),
  correct: Nullable(Type.Boolean()),
  count: Type.Integer(),
  share: Nullable(Share),
  meanRest: Nullable(
    Type.Number({ description: "Points in all other items of who chose it; not if anonymous." }),
  ),
});

const GroupShape = Type.Object({ groupId: Id, name: Type.String() });

const ItemAnalysisShape = Type.Object({
  roundId: Id,
  stepId: Nullable(Id),
  kind: Type.String(),
  prompt: Type.String(),
  pointsMax: Type.Number(),
  group: Nullable(GroupShape),
  takers: Type.Integer({ description: "Who was asked, and answered anything in the session." }),
  answered: Type.Integer(),
  difficulty: Nullable(Share),
  discrimination: Nullable(Agreement),
  upperLower: Nullable(Agreement),
  options: Nullable(Type.Array(OptionShape)),
});

const OverallShape = Type.Object({
  takers: Type.Integer(),
  pointsMax: Type.Number(),
  pointsMean: Nullable(Type.Number()),
  reliability: Nullable(Type.Number({ maximum: 1 })),
  reliabilityKind: Nullable(Type.Union([Type.Literal("kr-20"), Type.Literal("alpha")])),
  distribution: Nullable(Type.Array(Type.Integer(), { minItems: BANDS, maxItems: BANDS })),
  attendance: Type.Object({
    present: Type.Integer(),
    late: Type.Integer(),
    absent: Type.Integer(),
    excused: Type.Integer(),
  }),
});

const QuestionShape = Type.Object({
  questionId: Id,
  text: Type.String(),
  askedAt: Instant,
  upvotes: Type.Integer(),
  pinned: Type.Boolean(),
  resolved: Type.Boolean(),
  shown: Type.Optional(Type.Boolean({ description: "To hosts: the class saw it." })),
  participantId: Type.Optional(Nullable(Id)),
  name: Type.Optional(
    Nullable(Type.String({ description: "To hosts; null where it was asked without a name." })),
  ),
  mine: Type.Optional(Type.Boolean()),
  upvoted: Type.Optional(Type.Boolean()),
});

const GroupResultShape = Type.Object({
  ...GroupShape.properties,
  rounds: Type.Array(Id),
  takers: Type.Integer(),
  pointsMean: Nullable(Type.Number({ description: "Of its takers, without a bonus." })),
  share: Nullable(Share),
  members: Type.Array(
    Type.Object({
      participantId: Id,
      name: Type.String(),
      answered: Type.Integer(),
      points: Type.Number(),
      pointsMax: Type.Number(),
    }),
    { description: "None of an anonymous session." },
  ),
});

/** Members of a report that only hosts have. */
const AnalysisShape = {
  items: Type.Optional(Type.Array(ItemAnalysisShape)),
  overall: Type.Optional(OverallShape),
  groups: Type.Optional(Type.Array(GroupResultShape)),
};

export const ReportShape = Type.Object(
  {
    session: Type.Object({ id: Id, title: Type.String() }, { additionalProperties: true }),
    rounds: Type.Array(
      Type.Object({
        roundId: Id,
        stepId: Nullable(Id),
        group: Nullable({ ...GroupShape, description: "Null: the class was asked." }),
        item: Type.Object({}, { additionalProperties: true }),
        opened: Nullable(Instant),
        closed: Nullable(Instant),
      }),
    ),
    participants: Type.Array(
      Type.Object({
        participantId: Id,
        name: Type.String(),
        groups: Type.Array(GroupShape, { description: "In which he was asked something." }),
        answers: Type.Array(
          Type.Object({
            roundId: Id,
            answer: Type.Unknown(),
            correct: Nullable(Type.Boolean()),
            points: Type.Number(),
            atMs: Nullable(Type.Integer()),
            graded: Type.Boolean({ description: "A host's own points stand above the key." }),
            comment: Nullable(Type.String()),
          }),
        ),
        points: Nullable(Type.Number()),
        attendance: Nullable(Type.String()),
        attendanceMarked: Type.Boolean({ description: "By a host; otherwise as it was measured." }),
        attendanceMeasured: Nullable(Type.String()),
      }),
    ),
    questions: Type.Array(QuestionShape),
    ...AnalysisShape,
    class: Type.Optional(ClassInSessionShape),
  },
  { $id: "Report" },
);

const AttendanceShape = OverallShape.properties.attendance;

export const GrowthShape = Type.Object(
  {
    userId: Id,
    sessions: Type.Array(
      Type.Object({
        sessionId: Id,
        title: Type.String(),
        endedAt: Nullable(Instant),
        attendance: Nullable(Type.String()),
        points: Nullable(Type.Number({ description: "Without a bonus; null if anonymous." })),
        pointsMax: Nullable(Type.Number()),
        share: Nullable(Type.Number()),
      }),
    ),
    meanShare: Nullable(Type.Number()),
    trend: Nullable(Type.Number({ description: "Share gained from one session to the next." })),
    attendance: AttendanceShape,
    more: Type.Boolean({ description: "There are older sessions than these." }),
  },
  { $id: "StudentReport" },
);

const growth = {
  attendance: AttendanceShape,
  meanShare: Nullable(
    Type.Number({ description: "Of those who have one; an absence is no zero." }),
  ),
};

export const ClassReportShape = Type.Object(
  {
    classId: Id,
    title: Type.String(),
    sessions: Type.Array(
      Type.Object({ sessionId: Id, title: Type.String(), endedAt: Nullable(Instant), ...growth }),
    ),
    students: Type.Array(
      Type.Object({
        userId: Id,
        name: Type.String(),
        sessions: Type.Array(
          Nullable(
            Type.Object({
              attendance: Nullable(Type.String()),
              points: Nullable(Type.Number()),
              pointsMax: Nullable(Type.Number()),
              share: Nullable(Type.Number()),
            }),
          ),
          { description: "In the order of the sessions; null: he had no part in that one." },
        ),
        ...growth,
        trend: Nullable(Type.Number()),
      }),
    ),
    meanShare: growth.meanShare,
    trend: Nullable(Type.Number({ description: "Share gained from one session to the next." })),
    more: Type.Boolean({ description: "There are older sessions than these." }),
  },
  { $id: "ClassReport" },
);

export const PooledShape = Type.Object(
  {
    lessonId: Id,
    version: Nullable(Type.Integer({ description: "The version asked for; null: all." })),
    sessions: Type.Integer(),
    items: Type.Array(
      Type.Object({
        ...Type.Omit(ItemAnalysisShape, ["roundId", "stepId", "pointsMax", "group", "options"])
          .properties,
        stepId: Id,
        rounds: Type.Integer({ description: "How often it was asked." }),
        options: Nullable(Type.Array(Type.Omit(OptionShape, ["meanRest"]))),
      }),
    ),
    more: Type.Boolean({ description: "There are older sessions than these." }),
  },
  { $id: "ItemsReport" },
);
