/**
 * Checks of order: all that was told of one actor fits the one order that its log is.
 *
 * Every answer has a place in that order: an acknowledgement is its record's, a look, a refusal or
 * the end of a page comes right after the record that it shows. Since the order is total, it is
 * linearizable when no pair is the wrong way round: what ended before another thing began is not
 * placed after it (a write: is placed before it), and nothing is shown before it was committed.
 */
import { encodeRecord } from "../../actors/envelope.ts";
import type { Living } from "../../machines/living.ts";
import type { Check, Finding } from "./checks.ts";
import type { ActorEvidence } from "./evidence.ts";
import type { Looked, Paged, Sent, Shown, Span, Watched } from "./history.ts";

export interface ToldOfOne {
  readonly sent: readonly Sent[];
  readonly looked: readonly Looked[];
  readonly paged: readonly Paged[];
  readonly watched: readonly Watched[];
}

interface Write extends Span {
  readonly what: string;
  readonly seq: number;
  readonly firstStep: number;
}

/** What was shown, at some seq. */
interface Read extends Span {
  readonly what: string;
  readonly seq: number;
  readonly look?: Shown | undefined;
}

/** Somebody knew at a step that the actor had come so far. */
interface Known {
  readonly step: number;
  readonly seq: number;
}

export function inOrder(
  actor: ActorEvidence,
  after: ReadonlyMap<number, Living>,
  told: ToldOfOne,
): readonly Finding[] {
  const writes = told.sent.flatMap(writesOf);
  const reads = [
    ...told.sent.flatMap(readsOf),
    ...told.looked.map(({ look, ...span }): Read => ({
      ...span,
      what: "a look",
      seq: look?.seq ?? 0,
      look,
    })),
  ];
  const pages = told.paged.map((page): Read => ({
    ...page,
    what: "a page",
    seq: page.after + page.records.length,
  }));
  const heard = told.watched.flatMap(({ heard: records, heardSteps }) =>
    records.map(({ seq }, index): Known => ({ seq, step: heardSteps[index] ?? 0 })),
  );
  const shown = [...reads, ...pages.filter((_, at) => told.paged[at]?.records.length !== 0)];
  const highest = highestBy([...writes, ...shown, ...heard]);
  // A page that is full says nothing of where the history ends.
  const ending = pages.filter((_, at) => isShort(told.paged[at]));
  return [
    ...writes.flatMap((each) => afterKnown(each, highest(each.firstStep))),
    ...[...reads, ...ending].flatMap((each) => notBack(each, highest(each.sentStep))),
    ...[...writes, ...shown, ...heard].flatMap((each) => committed(actor, each)),
    ...reads.flatMap((each) => ofItsMoment(each, after)),
    ...told.paged.flatMap((page) => whole(actor, page)),
  ];
}

function writesOf(sent: Sent): readonly Write[] {
  return sent.told.flatMap((told) =>
    told.kind === "accepted" && sent.reuses === undefined
      ? [{ ...told, what: sent.name, seq: told.record.seq, firstStep: sent.firstStep }]
      : [],
  );
}

/** Right after a record, or of now where the command was there already. */
function readsOf(sent: Sent): readonly Read[] {
  return sent.told.flatMap((told): Read[] => {
    const { sentStep, step } = told;
    if (told.kind === "absent" || told.look === undefined) {
      return [];
    }
    const { look } = told;
    const of = told.kind === "accepted" ? "the look of" : `the refusal (${told.code}) of`;
    return [{ sentStep, step, what: `${of} ${sent.name}`, seq: look.seq, look }];
  });
}

function isShort(page: Paged | undefined): boolean {
  return page !== undefined && page.records.length < page.limit;
}

function afterKnown({ what, seq }: Write, known: number): readonly Finding[] {
  const detail = `${what} became record ${seq}, begun after ${known} was known`;
  return seq > known ? [] : [{ check: "real time is respected", detail }];
}

function notBack({ what, seq }: Read, known: number): readonly Finding[] {
  const detail = `${what} of seq ${seq} began after ${known} was known`;
  return seq >= known ? [] : [{ check: "real time is respected", detail }];
}

function committed({ committedStep }: ActorEvidence, known: Known): readonly Finding[] {
  const check: Check = "nothing is shown before it is committed";
  const at = committedStep.get(known.seq);
  const detail = `record ${known.seq} was known at step ${known.step}, committed at ${at}`;
  return known.seq === 0 || (at ?? Infinity) <= known.step ? [] : [{ check, detail }];
}

function ofItsMoment(
  { what, seq, look }: Read,
  after: ReadonlyMap<number, Living>,
): readonly Finding[] {
  const check: Check = "looks are of their moment";
  return look === undefined || Bun.deepEquals(after.get(seq)?.persist(), look.snapshot)
    ? []
    : [{ check, detail: `${what}, of seq ${seq}, is not the log's` }];
}

/** No gap, from where it was asked for on, and every line is the log's. */
function whole({ log }: ActorEvidence, { after, limit, records }: Paged): readonly Finding[] {
  const wrong = records.findIndex(
    (record, at) =>
      record.seq !== after + 1 + at || encodeRecord(record) !== log[record.seq - 1]?.line,
  );
  const detail = `of ${limit} records after ${after}, number ${wrong + 1} is not the log's`;
  return wrong < 0 && records.length <= limit ? [] : [{ check: "pages are whole", detail }];
}

/** The highest seq that anybody had been told of before a step. */
function highestBy(ends: readonly Known[]): (step: number) => number {
  let highest = 0;
  const rises = ends
    .toSorted((one, other) => one.step - other.step)
    .map(({ step, seq }) => {
      highest = Math.max(highest, seq);
      return { step, highest };
    });
  return (step) => {
    let [low, high] = [0, rises.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = rises[middle];
      [low, high] = there !== undefined && there.step < step ? [middle + 1, high] : [low, middle];
    }
    return rises[low - 1]?.highest ?? 0;
  };
}
