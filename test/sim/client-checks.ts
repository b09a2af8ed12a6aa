/**
 * Checks of what clients were told: durable, once, and in one order that respects real time.
 */
import { decodeRecord, encodeRecord } from "../../actors/envelope.ts";
import type { Address } from "../../actors/address.ts";
import type { Json } from "../../machines/json.ts";
import type { Living } from "../../machines/living.ts";
import type { Check, Finding } from "./checks.ts";
import type { ActorEvidence, Evidence } from "./evidence.ts";
import type { Looked, Sent, Told } from "./history.ts";

type Accepted = Extract<Told, { kind: "accepted" }>;

interface Acked {
  readonly sent: Sent;
  readonly told: Accepted;
}

export function checkClients(evidence: Evidence): readonly Finding[] {
  return evidence.actors.flatMap((actor) => {
    const sent = evidence.history.sent.filter(({ address }) => isOf(actor, address));
    const looked = evidence.history.looked.filter(({ address }) => isOf(actor, address));
    const acked = sent.flatMap((each) =>
      each.told.flatMap((told) => (told.kind === "accepted" ? [{ sent: each, told }] : [])),
    );
    const snapshots = snapshotsOf(evidence, actor);
    return [
      ...acked.flatMap((each) => inLog(actor, each)),
      ...sent.flatMap((each) => once(each)),
      ...realTime(acked, looked, sent),
      ...looks(looked, snapshots),
      ...refusals(actor, sent, acked),
      ...presence(evidence, actor, { sent, looked }),
    ];
  });
}

function isOf(actor: ActorEvidence, address: Address): boolean {
  return actor.address.id === address.id;
}

function inLog(actor: ActorEvidence, { sent, told }: Acked): readonly Finding[] {
  const { record } = told;
  const line = actor.log.find(({ seq }) => seq === record.seq)?.line;
  const found = line === undefined ? undefined : decodeRecord(line);
  if (line === encodeRecord(record) && Bun.deepEquals(found?.message, sent.message)) {
    return [];
  }
  const there = found === undefined ? "nothing" : JSON.stringify(found.message);
  const detail = `${sent.name} was acknowledged as record ${record.seq}, where ${there} is`;
  return [{ check: "acknowledged is in the log", detail }];
}

/** Whoever asks again is told the same; an id that is taken takes nothing else. */
function once(sent: Sent): readonly Finding[] {
  const say = (detail: string): readonly Finding[] => [
    { check: "each id at most once", detail: `${sent.name} ${detail}` },
  ];
  if (sent.reuses !== undefined) {
    const wrong = sent.told.find((told) => told.kind !== "refused" || told.code !== "key-reused");
    return wrong === undefined ? [] : say(`for another command was ${wrong.kind}`);
  }
  const accepted = sent.told.flatMap((told) => (told.kind === "accepted" ? [told] : []));
  const seqs = new Set(accepted.map(({ record }) => record.seq));
  const news = accepted.filter(({ duplicate }) => !duplicate).length;
  if (seqs.size > 1 || news > 1) {
    return say(`was told seqs ${[...seqs].join(", ")}, ${news} times as new`);
  }
  const after = sent.told.slice(sent.told.findIndex(({ kind }) => kind === "accepted") + 1);
  const refused = after.find(({ kind }) => kind === "refused");
  return accepted.length > 0 && refused !== undefined ? say("was refused after it was taken") : [];
}

