/** What stands in a printed report, section by section, as far as its reader has it. */
import type { WordKey } from "../pages/words/words.ts";
import type { Report, ReportRow } from "../../machines/learning-session/report.ts";
import { difficultyChart, optionsChart, pointsChart } from "./chart.ts";
import type { ClassInSession } from "./expected.ts";
import type { GroupResult } from "./group-results.ts";
import type { Analysis, ItemAnalysis, Overall } from "./item-analysis.ts";
import { pictureOn, tableOn, textOn } from "./paper.ts";
import type { Wording } from "./wording.ts";

/** What hosts have beside the report itself. */
export interface Printable extends Report, Partial<Analysis> {
  readonly class?: ClassInSession | null;
  readonly groups?: readonly GroupResult[];
}

type Row = Pick<ReportRow, "name" | "attendance" | "points">;
type Section = readonly object[];

/** Four pages or so, and layout takes time: what more there is has a chart of its own. */
const OPTION_CHARTS_MAX = 20;
const PROMPT_CHARS_MAX = 60;
/** Two lines or so of a question of the class. */
const QUESTION_CHARS_MAX = 140;
const ATTENDANCE: ReadonlyMap<string | null, WordKey> = new Map(
  (["present", "late", "absent", "excused"] as const).map((each) => [each, `t.attendance.${each}`]),
);

export function titleOf({ session }: Report): string {
  return typeof session["title"] === "string" ? shortened(session["title"]) : "";
}

export function sectionsOf(report: Printable, wording: Wording): Section {
  const { items, overall, groups = [], questions } = report;
  return [
    textOn(wording, titleOf(report), "title"),
    ...timesOf(report, wording),
    ...(items === undefined || overall === undefined ? [] : wholeOf({ items, overall }, wording)),
    ...studentsOf(report, wording),
    ...(groups.length === 0 ? [] : groupsOf(groups, wording)),
    ...(items === undefined ? [] : itemsOf(items, wording)),
    ...(questions.length === 0 ? [] : questionsOf(report, wording)),
  ];
}

function timesOf({ session }: Report, wording: Wording): Section {
  const said = (at: unknown): string =>
    typeof at === "string" ? `${at.slice(0, 16).replace("T", " ")} UTC` : wording.say("r.not-yet");
  return [
    textOn(wording, wording.say("r.began", { at: said(session["startedAt"]) })),
    textOn(wording, wording.say("r.ended", { at: said(session["endedAt"]) })),
  ];
}

function wholeOf(analysis: Analysis, wording: Wording): Section {
  const sheet = { wording, isPaper: true };
  const lines = linesOf(analysis.overall, wording).map((line) => textOn(wording, line));
  return [
    { stack: lines, margin: [0, 6, 0, 8] },
    ...[pointsChart(analysis, sheet), difficultyChart(analysis, sheet)].map((svg) =>
      pictureOn(wording, svg),
    ),
  ];
}

function linesOf(overall: Overall, { say, number }: Wording): readonly string[] {
  const { takers, pointsMean, pointsMax, reliability, reliabilityKind, attendance } = overall;
  const kind = reliabilityKind === "kr-20" ? "KR-20" : "Cronbach α";
  return [
    say("r.took-part", { n: takers }),
    say("r.mean", { n: number(pointsMean), max: pointsMax }),
    say("r.attendance", attendance),
    ...(reliability === null ? [] : [say("r.reliability", { kind, n: reliability })]),
  ];
}

function studentsOf({ participants, class: held }: Printable, wording: Wording): Section {
  const { say, number } = wording;
  const missing = (held?.expected ?? []).map((row) => ({ ...row, points: null }));
  const rows = [...participants, ...missing].map(({ name, attendance, points }: Row) => {
    const key = ATTENDANCE.get(attendance);
    return [name, key === undefined ? "–" : say(key), number(points)];
  });
  const columns = [
    { head: say("c.name") },
    { head: say("t.attendance"), width: 110 },
    { head: say("c.points"), width: 60 },
  ];
  return [textOn(wording, say("r.students"), "heading"), tableOn(wording, columns, rows)];
}

function groupsOf(groups: readonly GroupResult[], wording: Wording): Section {
  const { say, number, percent } = wording;
  const columns = [
    { head: say("c.groups"), width: 110 },
    { head: say("t.members") },
    { head: say("r.items"), width: 60 },
    { head: say("t.share-points"), width: 110 },
  ];
  const rows = groups.map(({ name, members, rounds, share }) => [
    name,
    members.map((each) => each.name).join(", ") || "–",
    number(rounds.length),
    share === null ? "–" : percent(share),
  ]);
  return [textOn(wording, say("c.groups"), "heading"), tableOn(wording, columns, rows)];
}

function itemsOf(items: readonly ItemAnalysis[], wording: Wording): Section {
  const { say, number } = wording;
  const rows = items.map((item, index) => [
    `${number(index + 1)}. ${shortened(item.prompt)}${ofGroup(item)}`,
    `${number(item.answered)} / ${number(item.takers)}`,
    ...[item.difficulty, item.discrimination, item.upperLower].map(number),
  ]);
  const columns = [
    { head: say("r.items") },
    { head: say("r.answers"), width: 56 },
    { head: say("r.difficulty"), width: 70 },
    { head: say("r.discrimination"), width: 80 },
    { head: say("r.upper-lower"), width: 72 },
  ];
  return [
    textOn(wording, say("r.items"), "heading"),
    tableOn(wording, columns, rows),
    ...optionsOf(items, wording),
  ];
}

function ofGroup({ group }: ItemAnalysis): string {
  return group === null ? "" : ` (${group.name})`;
}

function optionsOf(items: readonly ItemAnalysis[], wording: Wording): Section {
  const sheet = { wording, isPaper: true };
  const [first, ...others] = items
    .flatMap((item) => optionsChart(item, sheet) ?? [])
    .slice(0, OPTION_CHARTS_MAX)
    .map((svg) => pictureOn(wording, svg));
  const heading = textOn(wording, wording.say("r.options"), "heading");
  return first === undefined ? [] : [{ stack: [heading, first], unbreakable: true }, ...others];
}

/** Who asked stands here for hosts, and never of an anonymous session. */
function questionsOf({ questions }: Report, wording: Wording): Section {
  const { say, number } = wording;
  const isNamed = questions.some(({ name = null }) => name !== null);
  const columns = [
    { head: say("c.question") },
    ...(isNamed ? [{ head: say("c.name"), width: 110 }] : []),
    { head: say("r.votes"), width: 60 },
    { head: "", width: 90 },
  ];
  const rows = questions.map(({ text, name = null, upvotes, resolved }) => [
    shortened(text, QUESTION_CHARS_MAX),
    ...(isNamed ? [name ?? "–"] : []),
    number(upvotes),
    resolved ? say("t.resolved") : "",
  ]);
  return [textOn(wording, say("c.questions"), "heading"), tableOn(wording, columns, rows)];
}

function shortened(text: string, charsMax = PROMPT_CHARS_MAX): string {
  const letters = [...text.replace(/\s+/g, " ").trim()];
  return letters.length <= charsMax
    ? letters.join("")
    : `${letters.slice(0, charsMax - 1).join("")}…`;
}
