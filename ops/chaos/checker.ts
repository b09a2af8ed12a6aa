/**
 * The checker: what must be true of every history, whatever went wrong meanwhile.
 *
 * Pure; it looks at the evidence alone. An actor that is refused is not judged by its log, because
 * nobody is shown one: refused is the opposite of served as if nothing had been.
 */
import type { Evidence, JudgedWatcher, LoggedRecord, Operation } from "./history.ts";

export type Harm = "lost" | "duplicated" | "reordered";

export interface Finding {
  readonly harm: Harm;
  readonly detail: string;
}

interface Acknowledged {
  readonly operation: Operation;
  readonly at: number;
  readonly seq: number;
}

export function check({ operations, watchers, logs }: Evidence): readonly Finding[] {
  return [...logs].flatMap(([actor, log]) => {
    if (log.kind === "refused") {
      return [];
    }
    const own = operations.filter((each) => each.actor === actor);
    const acknowledged = own.flatMap(acknowledgedIn);
    return [
      ...gapless(actor, log.records),
      ...once(actor, log.records),
      ...kept(acknowledged, log.records),
      ...realTime(acknowledged.filter(({ operation }) => !operation.isRepeat)),
      ...remembered(own),
      ...watchers
        .filter((each) => each.actor === actor)
        .flatMap((watcher) => [...contiguous(watcher), ...fresh(watcher, acknowledged)]),
    ];
  });
}

export function count(findings: readonly Finding[], harm: Harm): number {
  return findings.filter((each) => each.harm === harm).length;
}

function acknowledgedIn(operation: Operation): readonly Acknowledged[] {
  const { told } = operation;
  return told?.kind === "acknowledged" ? [{ operation, at: told.at, seq: told.seq }] : [];
}

/** Records are 1, 2, 3, …. */
function gapless(actor: string, records: readonly LoggedRecord[]): readonly Finding[] {
  return records.flatMap(({ seq }, index): Finding[] => {
    const before = records[index - 1]?.seq ?? 0;
    if (seq === before + 1) {
      return [];
    }
    const detail = `${actor}: record ${seq} stands after ${before}`;
    const harm = seq === before ? "duplicated" : "reordered";
    return [{ harm: seq > before ? "lost" : harm, detail }];
  });
}

function once(actor: string, records: readonly LoggedRecord[]): readonly Finding[] {
  const seen = new Map<string, number>();
  return records.flatMap(({ seq, idKey }): Finding[] => {
    const before = idKey === undefined ? undefined : seen.get(idKey);
    if (idKey === undefined || before === undefined) {
      seen.set(idKey ?? "", seq);
      return [];
    }
    const detail = `${actor}: one id made record ${before} and record ${seq}`;
    return [{ harm: "duplicated", detail }];
  });
}

/** What was acknowledged is in the log, where it was said to be. */
function kept(
  acknowledged: readonly Acknowledged[],
  records: readonly LoggedRecord[],
): readonly Finding[] {
  const bySeq = new Map(records.map((record) => [record.seq, record]));
  const byId = new Map(records.map((record) => [record.idKey, record]));
  return acknowledged.flatMap(({ operation, seq }): Finding[] => {
    const { idKey, actor, type } = operation;
    if (bySeq.get(seq)?.idKey === idKey) {
      return [];
    }
    const elsewhere = byId.get(idKey)?.seq;
    const said = `${actor}: ${type} was acknowledged as record ${seq}`;
    return elsewhere === undefined
      ? [{ harm: "lost", detail: `${said}, and is not in the log` }]
      : [{ harm: "reordered", detail: `${said}, and is record ${elsewhere}` }];
  });
}

/** What was acknowledged is acknowledged again when the same id is sent again. */
function remembered(operations: readonly Operation[]): readonly Finding[] {
  return operations.flatMap(({ actor, type, isRepeat, told }): Finding[] => {
    const isForgotten = isRepeat && told?.kind === "refused";
    const detail = `${actor}: ${type} was acknowledged, and refused when it was sent again`;
    return isForgotten ? [{ harm: "lost", detail: `${detail}: ${told.code}` }] : [];
  });
}

/** What was acknowledged before another thing was sent comes before it. */
function realTime(acknowledged: readonly Acknowledged[]): readonly Finding[] {
  const ends = acknowledged.toSorted((one, other) => one.at - other.at);
  const starts = acknowledged.toSorted(
    (one, other) => one.operation.sentAt - other.operation.sentAt,
  );
  const found: Finding[] = [];
  let highest = 0;
  let next = 0;
  for (const { operation, seq } of starts) {
    for (let end = ends[next]; end !== undefined && end.at < operation.sentAt; end = ends[next]) {
      highest = Math.max(highest, end.seq);
      next += 1;
    }
    if (seq <= highest) {
      const detail = `${operation.actor}: ${operation.type} became record ${seq}, sent after ${highest} was acknowledged`;
      found.push({ harm: "reordered", detail });
    }
  }
  return found;
}

/** What was acknowledged before a read was asked for is in its answer. */
function fresh(
  { actor, name, reads = [] }: JudgedWatcher,
  acknowledged: readonly Acknowledged[],
): readonly Finding[] {
  const ends = acknowledged.toSorted((one, other) => one.at - other.at);
  let highest = 0;
  let next = 0;
  return reads.flatMap(({ askedAt, seq }): Finding[] => {
    for (let end = ends[next]; end !== undefined && end.at < askedAt; end = ends[next]) {
      highest = Math.max(highest, end.seq);
      next += 1;
    }
    const detail = `${actor}: ${name} was read up to ${seq}, asked after ${highest} was acknowledged`;
    return seq < highest ? [{ harm: "reordered", detail }] : [];
  });
}

/** Every visible record after the view that it began with, once and in order, to the very last. */
function contiguous({ actor, name, heard, visible }: JudgedWatcher): readonly Finding[] {
  const found: Finding[] = [];
  const say = (harm: Harm, detail: string): void => {
    found.push({ harm, detail: `${actor}: ${name} ${detail}` });
  };
  let cursor: number | undefined;
  for (const each of heard) {
    if (each.kind === "record" && cursor !== undefined) {
      const [from, to] = [cursor, each.seq];
      if (to === from) {
        say("duplicated", `heard record ${to} twice`);
      } else if (to < from) {
        say("reordered", `heard record ${to} after ${from}`);
      } else {
        visible
          .filter((seq) => seq > from && seq < to)
          .forEach((seq) => say("lost", `heard record ${to} after ${from}, and never ${seq}`));
      }
    }
    // A view may show an older moment: an explicit reset starts from there.
    cursor = each.kind === "reset" ? each.seq : Math.max(cursor ?? 0, each.seq);
  }
  const last = cursor ?? 0;
  visible
    .filter((seq) => seq > last)
    .forEach((seq) => say("lost", `is at ${last} in the end, and never heard record ${seq}`));
  return found;
}
