/**
 * The demo class: a real lesson, with real clients, that replays what a class really did.
 *
 * Exits 0 when the server's report is the class's log, answer by answer; 1 when it is not, or when
 * the lesson could not be held.
 */
import { basename, join } from "node:path";
import { ProblemError } from "../../src/client/problems.ts";
import { BadInput } from "./bad-input.ts";
import { parseClassLog, resized } from "./class-log.ts";
import { USAGE, type Wishes, wishesOf } from "./flags.ts";
import { type School, teach } from "./lesson.ts";
import { textOf } from "./material.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { type Plan, planOf } from "./plan.ts";
import { type Progress, createProgress } from "./progress.ts";
import { isClean, linesOf, verdictOf } from "./verdict.ts";

const SAMPLE_LESSON = join(import.meta.dir, "sample/class.gift");
const SAMPLE_LOG = join(import.meta.dir, "sample/class-log.csv");

/** The exit code of a program that was told to stop. */
const INTERRUPTED = 130;

process.exit(await main());

async function main(): Promise<number> {
  const progress = createProgress(process.stdout);
  try {
    const wishes = wishesOf(process.argv.slice(2));
    if (wishes === undefined) {
      progress.keep(USAGE);
      return 0;
    }
    return await demo(wishes, progress);
  } catch (error) {
    if (process.stdout.isTTY) {
      progress.keep("");
    }
    console.error(`demo:class: ${sentenceOf(error)}`);
    return 1;
  }
}

async function demo(wishes: Wishes, progress: Progress): Promise<number> {
  const files = wishes.lessons.length > 0 ? wishes.lessons : [SAMPLE_LESSON];
  const logFile = wishes.log ?? SAMPLE_LOG;
  const { students, rounds, withinS } = wishes;
  const read = parseClassLog(await textOf(logFile), basename(logFile));
  const log = resized(read, { students, items: rounds });
  await Promise.all(files.map(textOf));
  const own = wishes.url === undefined ? await ownServer(progress) : undefined;
  try {
    const began = performance.now();
    const school = schoolOf(wishes, own);
    const lesson = await teach(school, files, {
      progress,
      withinMs: withinS * 1_000,
      planned: (material) => {
        const plan = planOf(log, material.steps);
        progress.keep(planned(plan, material.steps.length));
        return plan;
      },
    });
    const verdict = verdictOf(lesson);
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    progress.keep(`the lesson is over after ${seconds} s`);
    for (const line of linesOf(verdict)) {
      progress.keep(line);
    }
    const clean = isClean(verdict);
    progress.keep(
      clean ? "The report is the log, answer by answer." : "The report is NOT the log.",
    );
    return clean ? 0 : 1;
  } finally {
    await own?.stop();
  }
}

async function ownServer(progress: Progress): Promise<OwnServer> {
  progress.say("starting a server of its own…");
  const own = await startOwnServer();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void own.stop().finally(() => process.exit(INTERRUPTED)));
  }
  progress.keep(`a server of its own is ready at ${own.url}`);
  return own;
}

function schoolOf({ url, tenant, email }: Wishes, own: OwnServer | undefined): School {
  if (own !== undefined) {
    return { url: own.url, tenant: "demo", email: "teacher@demo.example", password: own.password };
  }
  const password = process.env["DEMO_PASSWORD"];
  if (url === undefined || password === undefined || password === "") {
    throw new BadInput("with --url the password of the teacher has to be in DEMO_PASSWORD");
  }
  return { url, tenant, email, password };
}

function planned({ students, rounds, askedSteps }: Plan, steps: number): string {
  const answers = rounds.reduce((sum, round) => sum + round.answers.size, 0);
  const log = `${students.length} students, ${rounds.length} questions, ${answers} answers`;
  return `the class: ${log}; the lesson: ${steps} steps, ${askedSteps} of them asked in turn`;
}

function sentenceOf(error: unknown): string {
  if (error instanceof BadInput) {
    return error.message;
  }
  if (error instanceof ProblemError) {
    return `the server said ${error.problem.code}: ${error.problem.detail}`;
  }
  return error instanceof Error ? error.message : "it failed for no stated reason";
}
