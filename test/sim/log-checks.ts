/**
 * Checks of the log itself: gapless, each id once, chained, replayable, and copied whole.
 */
import { addressKey } from "../../actors/address.ts";
import { chainOn, chainStart } from "../../actors/envelope.ts";
import type { Living, Stepped } from "../../machines/living.ts";
import { stepAgain } from "./again.ts";
import type { Finding } from "./checks.ts";
import type { ActorEvidence, Evidence } from "./evidence.ts";
import { areOfOneMoment } from "./moment.ts";

/**
 * Two nodes' measured times of the store may each be wrong by half a short trip, a rounding, and
 * the drift between two measurements.
 */
export const CLOCK_ERROR_MS_MAX = 50;

export function checkLog(evidence: Evidence): readonly Finding[] {
  return evidence.actors.flatMap((actor) => [
    ...seqs(actor),
    ...ids(actor),
    ...times(actor),
    ...replay(evidence, actor),
    ...journal(actor),
  ]);
}

function seqs({ address, log, records, envelope, archived }: ActorEvidence): readonly Finding[] {
  const found: Finding[] = [];
  const say = (detail: string): void => {
    found.push({ check: "seq without a gap", detail: `${address.id}: ${detail}` });
  };
  log.forEach(({ seq }, index) => {
    if (seq !== index + 1 || records[index]?.seq !== seq) {
      say(`expected seq ${index + 1}, found ${seq} that says ${records[index]?.seq}`);
    }
  });
  if (envelope?.seq !== log.length) {
    say(`the envelope says ${envelope?.seq}, the log has ${log.length}`);
  }
  const start = chainStart(address, archived?.epoch ?? "");
  const head = log.reduce((before, { line }) => chainOn(before, line), start);
  if (head !== envelope?.head) {
    say("the envelope's head is not the chain's");
  }
  return found;
}

function ids({ address, records }: ActorEvidence): readonly Finding[] {
  const first = new Map<string, number>();
  return records.flatMap(({ id, seq }): Finding[] => {
    const before = id === undefined ? undefined : first.get(id.idKey);
    if (id === undefined || before === undefined) {
      first.set(id?.idKey ?? "", seq);
      return [];
    }
    const detail = `${address.id}: an id made record ${before} and record ${seq}`;
    return [{ check: "each id at most once", detail }];
  });
}

/** Received before it was committed, by the store's clock, and never before what came before. */
function times({ address, records, committedAt }: ActorEvidence): readonly Finding[] {
  return records.flatMap(({ seq, at }, index): Finding[] => {
    const ahead = at - (committedAt.get(seq) ?? at);
    const back = (records[index - 1]?.at ?? at) - at;
    return ahead <= CLOCK_ERROR_MS_MAX && back <= 0
      ? []
      : [
          {
            check: "times are the store's",
            detail: `${address.id}#${seq} is ${ahead} ms ahead of its commit, ${back} back`,
          },
        ];
  });
}

function replay({ lineage }: Evidence, actor: ActorEvidence): readonly Finding[] {
  const { address, records, envelope } = actor;
  const say = (detail: string): readonly Finding[] => [
    { check: "replay is the snapshot", detail: `${address.id}: ${detail}` },
  ];
  let living: Living | undefined;
  for (const record of records) {
    const { seq, message, facts, state } = record;
    const stepped: Stepped = stepAgain(lineage, living, record);
    const next: Living | undefined = stepped.kind === "accepted" ? stepped.next : living;
    const made = stepped.kind === "accepted" ? stepped.facts : [];
    if (!same(made, facts) || !same(next?.state, state)) {
      return say(`record ${seq} (${message.type}) replays to other facts or another state`);
    }
    living = next;
  }
  return same(living?.persist(), envelope?.snapshot)
    ? []
    : say(`the log comes to ${text(living?.persist())}, stored is ${text(envelope?.snapshot)}`);
}

function journal({ address, log, stored, archived, archivedLog }: ActorEvidence): Finding[] {
  const say = (detail: string): Finding => ({
    check: "the journal is the log",
    detail: `${addressKey(address)}: ${detail}`,
  });
  const found: Finding[] = [];
  if (archived?.seq !== log.length || archivedLog.length !== log.length) {
    const has = `${archivedLog.length} records and says ${archived?.seq}`;
    found.push(say(`expected ${log.length} records, it has ${has}`));
  } else if (!areOfOneMoment(address, archived.envelope, stored ?? "")) {
    found.push(say("its envelope is not the store's"));
  }
  const other = archivedLog.find(({ seq, line }) => log[seq - 1]?.line !== line);
  if (other !== undefined) {
    found.push(say(`record ${other.seq} is another`));
  }
  return found;
}

function same(one: unknown, other: unknown): boolean {
  return Bun.deepEquals(one, other);
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}
