/** The charts of a session's report, as SVG, for its hosts. */
import { Type } from "@sinclair/typebox";
import { type Problem, problem } from "../problem.ts";
import { difficultyChart, optionsChart, pointsChart } from "../reports/chart.ts";
import type { Analysis } from "../reports/item-analysis.ts";
import { type Wording, wordingOf } from "../reports/wording.ts";
import { type Answer, no } from "./answer.ts";
import { LanguageQuery, languageOf } from "./language.ts";
import type { AppParts } from "./parts.ts";
import { readReport } from "./report.ts";
import { type Route, defineRoute } from "./route.ts";
import { Id } from "./shapes.ts";

export function chartRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/sessions/:id/report/charts/:name",
    access: "caller",
    query: Type.Object(
      {
        round: Type.Optional({ ...Id, description: "Of which round; `options` needs one." }),
        language: LanguageQuery,
      },
      { additionalProperties: false },
    ),
    docs: {
      tag: "Sessions",
      summary: "A chart of the report, for hosts",
      description: "`points`, `difficulty`, or `options` with `?round=`.",
      answers: {
        200: { description: "A chart.", also: { "image/svg+xml": "<svg>…</svg>" } },
      },
      problems: ["not-accepted", "not-allowed"],
    },
    async handle({ caller, params: { id = "", name = "" }, query, exchange }) {
      const report = await readReport(parts, caller, id);
      if (!report.ok) {
        return no(report.problem);
      }
      const { items, overall } = report.value;
      return items === undefined || overall === undefined
        ? no(problem("not-allowed", "Charts are of the whole class; only hosts have them."))
        : drawn(name, query.round, {
            analysis: { items, overall },
            wording: wordingOf(languageOf(exchange.request, query.language)),
          });
    },
  });
}

interface Drawing {
  readonly analysis: Analysis;
  readonly wording: Wording;
}

function drawn(name: string, round: string | undefined, { analysis, wording }: Drawing): Answer {
  const sheet = { wording, isPaper: false };
  switch (name) {
    case "points":
      return svg(pointsChart(analysis, sheet));
    case "difficulty":
      return svg(difficultyChart(analysis, sheet));
    case "options": {
      const item = analysis.items.find(({ roundId }) => roundId === round);
      const chart = item && optionsChart(item, sheet);
      return chart === undefined ? no(missing("no such round with options")) : svg(chart);
    }
    default:
      return no(missing("no such chart"));
  }
}

function svg(text: string): Answer {
  return { kind: "text", type: "image/svg+xml; charset=utf-8", text };
}

function missing(what: string): Problem {
  return problem("not-found", `There is ${what} here.`);
}
