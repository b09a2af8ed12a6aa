/**
 * What every store checks of a commit or an installation before it writes a byte.
 *
 * Owns the limits that both stores share; over a limit is `CommitTooLarge`, a commit that
 * contradicts itself is a bug of its author and a `RangeError`. Either way nothing was written.
 */
import {
  type AgendaItem,
  COMMIT_BYTES_MAX,
  COMMIT_RECORDS_MAX,
  type Commit,
  CommitTooLarge,
  ENVELOPE_BYTES_MAX,
  type Installation,
  type KnownId,
  RECORDS_MAX,
} from "./store.ts";

/** A drain takes at most 64 messages, and each is either claimed or asked about. */
export const COMMIT_IDS_MAX = 2 * COMMIT_RECORDS_MAX;
/** A session of 500 students arms and cancels two timers each when it locks a round. */
export const AGENDA_CHANGES_MAX = 4_096;
/** Above this one hydration would stall every other actor of the store for over 50 ms. */
export const INSTALL_BYTES_MAX = 4 * COMMIT_BYTES_MAX;
/** Ids remembered for one actor: 500 students who send 100 commands each. */
export const INSTALL_IDS_MAX = 50_000;

/** The most items that one call claims, and the most actors that one page lists. */
export const PAGE_MAX = 1_000;

export function checkCommit(commit: Commit): void {
  const { records, claims, asks, agenda, firstSeq } = commit;
  atMost("records", records.length, COMMIT_RECORDS_MAX);
  atMost("command ids", claims.length + asks.length, COMMIT_IDS_MAX);
  const { put, remove, cancel = [] } = agenda;
  atMost("changes of the agenda", put.length + remove.length + cancel.length, AGENDA_CHANGES_MAX);
  atMost("bytes of records", bytesOf("", records), COMMIT_BYTES_MAX);
  atMost("bytes of the envelope", Buffer.byteLength(commit.envelope), ENVELOPE_BYTES_MAX);
  if (records.length === 0 || !Number.isSafeInteger(firstSeq) || firstSeq < 1) {
    throw new RangeError(`expected records from a seq on, found ${records.length} at ${firstSeq}`);
  }
  if (!isHead(commit.head) || commit.head === commit.expected || commit.expected === "") {
    throw new RangeError("expected a head that differs from the one before");
  }
  distinct(commit.claims.map(({ idKey }) => idKey));
  whole(commit.claims, put);
  if (commit.expected === undefined && commit.on !== undefined) {
    throw new RangeError("expected a birth to write its envelope whole, found a delta");
  }
  if ((commit.expected === undefined) !== (firstSeq === 1)) {
    throw new RangeError(`expected a birth to begin at 1 and nothing else, found ${firstSeq}`);
  }
}

export function checkInstallation(what: Installation): void {
  const { records, firstSeq, seq } = what;
  atMost("records", records.length, RECORDS_MAX);
  atMost("command ids", what.ids.length, INSTALL_IDS_MAX);
  atMost("items of the agenda", what.agenda.length, AGENDA_CHANGES_MAX);
  atMost("bytes", bytesOf(what.envelope, records), INSTALL_BYTES_MAX);
  if (!isHead(what.head) || seq < 1 || firstSeq < 1 || firstSeq + records.length - 1 !== seq) {
    throw new RangeError(`expected records up to ${seq}, found ${records.length} at ${firstSeq}`);
  }
  distinct(what.ids.map(({ idKey }) => idKey));
  whole(what.ids, what.agenda);
}

export function checkAgenda(agenda: readonly AgendaItem[]): void {
  atMost("items of the agenda", agenda.length, AGENDA_CHANGES_MAX);
  whole([], agenda);
}

export function checkAsks(count: number): void {
  atMost("command ids", count, COMMIT_IDS_MAX);
}

/** A page that was asked for, cut to what one call may return. */
export function pageOf(limit: number, max: number): number {
  return Math.max(0, Math.min(Math.floor(limit), max));
}

/** A word without blanks, so that it can stand in a line with others. */
function isHead(head: string): boolean {
  return /^[\x21-\x7e]{1,128}$/.test(head);
}

function atMost(what: string, found: number, max: number): void {
  if (found > max) {
    throw new CommitTooLarge(`expected at most ${max} ${what}, found ${found}`);
  }
}

function distinct(idKeys: readonly string[]): void {
  if (new Set(idKeys).size < idKeys.length) {
    throw new RangeError("expected each command id once, found one twice");
  }
}

function whole(ids: readonly KnownId[], items: readonly AgendaItem[]): void {
  const numbers = [
    ...ids.map(({ seq }) => seq),
    ...items.flatMap(({ generation, claimableAt }) => [generation, claimableAt]),
  ];
  if (!numbers.every((each) => Number.isSafeInteger(each))) {
    throw new RangeError("expected whole seqs, generations and times");
  }
}

function bytesOf(envelope: string, records: readonly string[]): number {
  return records.reduce((sum, line) => sum + Buffer.byteLength(line), Buffer.byteLength(envelope));
}
