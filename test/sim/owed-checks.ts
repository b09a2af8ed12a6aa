/** Checks of what is owed: timers ring once and never early, and in the end nothing is owed. */
import type { Living, TimerChange } from "../../machines/living.ts";
import { stepAgain } from "./again.ts";
import type { Check, Finding } from "./checks.ts";
import { type Wished, checkEffects } from "./effect-checks.ts";
import type { ActorEvidence, Evidence } from "./evidence.ts";
import { CLOCK_ERROR_MS_MAX } from "./log-checks.ts";

interface Armed {
  readonly seq: number;
  readonly at: number;
  readonly delayMs: number;
  readonly event: string;
}

interface Books {
  readonly timers: Map<string, Armed>;
  /** In the order of their wishes. */
  readonly effects: Wished[];
}

export function checkOwed(evidence: Evidence): readonly Finding[] {
  return evidence.actors.flatMap((actor) => {
    const books: Books = { timers: new Map(), effects: [] };
    const found = keepBooks(evidence, actor, books);
    return [
      ...found,
      ...atRest(evidence, actor, books),
      ...checkEffects(evidence, actor, books.effects),
    ];
  });
}

function keepBooks({ lineage }: Evidence, actor: ActorEvidence, books: Books): readonly Finding[] {
  const found: Finding[] = [];
  let living: Living | undefined;
  for (const record of actor.records) {
    const { seq, at, by, message } = record;
    const stepped = stepAgain(lineage, living, record);
    if (by.kind === "system") {
      found.push(...rang(actor, books, { seq, at, event: JSON.stringify(message) }));
    }
    if (stepped.kind === "accepted") {
      living = stepped.next;
      stepped.timers.forEach((change) => book(books, change, { seq, at }));
      stepped.effects.forEach((wish, index) => {
        books.effects.push({ key: `effect:${seq}.${index}`, seq, wish });
      });
    }
  }
  return found;
}

function book(
  { timers }: Books,
  change: TimerChange,
  { seq, at }: { readonly seq: number; readonly at: number },
): void {
  timers.delete(change.id);
  if (change.kind === "arm") {
    const event = JSON.stringify(change.event);
    timers.set(change.id, { seq, at, delayMs: Math.max(0, change.delayMs), event });
  }
}

function rang(
  { address, committedAt }: ActorEvidence,
  { timers }: Books,
  ring: { readonly seq: number; readonly at: number; readonly event: string },
): readonly Finding[] {
  const say = (check: Check, detail: string): readonly Finding[] => [
    { check, detail: `${address.id}#${ring.seq}: ${detail}` },
  ];
  const known = [...timers].find(([, { event }]) => event === ring.event);
  if (known === undefined) {
    return ring.event.includes('"timer.')
      ? say("timers ring once", `rang, and was not armed any more: ${ring.event}`)
      : [];
  }
  const [id, armed] = known;
  timers.delete(id);
  const early = armed.at + armed.delayMs - ring.at;
  if (early > 0) {
    return say("timers are never early", `its record is ${early} ms before it was due`);
  }
  const rangAt = committedAt.get(ring.seq) ?? ring.at;
  const truly = armed.at + armed.delayMs - rangAt;
  return truly > CLOCK_ERROR_MS_MAX
    ? say("timers are never early", `it rang ${truly} ms early by the store's clock`)
    : [];
}

/** Nothing is owed at rest but timers whose time has not come. */
function atRest(
  { now }: Evidence,
  { address, envelope }: ActorEvidence,
  { timers }: Books,
): readonly Finding[] {
  const unrung = [...timers]
    .filter(([, { at, delayMs }]) => at + delayMs <= now)
    .map(([id, { seq }]): Finding => ({
      check: "timers ring once",
      detail: `${address.id}: ${id}, armed at seq ${seq}, never rang`,
    }));
  const owed = (envelope?.owed ?? [])
    .filter(({ kind, dueAt }) => kind === "effect" || dueAt <= now)
    .map(({ key }): Finding => ({
      check: "owed things are settled once",
      detail: `${address.id}: ${key} is owed for ever`,
    }));
  return [...unrung, ...owed];
}
