/**
 * A student's answer on its way: drafts that are kept, an answer that is sent until it is saved.
 *
 * Invariants:
 * PG7: `saved` is said only of an answer that the server has acknowledged or shows as its own.
 * PG8: An answer that got no answer is sent again under its id; a pause or a lost connection only
 *    delays it.
 * PG13: An answer that is changed while the one before is on its way follows it, and counts.
 */
import { useEffect, useRef, useState } from "react";
import { Unanswered } from "../client/problems.ts";
import type { Watched } from "../client/watched.ts";
import { systemClock, systemIds } from "../platform.ts";
import { type Filling, fillingOf, isComplete, isSame, orderOf } from "./answer.ts";
import { type Drafts, createDrafts } from "./drafts.ts";
import { type FillingPlace, forgetFilling, keepFilling, keptFilling } from "./kept-filling.ts";
import { textOfError, textOfProblem } from "./problem-text.ts";
import { type Answer, type OwnRound, parseStudentView } from "./view.ts";

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
  const [place] = useState(() => placeOf(watched, round));
  const [filling, setFilling] = useState(() => firstFilling(place, round));
  const [sent, setSent] = useState<Sent | undefined>();
  const [drafted, setDrafted] = useState<Answer | undefined>();
  const [error, setError] = useState<string>();
  const drafts = useDrafts(watched, round, setDrafted);
  const line = useRef({ last: Promise.resolve(), isGiven: false });
  const given = answerIn(round, filling);
  const acknowledged = round.answer ?? (sent?.isAcknowledged === true ? sent.answer : null);
  useElsewhere(round.answer, (answer) => {
    const isNews = sent === undefined || (sent.isAcknowledged && isSame(sent.answer, given));
    if (isNews) {
      setFilling(fillingOf(answer));
    }
  });
  const status = statusOf({ round, filling, given, sent, acknowledged, drafted });
  useEffect(() => {
    if (round.answer === null && keptFilling(place) !== undefined) {
      drafts.save(filling.answer, false);
    }
  }, [drafts]);
  useEffect(() => {
    if (status === "saved" || status === "drafted") {
      forgetFilling();
    }
  }, [status]);
  const fill = (next: Filling): void => {
    setFilling(next);
    setError(undefined);
    keepFilling(place, next);
    drafts.save(next.answer, next.answer.text !== undefined || next.typed !== "");
  };
  const submit = (): void => {
    setError(undefined);
    drafts.stop();
    keepFilling(place, filling);
    const mine: Sent = { answer: given, isAcknowledged: false };
    setSent(mine);
    const send = async (): Promise<string | undefined> => {
      const isFirst = acknowledged === null && !line.current.isGiven;
      const type = isFirst ? "answer.submit" : "answer.amend";
      return deliver(watched, { type, roundId: round.roundId, answer: given });
    };
    const settle = (problem: string | undefined): void => {
      const isAcknowledged = problem === undefined;
      line.current.isGiven ||= isAcknowledged;
      const after = isAcknowledged ? { ...mine, isAcknowledged } : undefined;
      setSent((latest) => (latest === mine ? after : latest));
      setError(problem);
    };
    line.current.last = line.current.last
      .then(send)
      .then(settle, (failure: unknown) => settle(textOfError(failure)));
  };
  return { filling, status, error, fill, submit };
}

function placeOf(watched: Watched, { roundId }: OwnRound): FillingPlace {
  const { me } = parseStudentView(watched.view);
  return { actor: watched.actor, participantId: me?.participantId ?? "", roundId };
}

/** What this browser kept was never saved, so it is newer than what the server has. */
function firstFilling(place: FillingPlace, round: OwnRound): Filling {
  const before = round.phase === "open" ? keptFilling(place) : undefined;
  return before ?? fillingOf(round.answer ?? round.draft);
}

/** Given in another tab, or handed in when time was up. */
function useElsewhere(answer: Answer | null, onGiven: (answer: Answer) => void): void {
  const text = JSON.stringify(answer);
  const before = useRef(text);
  useEffect(() => {
    if (before.current !== text && answer !== null) {
      onGiven(answer);
    }
    before.current = text;
  }, [text]);
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

function useDrafts(
  watched: Watched,
  { roundId }: OwnRound,
  onSaved: (answer: Answer) => void,
): Drafts {
  const [drafts] = useState(() =>
    createDrafts({
      clock: systemClock,
      send: async (answer) => (await watched.send({ type: "draft.save", roundId, answer })).ok,
      onSaved,
    }),
  );
  useEffect(() => {
    addEventListener("visibilitychange", drafts.hurry);
    return () => {
      removeEventListener("visibilitychange", drafts.hurry);
      drafts.stop();
    };
  }, [drafts]);
  return drafts;
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
