/** A class over its sessions: what an absence is, and who has no part in a session. */
import { expect, test } from "bun:test";
import { parseParticipantId, parseUserId } from "../../machines/ids.ts";
import type { Participant } from "../../machines/learning-session/context.ts";
import { NO_ACCOMMODATION } from "../../machines/learning-session/round.ts";
import { growthChart } from "../../src/reports/chart.ts";
import { type Held, classGrowthOf } from "../../src/reports/class-growth.ts";
import { classTableOf } from "../../src/reports/class-table.ts";
import { expectedOf, withAbsent } from "../../src/reports/expected.ts";
import type { Sat } from "../../src/reports/growth.ts";

const ADA = { userId: "ada", name: "Ada", addedAt: 0 };
const BEA = { userId: "bea", name: "Bea", addedAt: 0 };
/** Came to the class after the first session. */
const CEM = { userId: "cem", name: "=Cem", addedAt: 150 };

function sat(points: number | null, attendance = "present"): Sat {
  const pointsMax = points === null ? null : 4;
  return { sessionId: "", title: "", endedAt: null, attendance, points, pointsMax };
}

function held(index: number, sats: Readonly<Record<string, Sat>>, hasBegun = true): Held {
  const sessionId = `s${index}`;
  const own = Object.entries(sats).map(([id, each]) => [id, { ...each, sessionId }] as const);
  return { sessionId, title: "Leaves", endedAt: index * 100, hasBegun, sats: new Map(own) };
}

const instantOf = (at: number | null) => (at === null ? null : new Date(at).toISOString());

const SESSIONS = [
  held(1, { ada: sat(1), bea: sat(3, "late") }),
  held(2, { ada: sat(3), cem: sat(null, "absent") }),
  held(3, { cem: sat(4) }),
];

test("CL7: an absence is no zero, and who came to the class later had no part before", () => {
  const { sessions, students, meanShare, trend } = classGrowthOf(
    [ADA, BEA, CEM],
    SESSIONS,
    instantOf,
  );
  expect(sessions.map((each) => [each.meanShare, each.attendance])).toEqual([
    [0.5, { present: 1, late: 1, absent: 0, excused: 0 }],
    [0.75, { present: 1, late: 0, absent: 2, excused: 0 }],
    [1, { present: 1, late: 0, absent: 2, excused: 0 }],
  ]);
  expect([meanShare, trend]).toEqual([0.75, 0.25]);
  const [ada, bea, cem] = students;
  expect(ada).toMatchObject({ meanShare: 0.5, trend: 0.5, attendance: { present: 2, absent: 1 } });
  expect(bea).toMatchObject({ meanShare: 0.75, trend: null, attendance: { late: 1, absent: 2 } });
  expect(cem?.sessions).toEqual([
    null,
    { attendance: "absent", points: null, pointsMax: null, share: null },
    { attendance: "present", points: 4, pointsMax: 4, share: 1 },
  ]);
});

test("CL7: who sat in a session has his part in it, also from before he was in the class", () => {
  const { students } = classGrowthOf([CEM], [held(1, { cem: sat(2) })], instantOf);
  expect(students[0]?.sessions).toMatchObject([{ attendance: "present", share: 0.5 }]);
});

test("nobody was absent from a lesson that never began, and no sessions are no numbers", () => {
  const { students } = classGrowthOf([ADA], [held(1, {}, false)], instantOf);
  expect(students[0]).toMatchObject({
    sessions: [{ attendance: null }],
    attendance: { absent: 0 },
  });
  expect(classGrowthOf([ADA], [], instantOf)).toMatchObject({ sessions: [], meanShare: null });
});

test("its table has a line a student, three cells a session, and no formula; its chart a bar each", () => {
  const growth = classGrowthOf([ADA, CEM], SESSIONS.slice(0, 2), instantOf);
  expect(classTableOf(growth).split("\r\n")).toEqual([
    "userId,name,share,present,late,absent,excused,Leaves 1970-01-01 attendance," +
      "Leaves 1970-01-01 points,Leaves 1970-01-01 of,Leaves 1970-01-01 attendance," +
      "Leaves 1970-01-01 points,Leaves 1970-01-01 of",
    "ada,Ada,0.5,2,0,0,0,present,1,4,present,3,4",
    "cem,'=Cem,,0,0,1,0,,,,absent,,",
    "",
  ]);
  expect(growthChart(growth).match(/<g>/g)).toHaveLength(2);
});

const SEAT: Participant = {
  participantId: parseParticipantId("p1"),
  userId: parseUserId("ada"),
  name: "Ada",
  status: "admitted",
  since: 1,
  connections: [],
  connection: "offline",
  joinedAt: 1,
  wasAdmitted: true,
  accommodation: NO_ACCOMMODATION,
  attendedMs: 0,
  attendingSince: null,
  arrivedAt: null,
  mark: null,
};

test("CL6: members without a seat that was let in are expected, and absent once it has begun", () => {
  const whole = { participants: [SEAT], startedAt: null, endedAt: null };
  const ids = (at: Parameters<typeof expectedOf>[1]) =>
    expectedOf([ADA, BEA, CEM], at).map((each) => [each.userId, each.attendance]);
  expect(ids(whole)).toEqual([
    ["bea", null],
    ["cem", null],
  ]);
  const waiting = { ...SEAT, status: "waiting" as const, wasAdmitted: false };
  expect(ids({ participants: [waiting], startedAt: 50, endedAt: 100 })).toEqual([
    ["ada", "absent"],
    ["bea", "absent"],
  ]);
  const guest = { ...SEAT, userId: null };
  expect(ids({ ...whole, participants: [guest] })).toHaveLength(3);
});

test("those who never came are absent in the whole, and not before it began", () => {
  const overall = {
    ...{ takers: 1, pointsMax: 4, pointsMean: 1, reliability: null, reliabilityKind: null },
    ...{ distribution: null, attendance: { present: 1, late: 0, absent: 1, excused: 0 } },
  };
  const absent = { userId: "bea", name: "Bea", attendance: "absent" } as const;
  expect(withAbsent(overall, [absent]).attendance.absent).toBe(2);
  expect(withAbsent(overall, [{ ...absent, attendance: null }]).attendance.absent).toBe(1);
});