/** What ended before another thing began comes before it. */
function realTime(
  acked: readonly Acked[],
  looked: readonly Looked[],
  sent: readonly Sent[],
): readonly Finding[] {
  const found: Finding[] = [];
  const refused = sent.flatMap(({ told }) =>
    told.flatMap((each) => (each.kind === "refused" && each.lookSeq !== undefined ? [each] : [])),
  );
  const reads = [
    ...looked.map(({ sentStep, step, seq = 0 }) => ({ what: "a look", sentStep, step, seq })),
    ...refused.map(({ sentStep, step, code, lookSeq = 0 }) => {
      return { what: `a refusal (${code})`, sentStep, step, seq: lookSeq };
    }),
  ];
  const ends = [
    ...acked.map(({ told }) => ({ step: told.step, seq: told.record.seq })),
    ...reads.map(({ step, seq }) => ({ step, seq })),
  ].toSorted((one, other) => one.step - other.step);
  const highest = highestBy(ends);
  for (const { sent: each, told } of acked) {
    const before = highest(each.firstStep);
    if (told.record.seq <= before) {
      const detail = `${each.name} became record ${told.record.seq}, begun after ${before} was known`;
      found.push({ check: "real time is respected", detail });
    }
  }
  for (const { what, sentStep, seq } of reads) {
    const before = highest(sentStep);
    if (seq < before) {
      const detail = `${what} of seq ${seq} began after ${before} was known`;
      found.push({ check: "real time is respected", detail });
    }
  }
  return found;
}

/** The highest seq that anybody had been told of at a step. */
function highestBy(
  ends: readonly { readonly step: number; readonly seq: number }[],
): (step: number) => number {
  let highest = 0;
  const rises = ends.map(({ step, seq }) => {
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

function snapshotsOf({ machine }: Evidence, { records }: ActorEvidence): ReadonlyMap<number, Json> {
  const snapshots = new Map<number, Json>();
  let living: Living | undefined;
  for (const { seq, at, by, message } of records) {
    const stamp = { seq, at, by };
    const stepped =
      living === undefined ? machine.birth(message, stamp) : living.step(message, stamp);
    living = stepped.kind === "accepted" ? stepped.next : living;
    snapshots.set(seq, living?.persist() ?? null);
  }
  return snapshots;
}

function looks(
  looked: readonly Looked[],
  snapshots: ReadonlyMap<number, Json>,
): readonly Finding[] {
  return looked.flatMap(({ seq, snapshot }): Finding[] =>
    seq === undefined || Bun.deepEquals(snapshots.get(seq), snapshot)
      ? []
      : [{ check: "looks are of their moment", detail: `the look of seq ${seq} is not the log's` }],
  );
}

/** A refusal is true at the seq that it was confirmed at, and no id is refused that was taken. */
function refusals(
  actor: ActorEvidence,
  sent: readonly Sent[],
  acked: readonly Acked[],
): readonly Finding[] {
  const say = (detail: string): Finding => ({ check: "refusals are of their moment", detail });
  const taken = new Set(acked.map((each) => each.sent));
  return sent.flatMap((each) =>
    each.told.flatMap((told): Finding[] => {
      if (told.kind !== "refused" || each.reuses !== undefined) {
        return [];
      }
      const seq = told.lookSeq ?? 0;
      const over = actor.records.some((record) => record.seq <= seq && record.state === "over");
      if (told.code === "session-over" && !over) {
        return [say(`${each.name} was refused as over at seq ${seq}, which it was not`)];
      }
      if (told.code === "moved-on" && seq <= (each.expectedSeq ?? seq)) {
        return [say(`${each.name} was refused as moved on at seq ${seq}`)];
      }
      return told.code === "key-reused" || (told.code === "internal" && taken.has(each))
        ? [say(`${each.name} was refused ${told.code}`)]
        : [];
    }),
  );
}

function presence(
  { history }: Evidence,
  actor: ActorEvidence,
  heard: { readonly sent: readonly Sent[]; readonly looked: readonly Looked[] },
): readonly Finding[] {
  const check: Check = "an actor is there once born";
  const born = history.born.find(({ address }) => isOf(actor, address));
  const absent = [
    ...heard.sent.flatMap(({ told }) => told.filter(({ kind }) => kind === "absent")),
    ...heard.looked.filter(({ seq }) => seq === undefined),
  ];
  return born === undefined || absent.length === 0
    ? []
    : [{ check, detail: `${actor.address.id} was absent at step ${absent[0]?.step}` }];
}
