/**
 * Import of GIFT, Moodle's text format for questions: a whole file, or nothing of it.
 *
 * Owns cutting a file into blocks, comments and categories, and naming what is broken; one
 * question is read by `gift-pegjs` and turned into an item by `gift-item.ts`. Invariants:
 * GI1: One broken question and nothing is imported; every broken one (up to a limit) is named with
 *    the line of the file, from 1, on which it begins.
 * GI2: The parser sees one question at a time, of a limited size, and other work gets its turn in
 *    between: a hostile file costs about a second, in small slices.
 *
 * A block ends at a blank line. `$CATEGORY:` lines are blocks of their own, and a tag on what
 * follows. Lines that begin with `//` are comments wherever they stand; `[tag:…]` in those above a
 * question is a tag on it. A block without answers is a description: a content step.
 */
import { parse, SyntaxError as GiftSyntaxError } from "gift-pegjs";
import {
  FIELD_ERRORS_MAX,
  STEPS_MAX,
  type Step,
  TAGS_MAX,
  TAG_CHARS_MAX,
} from "../../machines/learning-session/item.ts";
import type { FieldError } from "../../machines/refusal.ts";
import type { Clock } from "../../actors/clock.ts";
import { stepOf } from "./gift-item.ts";
import { markdownOf } from "./markup.ts";

/** The limit of a lesson's import on the wire. */
export const GIFT_BYTES_MAX = 1024 * 1024;
/** Far above any real question; the parser takes 25 ms for this much of the worst. */
const QUESTION_CHARS_MAX = 32 * 1024;
/** `[tag:…]` is looked for in comments of a sane length only. */
const COMMENT_CHARS_MAX = 1_000;
/** Between so much source other work gets its turn. */
export const SLICE_CHARS = 16 * 1024;

const CATEGORY = "$CATEGORY:";

/** `path` is empty, as there are no fields; `line` counts from 1, in the whole file. */
export interface GiftError extends FieldError {
  readonly line: number;
}

export type Imported =
  | { readonly ok: true; readonly title: string; readonly steps: readonly Step[] }
  | { readonly ok: false; readonly errors: readonly GiftError[] };

/** The title is the last part of the first category, else that of the first question. */
export async function importGift(source: string, clock: Clock): Promise<Imported> {
  const fault = faultOf(source);
  if (fault !== undefined) {
    return { ok: false, errors: [fault] };
  }
  const steps: Step[] = [];
  let category: string | undefined;
  const errors: GiftError[] = [];
  let since = 0;
  for (const block of blocksOf(source)) {
    category ??= block.category;
    since += block.text.length;
    if (since > SLICE_CHARS) {
      since = 0;
      await otherWork(clock);
    }
    const step = readBlock(block, `s${steps.length + 1}`);
    if ("line" in step) {
      errors.push(step);
    } else {
      steps.push(step);
    }
    if (errors.length >= FIELD_ERRORS_MAX || steps.length > STEPS_MAX) {
      break;
    }
  }
  return errors.length > 0 ? { ok: false, errors } : whole(steps, category);
}

/** Sockets and timers have their turn. */
export async function otherWork(clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.after(0, resolve);
  });
}

function faultOf(source: string): GiftError | undefined {
  const bytes = Buffer.byteLength(source);
  if (bytes > GIFT_BYTES_MAX) {
    return broken(1, `expected at most ${GIFT_BYTES_MAX} bytes, found ${bytes}`);
  }
  const at = source.search(/\0|\p{Surrogate}/u);
  return at < 0
    ? undefined
    : broken(lineAt(source, at), "expected well-formed UTF-8 text without NUL characters");
}

function lineAt(source: string, at: number): number {
  return source.slice(0, at).split(/\r\n|\r|\n/).length;
}

function whole(steps: readonly Step[], category: string | undefined): Imported {
  if (steps.length === 0) {
    return { ok: false, errors: [broken(1, "expected at least one question, found none")] };
  }
  if (steps.length > STEPS_MAX) {
    return { ok: false, errors: [broken(1, `expected at most ${STEPS_MAX} questions and texts`)] };
  }
  return { ok: true, title: titleOf(steps, category), steps };
}

