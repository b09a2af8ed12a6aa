/**
 * Rules about what code may say: no world outside its door, no cast outside a parser, no silence.
 */
import { type Source, isIn, isTypeScript } from "./files.ts";
import type { Finding, Rule } from "./rule.ts";
import type { Token } from "./tokens.ts";

/** The one file that may ask for time, chance and identity. */
const PLATFORM = "src/platform.ts";
const PRODUCT = ["machines", "actors", "db", "src"] as const;

const TIMERS = new Set(["setTimeout", "setInterval"]);
/** Of Bun's `expect`: it turns the event loop inside of itself, and sleeps there. */
const WAITER = /^\) \. (rejects|resolves) \.$/;
/** `owner.member`, each a way to time, chance or identity. */
const WORLDLY = new Set([
  "Date.now",
  "Math.random",
  "crypto.randomUUID",
  "crypto.getRandomValues",
  "performance.now",
  "performance.timeOrigin",
  "process.hrtime",
  "process.uptime",
  "AbortSignal.timeout",
  "Bun.sleep",
  "Bun.sleepSync",
  "Bun.nanoseconds",
  "Bun.randomUUIDv7",
  "Bun.randomUUIDv5",
]);
const WORLDLY_NAMES = new Set(["randomUUID", "randomBytes", "randomInt", "nanoid", "ulid"]);
const WORLDLY_MODULES = /^["'](node:)?timers(\/promises)?["']$/;

export const noWorld: Rule = {
  name: "time, chance and identity are inputs; only src/platform.ts asks for the real ones",
  find: (file) =>
    isTypeScript(file) && isIn(file, ...PRODUCT) && file.path !== PLATFORM
      ? eachWord(file, (index) => worldly(file, index))
      : [],
};

export const noSleep: Rule = {
  name: "a test waits for a condition; it never sleeps",
  find: (file) =>
    file.path.endsWith(".test.ts")
      ? eachWord(file, (index) => {
          const [owner, member] = pair(file, index);
          const [waiter] = WAITER.exec(words(file, index - 2, 4)) ?? [];
          if (waiter !== undefined) {
            return `${waiter}: ask thrownBy() or failureOf(), which let the loop go on`;
          }
          return owner === "Bun.sleep" || owner === "Bun.sleepSync" || TIMERS.has(member)
            ? `${owner}: wait for a condition with eventually()`
            : undefined;
        })
      : [],
};

export const noFocus: Rule = {
  name: "no test is singled out or postponed",
  find: (file) =>
    file.path.endsWith(".test.ts")
      ? eachWord(file, (index) => {
          const [call] = pair(file, index);
          return /^(test|it|describe)\.(only|todo)$/.test(call) ? `remove ${call}` : undefined;
        })
      : [],
};

const IMPURE = new Set(["invoke", "spawn", "spawnChild", "async", "await", "Promise"]);
const IMPURE_MAKERS = /^from(Promise|Callback|Observable|EventObservable)$/;

export const pureMachines: Rule = {
  name: "a machine awaits nothing and starts nothing; its delays are named",
  find: (file) =>
    isTypeScript(file) && isIn(file, "machines")
      ? eachWord(file, (index) => {
          const word = text(file, index);
          if (IMPURE.has(word) || IMPURE_MAKERS.test(word)) {
            return `${word}: a machine names what it wants, the runtime does it`;
          }
          const value = text(file, index + 1) === ":" ? file.code[index + 2] : undefined;
          const delay = value?.text === "{" ? file.code[index + 3] : value;
          return (word === "delay" || word === "after") && delay?.kind === "number"
            ? `${word} ${delay.text}: name the delay`
            : undefined;
        })
      : [],
};

/** What a machine would take from the place where it runs: a language, a zone, a parser's whim. */
const AMBIENT = new Set([
  "Intl",
  "Temporal",
  "localeCompare",
  "getTimezoneOffset",
  "process",
  "Bun",
]);
const AMBIENT_MEMBERS =
  /^(toLocale\w*|[gs]et(Date|Day|FullYear|Month|Hours|Minutes|Seconds)|to(Date|Time)String)$/;
/** Not `Date.UTC(…)` or `new Date(ms)`: a text, or the parts of a local time. */
const LOCAL_DATE = /^\( (["'`]|[^()]*,)/;

export const sameEverywhere: Rule = {
  name: "a machine has no locale, no time zone and no parser of dates: replay gives the same bytes",
  find: (file) =>
    isTypeScript(file) && isIn(file, "machines")
      ? eachWord(file, (index) => {
          const word = text(file, index);
          const isMember = [".", "?."].includes(text(file, index - 1));
          const isAmbient = AMBIENT.has(word) || (isMember && AMBIENT_MEMBERS.test(word));
          const isLocal =
            word === "Date" &&
            (words(file, index + 1, 2) === ". parse" ||
              (text(file, index - 1) === "new" && LOCAL_DATE.test(words(file, index + 1, 8))));
          return (isAmbient && !isKey(file, index)) || isLocal
            ? `${word}: reckon it here, with the same result on any node and in any year`
            : undefined;
        })
      : [],
};

export const noEmptyCatch: Rule = {
  name: "no catch is empty",
  find: (file) =>
    isTypeScript(file)
      ? eachWord(file, (index) => {
          if (text(file, index) !== "catch") {
            return undefined;
          }
          const paren = text(file, index + 1) === "(" ? file.partner.get(index + 1) : index;
          const after = words(file, (paren ?? index) + 1, 2);
          const handler = words(file, index + 1, 6);
          return after === "{ }" || handler === "( ( ) => { }"
            ? "say what happens to the error, or let it go up"
            : undefined;
        })
      : [],
};

export function eachWord(
  file: Source,
  judge: (index: number) => string | undefined,
): readonly Finding[] {
  return file.code.flatMap((token: Token, index) => {
    const says = token.kind === "word" || token.kind === "string" ? judge(index) : undefined;
    return says === undefined ? [] : [{ line: token.line, says }];
  });
}

function worldly(file: Source, index: number): string | undefined {
  const token = file.code[index];
  if (token?.kind === "string") {
    const imported = text(file, index - 1) === "from";
    return imported && WORLDLY_MODULES.test(token.text) ? `${token.text}: take a Clock` : undefined;
  }
  const [call, word] = pair(file, index);
  if (WORLDLY.has(call) || (TIMERS.has(word) && !isKey(file, index))) {
    return `${call}: take a Clock or Ids`;
  }
  if (WORLDLY_NAMES.has(word) && !isKey(file, index)) {
    return `${word}: take Ids, or ask src/platform.ts`;
  }
  const isNow = word === "Date" && /^(\( \)|[^(.])/.test(words(file, index + 1, 2));
  return isNow && text(file, index - 1) === "new" ? "new Date(): take a Clock" : undefined;
}

/** `owner.member` at its owner, the bare word when it owns nothing; empty at a member. */
function pair(file: Source, index: number): readonly [call: string, word: string] {
  const word = text(file, index);
  const isMember = [".", "?."].includes(text(file, index - 1));
  if (isMember && text(file, index - 2) !== "globalThis") {
    return ["", ""];
  }
  const next = text(file, index + 1);
  return [next === "." || next === "?." ? `${word}.${text(file, index + 2)}` : word, word];
}

/** A member's name in an object or a type, and not a use of the global. */
function isKey(file: Source, index: number): boolean {
  return text(file, index + 1) === ":" || text(file, index + 1) === "?";
}

function text(file: Source, index: number): string {
  return file.code[index]?.text ?? "";
}

function words(file: Source, index: number, count: number): string {
  return file.code
    .slice(index, index + count)
    .map((token) => token.text)
    .join(" ");
}
