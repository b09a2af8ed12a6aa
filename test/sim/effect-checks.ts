/**
 * Checks of effects: performed after their commit, settled once and by what became of them, once
 * where they must not be repeated (C14), and to one target one after the other (C16).
 */
import { addressKey } from "../../actors/address.ts";
import type { ActorRecord } from "../../actors/envelope.ts";
import type { EffectWish } from "../../machines/living.ts";
import type { Check, Finding } from "./checks.ts";
import type { ActorEvidence, Evidence } from "./evidence.ts";

export interface Wished {
  readonly key: string;
  /** Of the record that wished it. */
  readonly seq: number;
  readonly wish: EffectWish;
}

/** How an effect may end without its performer's word. */
const ENDS = new Set(["effect.exhausted", "effect.lost", "effect.cancelled"]);

export function checkEffects(
  evidence: Evidence,
  actor: ActorEvidence,
  effects: readonly Wished[],
): readonly Finding[] {
  return effects.flatMap((effect, index) => [
    ...performed(evidence, actor, effect),
    ...settled(evidence, actor, effect),
    ...inTurn(evidence, actor, { effect, earlier: effects.slice(0, index) }),
  ]);
}

function performed(
  { outside, lineage }: Evidence,
  { address, committedAt }: ActorEvidence,
  { key, seq, wish }: Wished,
): readonly Finding[] {
  const name = `${addressKey(address)}#${key}`;
  const times = outside.performances.filter((each) => each.key === name);
  const committed = committedAt.get(seq) ?? Number.POSITIVE_INFINITY;
  const early = times.some(({ at }) => at < committed);
  const again =
    times.length > 1 && !lineage.every(({ effects }) => effects[wish.type]?.repeatable === true);
  return [
    ...(early ? [say("nothing is performed before it is committed", name)] : []),
    ...(again
      ? [say("what must not be repeated is not", `${name} was performed ${times.length} times`)]
      : []),
  ];
}

function settled(
  { outside }: Evidence,
  { address, records }: ActorEvidence,
  { key }: Wished,
): readonly Finding[] {
  const name = `${addressKey(address)}#${key}`;
  const ends = settlementsOf(records, key);
  const outcome = outside.outcomes.get(name);
  const [end] = ends;
  if (ends.length !== 1 || end === undefined) {
    return [say("owed things are settled once", `${name} was settled ${ends.length} times`)];
  }
  return ENDS.has(end.message.type) || Bun.deepEquals(end.message, outcome)
    ? []
    : [say("owed things are settled once", `${name} came to ${JSON.stringify(end.message)}`)];
}

/** Before it was performed, all that was wished of its target had come to an end. */
function inTurn(
  { outside }: Evidence,
  { address, records, committedAt }: ActorEvidence,
  { effect, earlier }: { readonly effect: Wished; readonly earlier: readonly Wished[] },
): readonly Finding[] {
  const { key, wish } = effect;
  const name = `${addressKey(address)}#${key}`;
  const first = outside.performances.find((each) => each.key === name);
  if (wish.target === undefined || first === undefined) {
    return [];
  }
  return earlier
    .filter((each) => each.wish.target === wish.target)
    .filter((each) => {
      const [end] = settlementsOf(records, each.key);
      const at = end === undefined ? undefined : committedAt.get(end.seq);
      return at === undefined || at > first.at;
    })
    .map((each) => say("effects to one target take turns", `${name} overtook ${each.key}`));
}

function settlementsOf(records: readonly ActorRecord[], key: string): readonly ActorRecord[] {
  return records.filter(({ settles }) => settles?.key === key);
}

function say(check: Check, detail: string): Finding {
  return { check, detail };
}