function titleOf([first]: readonly Step[], category: string | undefined): string {
  const own = first?.kind === "item" ? first.item.title : first?.title;
  const names = [category?.split("/").at(-1), own];
  return names.find((name) => name !== undefined && name !== "") ?? "Imported questions";
}

interface Block {
  /** Of each line of `text`, in the file. */
  readonly lines: readonly number[];
  readonly text: string;
  readonly category?: string;
  readonly tags: readonly string[];
}

function* blocksOf(source: string): Generator<Block> {
  let category = "";
  let tags: string[] = [];
  let open: { number: number; line: string }[] = [];
  const lines = source.replace(/^\ufeff/, "").split(/\r\n|\r|\n/);
  for (const [index, line] of [...lines, ""].entries()) {
    const text = line.trim();
    const starts = text.startsWith(CATEGORY);
    if (open.length > 0 && (text === "" || starts)) {
      yield blockOf(open, category, tags);
      [open, tags] = [[], []];
    }
    if (starts) {
      category = categoryOf(text.slice(CATEGORY.length));
    } else if (text.startsWith("//")) {
      tags.push(...(open.length === 0 ? tagsIn(text) : []));
    } else if (text === "") {
      tags = [];
    } else {
      open.push({ number: index + 1, line });
    }
  }
}

function blockOf(
  open: readonly { readonly number: number; readonly line: string }[],
  category: string,
  tags: readonly string[],
): Block {
  const cut = [category, ...tags].map(cutTag).filter((tag) => tag !== "");
  return {
    lines: open.map(({ number }) => number),
    text: open.map(({ line }) => line).join("\n"),
    ...(category === "" ? {} : { category: cutTag(category) }),
    tags: [...new Set(cut)].slice(0, TAGS_MAX),
  };
}

/** Moodle's context and root, `$course$/top/`, name nothing outside of it. */
function categoryOf(path: string): string {
  return path.trim().replace(/^\$\w+\$(?:\/top)?(?:\/|$)/, "");
}

function tagsIn(comment: string): readonly string[] {
  const found = comment.slice(0, COMMENT_CHARS_MAX).matchAll(/\[tag:([^\]]+)\]/g);
  return [...found].map(([, tag = ""]) => tag);
}

function cutTag(tag: string): string {
  return markdownOf({ format: "moodle", text: tag }).slice(0, TAG_CHARS_MAX).toWellFormed();
}

function readBlock(block: Block, id: string): Step | GiftError {
  const [line = 1] = block.lines;
  if (block.text.length > QUESTION_CHARS_MAX) {
    return broken(line, `expected at most ${QUESTION_CHARS_MAX} characters in one question`);
  }
  try {
    const [question] = parse(withNumberSigned(block.text));
    const step = question && stepOf(question, { id, tags: block.tags });
    return step === undefined || "message" in step
      ? broken(line, step?.message ?? "expected a question, found none")
      : step;
  } catch (error) {
    if (error instanceof GiftSyntaxError) {
      return broken(line, syntaxMessage(error, block));
    }
    throw error;
  }
}

/**
 * One number needs no `=`, but the parser takes no feedback behind one without it. Written with it,
 * `{#3:2#Good.}` is what Moodle takes it for.
 */
function withNumberSigned(text: string): string {
  return text.replace(/(?<!\\)\{(\s*)#(?=\s*[-+.\d][^{}]*[#~=])/, "{$1#=");
}

/** What the parser expected is in the words of its grammar; where it stopped helps more. */
function syntaxMessage(error: GiftSyntaxError, block: Block): string {
  if (error.found === null) {
    return "expected a closing } and found the end of the question (a blank line ends it)";
  }
  const { line, column } = error.location.start;
  const found = JSON.stringify(error.found);
  const where = `${found} at line ${block.lines[line - 1] ?? line}, column ${column}`;
  const wanted = /^Expected (a value [^"]*?) but /.exec(error.message)?.[1];
  return wanted === undefined
    ? `unexpected ${where} (in text, \\ = ~ # { } and : need a \\ before them)`
    : `expected ${wanted}, found ${where}`;
}

function broken(line: number, message: string): GiftError {
  return { path: "", code: "no-question", line, message: `Line ${line}: ${message}` };
}
