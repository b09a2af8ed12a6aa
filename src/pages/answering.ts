/**
 * A student's answer on its way: drafts that are kept, an answer that is sent until it is saved.
 *
 * Invariants:
 * PG7: `saved` is said only of an answer that the server has acknowledged or shows as its own.
 * PG8: An answer that got no answer is sent again under its id; a pause or a lost connection only
 *    delays it.
 * 1. One draft is on its way at a time, and the newest waits: at most one a second leaves.
 */
import { useEffect, useRef, useState } from "react";
import { Unanswered } from "../client/problems.ts";
import type { Watched } from "../client/watched.ts";
import { systemClock, systemIds } from "../platform.ts";
import { type Filling, fillingOf, isComplete, isSame, orderOf } from "./answer.ts";
import { textOfError, textOfProblem } from "./problem-text.ts";
import type { Answer, OwnRound } from "./view.ts";

/** The server takes one draft a second of a participant. */
const DRAFT_EVERY_MS = 1_000;
/** Typing is saved when it rests, every two seconds at the latest. */
const TYPING_MS = 1_500;
const AGAIN_MS = 1_000;

export type AnswerStatus = "empty" | "filling" | "drafted" | "sending" | "saved" | "changed";

export interface Answering {
  readonly filling: Filling;
  readonly status: AnswerStatus;
  readonly error: string | undefined;
  readonly fill: (filling: Filling) => void;
  readonly submit: () => void;
}

interface Sent {
  readonly answer: Answer;
  readonly isAcknowledged: boolean;
}

export function useAnswering(watched: Watched, round: OwnRound): Answering {
  const [filling, setFilling] = useState(() => fillingOf(round.answer ?? round.draft));
  const [sent, setSent] = useState<Sent | undefined>();
  const [drafted, setDrafted] = useState<Answer | undefined>();
  const [error, setError] = useState<string>();
  const drafts = useDrafts(watched, round.roundId, setDrafted);
  const elsewhere = sent === undefined && round.answer !== null ? JSON.stringify(round.answer) : "";
  useEffect(() => {
    if (elsewhere !== "") {
      setFilling(fillingOf(parseAnswer(elsewhere)));
    }
  }, [elsewhere]);
  const given = answerIn(round, filling);
  const acknowledged = round.answer ?? (sent?.isAcknowledged === true ? sent.answer : null);
  const fill = (next: Filling): void => {
    setFilling(next);
    setError(undefined);
    const isTyped = next.answer.text !== undefined || next.typed !== "";
    drafts.save(next.answer, isTyped ? TYPING_MS : 0);
  };
  const submit = (): void => {
    setError(undefined);
    drafts.stop();
    setSent({ answer: given, isAcknowledged: false });
    const type = acknowledged === null ? "answer.submit" : "answer.amend";
    deliver(watched, { type, roundId: round.roundId, answer: given })
      .then((problem) => {
        setSent(problem === undefined ? { answer: given, isAcknowledged: true } : undefined);
        setError(problem);
      })
      .catch((failure: unknown) => {
        setSent(undefined);
        setError(textOfError(failure));
      });
  };
  const status = statusOf({ round, filling, given, sent, acknowledged, drafted });
  return { filling, status, error, fill, submit };
}

/** Given in another tab, or handed in when time was up. */
function parseAnswer(text: string): Answer {
  return JSON.parse(text) as Answer;
}

interface Known {
  readonly round: OwnRound;
  readonly filling: Filling;
  readonly given: Answer;
  readonly sent: Sent | undefined;
  readonly acknowledged: Answer | null;
  readonly drafted: Answer | undefined;
}

export function statusOf(known: Known): AnswerStatus {
  const { round, filling, given, sent, acknowledged, drafted } = known;
  if (sent?.isAcknowledged === false && isSame(sent.answer, given)) {
    return "sending";
  }
  if (acknowledged !== null) {
    return isSame(acknowledged, given) ? "saved" : "changed";
  }
  if (!isComplete(round.item, { ...filling, answer: given })) {
    return "empty";
  }
  return isSame(drafted ?? round.draft, filling.answer) ? "drafted" : "filling";
}

/** What would be sent now: an ordering that nobody moved is an answer too. */
export function answerIn(round: OwnRound, { answer }: Filling): Answer {
  return round.item.kind === "ordering" ? { order: orderOf(round.item, answer) } : answer;
}

interface Drafts {
  readonly save: (answer: Answer, inMs: number) => void;
  readonly stop: () => void;
}

function useDrafts(watched: Watched, roundId: string, onSaved: (answer: Answer) => void): Drafts {
  const [drafts] = useState(() => createDrafts(watched, roundId, onSaved));
  const held = useRef(drafts);
  useEffect(() => () => held.current.stop(), []);
  return drafts;
}

function createDrafts(
  watched: Watched,
  roundId: string,
  onSaved: (answer: Answer) => void,
): Drafts {
  let waiting: Answer | undefined;
  let isOut = false;
  let sentAt = 0;
  let stopTimer = (): void => {};
  const arm = (inMs: number): void => {
    const waitMs = Math.max(inMs, sentAt + DRAFT_EVERY_MS - systemClock.now());
    stopTimer();
    stopTimer = systemClock.after(waitMs, () => void flush());
  };
  const flush = async (): Promise<void> => {
    const answer = waiting;
    if (answer === undefined || isOut) {
      return;
    }
    waiting = undefined;
    isOut = true;
    sentAt = systemClock.now();
    try {
      const reply = await watched.send({ type: "draft.save", roundId, answer });
      if (reply.ok) {
        onSaved(answer);
      }
    } catch (error) {
      // A draft that got no answer is sent again with the next change, or stays in the fields.
      waiting ??= error instanceof Unanswered ? answer : undefined;
    } finally {
      isOut = false;
      if (waiting !== undefined) {
        arm(0);
      }
    }
  };
  return {
    save: (answer, inMs) => {
      waiting = answer;
      arm(inMs);
    },
    stop: () => {
      waiting = undefined;
      stopTimer();
    },
  };
}

type Given = Extract<Parameters<Watched["send"]>[0], { type: "answer.submit" | "answer.amend" }>;

/** Undefined: it is saved. Otherwise why it never will be. */
async function deliver(watched: Watched, command: Given): Promise<string | undefined> {
  const id = systemIds.next();
  for (;;) {
    try {
      const reply = await watched.send(command, { id });
      if (reply.ok || reply.problem.code === "already-answered") {
        return reply.ok ? undefined : textOfProblem(reply.problem);
      }
      if (reply.problem.code !== "paused") {
        return textOfProblem(reply.problem);
      }
      await watched.until(({ can, status }) => can.includes(command.type) || status === "ended");
    } catch (error) {
      if (!(error instanceof Unanswered) || watched.status === "ended") {
        throw error;
      }
      await new Promise<void>((resolve) => void systemClock.after(AGAIN_MS, resolve));
    }
  }
}
