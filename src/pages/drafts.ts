/**
 * A student's drafts on their way to the server.
 *
 * Invariants:
 * PG11: What is typed leaves two seconds later at the latest, also while somebody goes on typing.
 * 1. One draft is on its way at a time, and the newest waits: at most one a second leaves.
 */
import type { Clock } from "../../actors/clock.ts";
import { Unanswered } from "../client/problems.ts";
import type { Answer } from "./view.ts";

/** The server takes one draft a second of a participant. */
const DRAFT_EVERY_MS = 1_000;
/** Typing is saved when it rests, */
const RESTED_MS = 1_500;
/** and when it does not rest: an answer that is handed in when time is up is the last draft. */
const TYPED_MS_MAX = 2_000;

export interface DraftParts {
  readonly clock: Clock;
  /** True: the server has it. Throws `Unanswered`. */
  readonly send: (answer: Answer) => Promise<boolean>;
  readonly onSaved: (answer: Answer) => void;
}

export interface Drafts {
  readonly save: (answer: Answer, isTyped: boolean) => void;
  /** What waits leaves now: a page that is hidden may not be woken again. */
  readonly hurry: () => void;
  readonly stop: () => void;
}

export function createDrafts({ clock, send, onSaved }: DraftParts): Drafts {
  let waiting: Answer | undefined;
  let since = 0;
  let isOut = false;
  let sentAt = 0;
  let stopTimer = (): void => {};
  const leaveIn = (inMs: number): void => {
    stopTimer();
    const waitMs = Math.max(inMs, sentAt + DRAFT_EVERY_MS - clock.now());
    stopTimer = clock.after(waitMs, () => void flush());
  };
  const flush = async (): Promise<void> => {
    const answer = waiting;
    if (answer === undefined || isOut) {
      return;
    }
    waiting = undefined;
    isOut = true;
    sentAt = clock.now();
    try {
      if (await send(answer)) {
        onSaved(answer);
      }
    } catch (error) {
      // A draft that got no answer is sent again with the next change, or stays in the fields.
      waiting ??= error instanceof Unanswered ? answer : undefined;
    } finally {
      isOut = false;
      if (waiting !== undefined) {
        leaveIn(0);
      }
    }
  };
  return {
    save: (answer, isTyped) => {
      since = waiting === undefined ? clock.now() : since;
      waiting = answer;
      leaveIn(isTyped ? Math.min(RESTED_MS, since + TYPED_MS_MAX - clock.now()) : 0);
    },
    hurry: () => {
      if (waiting !== undefined && clock.now() >= sentAt + DRAFT_EVERY_MS) {
        stopTimer();
        void flush();
      }
    },
    stop: () => {
      waiting = undefined;
      stopTimer();
    },
  };
}
