/**
 * How large a session's snapshot is about to be: an estimate from above, in bytes.
 *
 * A commit holds the whole snapshot, and at most 8 MiB of it. A session that came near would have
 * every message of its class refused, so what makes it grow is refused first; the rest goes on.
 */
import { type Round, type SessionContext, roundsOf } from "./context.ts";
import type { Answer } from "./answer.ts";
import type { Step } from "./item.ts";

/**
 * Five hundred students and a school day of rounds stay below it; a turn writes it in some 10
 * ms.
 */
export const STORED_BYTES_MAX = 6_000_000;
/** The row of a participant. */
export const SEAT_BYTES = 500;
/** A round without its item and whatever is of people. */
const ROUND_BYTES = 700;
/** Of an id that is a member of a list: its quotes and the comma. */
const LISTED_BYTES = 3;
/** An answer or a draft, without a text in it. */
export const ANSWER_BYTES = 160;
/** A grade without its comment, under the longest id. */
const GRADE_BYTES = 120;

const lessons = new WeakMap<readonly Step[], number>();
const rounds = new WeakMap<Round, number>();

export function storedBytes(context: SessionContext): number {
  const asked = roundsOf(context).reduce((sum, round) => sum + roundBytes(round), 0);
  return lessonBytes(context.steps) + context.participants.length * SEAT_BYTES + asked;
}

/** As JSON in UTF-8, from above. */
export function bytesOf(value: unknown): number {
  const text = JSON.stringify(value) ?? "";
  return /^[\x20-\x7e]*$/.test(text) ? text.length : text.length * 3;
}

function lessonBytes(steps: readonly Step[]): number {
  const known = lessons.get(steps) ?? bytesOf(steps);
  lessons.set(steps, known);
  return known;
}

function roundBytes(round: Round): number {
  const known = rounds.get(round) ?? measured(round);
  rounds.set(round, known);
  return known;
}

function measured({ item, answers, drafts, grades, group }: Round): number {
  let bytes = ROUND_BYTES + bytesOf(item);
  if (group !== undefined) {
    bytes += bytesOf(group.name);
    bytes += group.members.reduce((sum, id) => sum + id.length + LISTED_BYTES, 0);
  }
  for (const { answer } of [...Object.values(answers), ...Object.values(drafts)]) {
    bytes += ANSWER_BYTES + textBytes(answer);
  }
  for (const { comment } of Object.values(grades)) {
    bytes += GRADE_BYTES + bytesOf(comment);
  }
  return bytes;
}

/** Only a text can be long; the rest is within the constant. */
function textBytes(answer: Answer): number {
  return "text" in answer ? bytesOf(answer.text) : 0;
}
