/** The demo's command line: what was asked for, or a sentence about what was not understood. */
import { BadInput } from "./bad-input.ts";

export const USAGE = `Usage: bun run demo:class [--lesson FILE.gift …] [--log LOG.csv] [--students N] [--rounds N]
                          [--within SECONDS] [--url SERVER [--tenant SLUG] [--email ADDRESS]]

Teaches a live lesson to real clients that answer as a class really did, and checks the report
against that class's log, answer by answer. LOG.csv is student,item,correct[,skill]. For more
students or rounds than the log has, its students come again under other names, and its questions
are asked again. In each round the class answers within SECONDS, or all at once.
Without --url it starts a server of its own; with it, the password is that of DEMO_PASSWORD.`;

/** More than a session has seats; a larger log belongs in several sessions. */
const STUDENTS_MAX = 500;
/** A school day of rounds. */
const ROUNDS_MAX = 500;
/** A round that takes longer is a break. */
const WITHIN_S_MAX = 600;

export interface Wishes {
  readonly lessons: readonly string[];
  readonly log: string | undefined;
  /** Undefined: as many as the log has. */
  readonly students: number | undefined;
  readonly rounds: number | undefined;
  /** The time over which a class answers, in s; 0: in one instant. */
  readonly withinS: number;
  readonly url: string | undefined;
  readonly tenant: string;
  readonly email: string;
}

const FLAGS = [
  ...["--lesson", "--log", "--students", "--rounds", "--within"],
  ...["--url", "--tenant", "--email"],
];

/**
 * `--lesson` takes all words up to the next flag, the others one. Undefined: help was asked for.
 */
export function wishesOf(words: readonly string[]): Wishes | undefined {
  if (words.includes("--help") || words.includes("-h")) {
    return undefined;
  }
  const given = groupsOf(words);
  const lessons = given.get("--lesson") ?? [];
  if (given.has("--lesson") && lessons.length === 0) {
    throw new BadInput("--lesson needs a file, for example --lesson questions.gift");
  }
  const url = one(given, "--url");
  if (url !== undefined && !/^https?:\/\/[^/]+\/?$/.test(url)) {
    throw new BadInput(`--url needs an address such as http://127.0.0.1:3000, found "${url}"`);
  }
  return {
    lessons,
    log: one(given, "--log"),
    students: countOf(given, "--students", STUDENTS_MAX),
    rounds: countOf(given, "--rounds", ROUNDS_MAX),
    withinS: countOf(given, "--within", WITHIN_S_MAX) ?? 0,
    url: url?.replace(/\/$/, ""),
    tenant: one(given, "--tenant") ?? "demo",
    email: one(given, "--email") ?? "teacher@demo.example",
  };
}

function groupsOf(words: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  let group: string[] | undefined;
  for (const word of words.flatMap(splitAssignment)) {
    if (word.startsWith("--")) {
      if (!FLAGS.includes(word)) {
        throw new BadInput(`${word} is not known; try --help`);
      }
      group = groups.get(word) ?? [];
      groups.set(word, group);
    } else if (group === undefined) {
      throw new BadInput(`"${word}" belongs to no flag; try --help`);
    } else {
      group.push(word);
    }
  }
  return groups;
}

/** `--flag=value` is `--flag value`. */
function splitAssignment(word: string): readonly string[] {
  const at = word.startsWith("--") ? word.indexOf("=") : -1;
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

function one(given: ReadonlyMap<string, readonly string[]>, flag: string): string | undefined {
  const values = given.get(flag);
  if (values === undefined) {
    return undefined;
  }
  const [value] = values;
  if (value === undefined || value === "" || values.length > 1) {
    throw new BadInput(`${flag} needs one value, found ${values.length}`);
  }
  return value;
}

function countOf(
  given: ReadonlyMap<string, readonly string[]>,
  flag: string,
  max: number,
): number | undefined {
  const value = one(given, flag);
  if (value === undefined) {
    return undefined;
  }
  const count = Number(value);
  if (!/^\d{1,6}$/.test(value) || count < 1 || count > max) {
    throw new BadInput(`${flag} needs a whole number from 1 to ${max}, found "${value}"`);
  }
  return count;
}
