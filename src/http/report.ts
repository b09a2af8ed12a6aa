/**
 * The report of a session: per student, per round, attendance; as JSON, as a table, on paper.
 *
 * Invariants:
 * 1. Hosts, owners and admins have all rows, at any time; who sat in it has his own row, and the
 *    rounds without what belongs to others, once it has ended.
 * 2. What the class did as a whole, and who of a list was expected, is for hosts alone.
 */
import { Type } from "@sinclair/typebox";
import type { StateValue } from "xstate";
import type { Address } from "../../actors/address.ts";
import type { SessionContext } from "../../machines/learning-session/context.ts";
import { SessionLiving } from "../../machines/learning-session/machine.ts";
import { type Report, reportOf } from "../../machines/learning-session/report.ts";
import type { Standing } from "../../machines/principal.ts";
import { addressFor } from "../desk.ts";
import type { Language } from "../pages/words/words.ts";
import { type Problem, problem } from "../problem.ts";
import { phaseOf } from "../read-model.ts";
import { withAbsent } from "../reports/expected.ts";
import { groupResultsOf } from "../reports/group-results.ts";
import { analysisOf } from "../reports/item-analysis.ts";
import { ownOf } from "../reports/own-report.ts";
import type { Printable } from "../reports/pdf-sections.ts";
import { printed } from "../reports/press.ts";
import { groupTableOf, questionTableOf, tableOf } from "../reports/table.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { type Answer, no, ok } from "./answer.ts";
import type { Read } from "./body.ts";
import { LanguageQuery, languageOf } from "./language.ts";
import type { AppParts } from "./parts.ts";
import { ReportShape } from "./report-shapes.ts";
import { type Route, defineRoute } from "./route.ts";
import { classIn } from "./session-class.ts";

/** After `session.ended`: in wrapup hosts still correct, and every look is of now. */
const OVER: ReadonlySet<string> = new Set(["wrapup", "ended", "archived"]);

const FORMATS = ["json", "csv", "pdf"] as const;
const TABLES = ["students", "questions", "groups"] as const;
const TABLE_OF: Readonly<Record<(typeof TABLES)[number], (report: Printable) => string>> = {
  students: tableOf,
  questions: questionTableOf,
  groups: groupTableOf,
};
const CSV = "text/csv; charset=utf-8";
const CSV_EXAMPLE =
  "participantId,name,attendance,points,r12 answer,r12 correct,r12 points,r12 atMs,r12 comment\r\n" +
  '5d1c2e,Ada,present,2,"{""choice"":""a""}",true,2,8123,Well said\r\n';

export function reportRoutes(parts: AppParts): readonly Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/v1/sessions/:id/report",
      access: "caller",
      query: Type.Object(
        {
          format: Type.Optional(Type.Union(FORMATS.map((each) => Type.Literal(each)))),
          language: LanguageQuery,
          table: Type.Optional(Type.Union(TABLES.map((each) => Type.Literal(each)))),
        },
        { additionalProperties: false },
      ),
      docs: {
        tag: "Sessions",
        summary: "Per student, per item, attendance",
        description:
          "As a table with `Accept: text/csv` or `?format=csv` (`&table=questions`: what the class " +
          "asked; `groups`: who was in them), to print with `application/pdf` or " +
          "`?format=pdf`, in the language of `Accept-Language` or `?language=`. Hosts have `items` and `overall` " +
          "too: difficulty, discrimination, options and reliability; what is not defined is null. " +
          "Of a session that is for a class they have those who never came, as absent.",
        answers: {
          200: {
            description: "All rows for hosts; a student's own once the session has ended.",
            schema: ReportShape,
            also: { "text/csv": CSV_EXAMPLE, "application/pdf": "%PDF-1.3 …" },
          },
        },
        problems: ["not-accepted", "not-allowed", "busy"],
      },
      async handle({ caller, params: { id = "" }, query, exchange }) {
        const report = await readReport(parts, caller, id);
        if (!report.ok) {
          return no(report.problem);
        }
        const format = query.format ?? formatOf(exchange.request);
        switch (format) {
          case "json":
            return ok(report.value);
          case "csv": {
            const { table = "students" } = query;
            const text = TABLE_OF[table](report.value);
            const file = table === "students" ? `report-${id}.csv` : `report-${id}-${table}.csv`;
            return { kind: "text", type: CSV, text, file };
          }
          case "pdf":
            return pdfAnswer(report.value, id, languageOf(exchange.request, query.language));
        }
      },
    }),
  ];
}

/** The report as far as it is this caller's. */
export async function readReport(
  parts: AppParts,
  caller: VerifiedCaller,
  id: string,
): Promise<Read<Printable>> {
  const { runtime, desk } = parts;
  const address = addressFor(caller, `session/${id}`);
  const look = address === undefined ? undefined : await runtime.look(address);
  const standing = look && desk.reader(caller, `session/${id}`, look);
  const living = look?.living;
  if (address === undefined || standing === undefined || !(living instanceof SessionLiving)) {
    return refused("not-found", "There is no such session, or it is not yours.");
  }
  return standing.audience === "hosts"
    ? { ok: true, value: await wholeOf(parts, address, living) }
    : ownFor(living, standing, id);
}

/** With the class as a whole; whoever of its list never came is absent. */
async function wholeOf(
  parts: AppParts,
  address: Address,
  { context }: SessionLiving,
): Promise<Printable> {
  const { items, overall } = analysisOf(context);
  const found = await classIn(parts, address, context);
  return {
    ...reportUnder(address.id, context),
    items,
    groups: groupResultsOf(context),
    overall: withAbsent(overall, found?.expected ?? []),
    class: found ?? null,
  };
}

function reportUnder(id: string, context: SessionContext): Report {
  const whole = reportOf(context);
  return { ...whole, session: { id, ...whole.session } };
}

function ownFor(living: SessionLiving, standing: Standing, id: string): Read<Report> {
  const { participantId } = standing;
  if (participantId === undefined) {
    return refused("not-allowed", "Boards have no report.");
  }
  return isOver(living.state)
    ? { ok: true, value: ownOf(reportUnder(id, living.context), living, participantId) }
    : refused("not-accepted", "Your row is there once it has ended.");
}

function refused(code: Problem["code"], detail: string): Read<never> {
  return { ok: false, problem: problem(code, detail) };
}

function isOver(state: StateValue): boolean {
  return OVER.has(phaseOf(state));
}

/** The order of preference is not weighed: who names one and no JSON wants that one. */
function formatOf({ headers }: Request): (typeof FORMATS)[number] {
  const accept = headers.get("accept") ?? "";
  if (accept.includes("application/json")) {
    return "json";
  }
  if (accept.includes("text/csv")) {
    return "csv";
  }
  return accept.includes("application/pdf") ? "pdf" : "json";
}

async function pdfAnswer(report: Printable, id: string, language: Language): Promise<Answer> {
  const bytes = await printed(report, language);
  return bytes === undefined
    ? no(problem("busy", "Other reports are being set; ask again in a moment."))
    : { kind: "bytes", type: "application/pdf", bytes, file: `report-${id}.pdf` };
}
