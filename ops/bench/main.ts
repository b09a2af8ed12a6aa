/**
 * The benchmark: `bun run bench [--only NAME] [--json]`.
 *
 * It measures and prints; it judges nothing, since a machine's speed is not a property of the code.
 * Progress goes to standard error; the table, or with `--json` one object a line, to standard
 * output.
 */
import { parseArgs } from "node:util";
import { peers } from "./peers/peers.ts";
import type { Figure, Row } from "./row.ts";
import { channelCommands } from "./rows/channel-commands.ts";
import { classroom } from "./rows/classroom.ts";
import { durableCommands } from "./rows/durable-commands.ts";
import { failover } from "./rows/failover.ts";
import { fanOut } from "./rows/fan-out.ts";
import { http } from "./rows/http.ts";
import { largeClass } from "./rows/large-class.ts";
import { memory } from "./rows/memory.ts";
import { pages } from "./rows/pages.ts";
import { redisCommands } from "./rows/redis-commands.ts";
import { rebuild } from "./rows/rebuild.ts";
import { rehydration } from "./rows/rehydration.ts";
import { start } from "./rows/start.ts";
import { timers } from "./rows/timers.ts";

const ROWS: readonly Row[] = [
  durableCommands,
  redisCommands,
  channelCommands,
  fanOut,
  http,
  timers,
  failover,
  start,
  memory,
  rebuild,
  rehydration,
  classroom,
  largeClass,
  pages,
  peers,
];

const COLUMNS = ["figure", "value", "p50", "p99", "beside", "ratio"] as const;

process.exitCode = await main();

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  const rows = ROWS.filter((row) => options?.only === undefined || row.name === options.only);
  if (options === undefined || rows.length === 0) {
    console.error("usage: bun run bench [--only NAME] [--json]");
    console.error(`NAME is one of: ${ROWS.map((row) => row.name).join(", ")}`);
    return 1;
  }
  const figures: Figure[] = [];
  for (const row of rows) {
    console.error(`${row.name}: ${row.about}`);
    figures.push(...(await row.run((line) => console.error(`  ${line}`))));
  }
  for (const line of options.json ? figures.map(json) : table(figures)) {
    console.log(line);
  }
  return 0;
}

interface Options {
  readonly only: string | undefined;
  readonly json: boolean;
}

/** Undefined: not understood. */
function parseOptions(args: readonly string[]): Options | undefined {
  try {
    const options = { json: { type: "boolean" }, only: { type: "string" } } as const;
    const { values } = parseArgs({ args: [...args], options });
    return { only: values.only, json: values.json === true };
  } catch (error) {
    console.error(error instanceof Error ? error.message : "The options were not understood.");
    return undefined;
  }
}

function json(figure: Figure): string {
  return JSON.stringify(figure);
}

function table(figures: readonly Figure[]): readonly string[] {
  const cells = [COLUMNS, ...figures.map(cellsOf)];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : pad(cell, widths[column]),
      )
      .join("  ")
      .trimEnd(),
  );
}

function cellsOf(figure: Figure): readonly string[] {
  const ms = (value: number | undefined): string => (value === undefined ? "" : `${value} ms`);
  return [
    figure.name,
    `${figure.value} ${figure.unit}`,
    ms(figure.p50Ms),
    ms(figure.p99Ms),
    figure.of ?? "",
    figure.ratio === undefined ? "" : figure.ratio.toFixed(2),
  ];
}

function pad(cell: string, width = 0): string {
  return cell.padStart(width);
}
