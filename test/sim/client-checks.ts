/**
 * Checks of what clients were told: durable, once, and in one order that respects real time.
 */
import { decodeRecord, encodeRecord } from "../../actors/envelope.ts";
import type { Address } from "../../actors/address.ts";
import { claimOf } from "../../actors/letter.ts";
import type { Living } from "../../machines/living.ts";
import type { Check, Finding } from "./checks.ts";
import type { ActorEvidence, Evidence } from "./evidence.ts";
import type { Looked, Sent, Told } from "./history.ts";

type Accepted = Extract<Told, { kind: "accepted" }>;

interface Replayed {
  readonly actor: ActorEvidence;
  readonly after: ReadonlyMap<number, Living>;
}

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
    const after = livings(evidence.machine, actor);
    return [
      ...acked.flatMap((each) => inLog(actor, each)),
      ...sent.flatMap((each) => once(each)),
      ...realTime(acked, looked, sent),
      ...looks(looked, after),
      ...refusals(evidence, { actor, after }, sent),
      ...stale(evidence, { actor, after }),
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
  const { by, message, name: id } = sent;
  const claim = claimOf({ by, message, rank: "class", id });
  const own = Bun.deepEquals(found?.message, message) && found?.id?.idKey === claim?.idKey;
  if (line === encodeRecord(record) && own) {
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
  const [first] = accepted;
  // A refusal that was true before the command was taken may arrive after.
  const refused = sent.told.find(
    (told) =>
      told.kind === "refused" && first !== undefined && (told.lookSeq ?? 0) >= first.record.seq,
  );
  return refused === undefined ? [] : say("was refused after it was taken");
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

/** The actor after each of its records, as the log replays it. */
function livings(
  machine: Evidence["machine"],
  { records }: ActorEvidence,
): ReadonlyMap<number, Living> {
  const after = new Map<number, Living>();
  let living: Living | undefined;
  for (const { seq, at, by, message } of records) {
    const stamp = { seq, at, by };
    const stepped =
      living === undefined ? machine.birth(message, stamp) : living.step(message, stamp);
    living = stepped.kind === "accepted" ? stepped.next : living;
    if (living !== undefined) {
      after.set(seq, living);
    }
  }
  return after;
}

function looks(looked: readonly Looked[], after: ReadonlyMap<number, Living>): readonly Finding[] {
  return looked.flatMap(({ seq, snapshot }): Finding[] =>
    seq === undefined || Bun.deepEquals(after.get(seq)?.persist(), snapshot)
      ? []
      : [{ check: "looks are of their moment", detail: `the look of seq ${seq} is not the log's` }],
  );
}

/** A refusal is true at the seq that it was confirmed at, and what was refused was not done. */
function refusals(
  { timeless }: Evidence,
  { actor, after }: Replayed,
  sent: readonly Sent[],
): readonly Finding[] {
  const made = new Map(actor.records.map((record) => [record.id?.idKey, record.seq]));
  return sent.flatMap((each) => {
    const { by, message, expectedSeq, name } = each;
    const say = (detail: string): Finding => ({ check: "refusals are of their moment", detail });
    const id = claimOf({ by, message, rank: "class", id: name })?.idKey;
    const refused = each.told.flatMap((told) => (told.kind === "refused" ? [told] : []));
    const seq = made.get(id);
    // What may be accepted a moment later, a late copy of the same command may bring about.
    const undone = timeless && each.reuses === undefined && refused.length === each.told.length;
    const done =
      undone && refused.length > 0 && seq !== undefined
        ? [say(`${name} was refused ${refused[0]?.code}, and is record ${seq}`)]
        : [];
    return [
      ...done,
      ...refused.flatMap(({ code, lookSeq = 0 }): Finding[] => {
        const unmoved = code === "moved-on" && lookSeq <= (expectedSeq ?? lookSeq);
        const wrong = unmoved || (each.reuses === undefined && code === "key-reused");
        return wrong || (code === "session-over" && timeless && after.get(lookSeq)?.over !== true)
          ? [say(`${name} was refused ${code} at seq ${lookSeq}, where that is not so`)]
          : [];
      }),
    ];
  });
}

/** At rest, everybody whom an actor believes connected is so through a node that lives. */
function stale({ living }: Evidence, { actor, after }: Replayed): readonly Finding[] {
  const last = after.get(actor.records.length);
  const connections = last === undefined || last.over ? [] : last.connections();
  return connections
    .filter(({ connectionId }) => !living.some((name) => connectionId.startsWith(`${name}.`)))
    .map(({ connectionId }) => ({
      check: "nobody is present through a node that is gone",
      detail: `${actor.address.id} believes in ${connectionId}`,
    }));
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
