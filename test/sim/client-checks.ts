/**
 * Checks of what clients were told: durable, once, and in one order that respects real time.
 */
import { decodeRecord, encodeRecord } from "../../actors/envelope.ts";
import type { Address } from "../../actors/address.ts";
import { claimOf } from "../../actors/letter.ts";
import type { Living } from "../../machines/living.ts";
import { stepAgain } from "./again.ts";
import type { Check, Finding } from "./checks.ts";
import type { ActorEvidence, Evidence } from "./evidence.ts";
import type { Looked, Sent, Told } from "./history.ts";
import { inOrder } from "./order-checks.ts";

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
    const after = livings(evidence.lineage, actor);
    const { paged, watched } = evidence.history;
    const told = {
      ...{ sent, looked },
      paged: paged.filter(({ address }) => isOf(actor, address)),
      watched: watched.filter(({ address }) => isOf(actor, address)),
    };
    return [
      ...acked.flatMap((each) => inLog(actor, each)),
      ...sent.flatMap((each) => once(each)),
      ...inOrder(actor, after, told),
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
      told.kind === "refused" && first !== undefined && (told.look?.seq ?? 0) >= first.record.seq,
  );
  return refused === undefined ? [] : say("was refused after it was taken");
}

/** The actor after each of its records, as the log replays it. */
function livings(
  lineage: Evidence["lineage"],
  { records }: ActorEvidence,
): ReadonlyMap<number, Living> {
  const after = new Map<number, Living>();
  let living: Living | undefined;
  for (const record of records) {
    const stepped = stepAgain(lineage, living, record);
    living = stepped.kind === "accepted" ? stepped.next : living;
    if (living !== undefined) {
      after.set(record.seq, living);
    }
  }
  return after;
}

/** A refusal is true at the seq that it was confirmed at, and what was refused was not done. */
function refusals(
  { timeless, lineage }: Evidence,
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
    // What may be accepted a moment later, a late copy of the same command may bring about: by the
    // time, or by a version that knows the command.
    const lasting = timeless && lineage.length === 1;
    const undone = lasting && each.reuses === undefined && refused.length === each.told.length;
    const done =
      undone && refused.length > 0 && seq !== undefined
        ? [say(`${name} was refused ${refused[0]?.code}, and is record ${seq}`)]
        : [];
    return [
      ...done,
      ...refused.flatMap(({ code, look }): Finding[] => {
        const at = look?.seq ?? 0;
        const unmoved = code === "moved-on" && at <= (expectedSeq ?? at);
        const wrong = unmoved || (each.reuses === undefined && code === "key-reused");
        const taken = timeless && isOfMachine(code) && takes(after.get(at), each);
        return wrong || taken
          ? [say(`${name} was refused ${code} at seq ${at}, where that is not so`)]
          : [];
      }),
    ];
  });
}

/** The runtime's own refusals say nothing of what the machine would have said. */
function isOfMachine(code: string): boolean {
  return !["moved-on", "key-reused", "internal", "too-large"].includes(code);
}

function takes(living: Living | undefined, { message, by }: Sent): boolean {
  const stepped = living?.step(message, { seq: 0, at: 0, by });
  return stepped === undefined || stepped.kind === "accepted";
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
    ...heard.looked.filter(({ look }) => look === undefined),
  ];
  return born === undefined || absent.length === 0
    ? []
    : [{ check, detail: `${actor.address.id} was absent at step ${absent[0]?.step}` }];
}
