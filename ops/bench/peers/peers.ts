/**
 * What a user would take instead of this project, with the same quiz, beside ours in the same run.
 *
 * Every ratio is ours over that peer, over the same kind of door. Two are marked: the fastest of
 * all, and the fastest that does the same durable work, by which the promise is judged. A peer that
 * cannot be had or started here is named with the reason, and does not stop the others.
 */
import { type Figure, type Row, quantile } from "../row.ts";
import { colyseus } from "./colyseus.ts";
import { dbos } from "./dbos.ts";
import { durableObjects } from "./durable-objects.ts";
import { fanOut } from "./fan-out.ts";
import { type Measured, measure, proveQuiz, wake } from "./load.ts";
import { oursOverHttp, oursOverSocketIo } from "./ours.ts";
import type { Peer, Plan } from "./quiz.ts";
import { restate } from "./restate.ts";
import { Scope } from "./scope.ts";
import { socketIo } from "./socket-io.ts";
import { wholeServer } from "./whole-server.ts";

const OURS = { http: oursOverHttp, socket: oursOverSocketIo } as const;
const PEERS: readonly Peer[] = [restate, durableObjects, dbos, colyseus, socketIo];
const LANES = 64;
const SIZES = [1, 1_000] as const;
/** Ours over the best peer that does the same durable work, by the number of actors. */
const PROMISED_TIMES = { 1: 3, 1_000: 5 } as const;

export const peers: Row = {
  name: "peers",
  about: `one quiz in ${PEERS.length} other systems and in ours, ${LANES} answers in flight`,
  run: async (progress) => {
    const everybody = [...Object.values(OURS), wholeServer, ...PEERS];
    for (const { name, durability, lacks } of everybody) {
      progress(`${name}: ${durability}${lacks === undefined ? "" : `; lacks ${lacks}`}`);
    }
    const figures: Figure[] = [];
    for (const size of SIZES) {
      figures.push(...(await compare(size, progress)));
    }
    return [...figures, ...(await fanOut(progress))];
  },
};

type Outcome =
  | { readonly peer: Peer; readonly measured: Measured }
  | { readonly peer: Peer; readonly reason: string };

async function compare(
  size: keyof typeof PROMISED_TIMES,
  progress: (line: string) => void,
): Promise<Figure[]> {
  const actors = Array.from({ length: size }, (_, index) => `actor${index}`);
  const plan = { actors, lanes: LANES };
  const label = size === 1 ? "1 actor" : `${size} actors`;
  const outcomes: Outcome[] = [];
  for (const peer of [...Object.values(OURS), wholeServer, ...PEERS]) {
    const outcome = await tryPeer(peer, plan);
    outcomes.push(outcome);
    const found = "reason" in outcome ? outcome.reason : `${perSecondOf(outcome)} answers a second`;
    progress(`${label}, ${peer.name}: ${found}`);
  }
  const others = outcomes
    .filter(({ peer }) => !peer.isOurs)
    .toSorted((a, b) => perSecondOf(b) - perSecondOf(a));
  const bestDurable = others.find(({ peer }) => peer.lacks === undefined);
  const markOf = (outcome: Outcome): string =>
    (outcome === others[0] ? " (best peer)" : "") +
    (outcome === bestDurable ? " (best durable and complete)" : "");
  const ratios = others.flatMap((outcome) => ratioOf(label, outcomes, outcome, markOf(outcome)));
  const judged = bestDurable && ratioOf(label, outcomes, bestDurable, "")[0];
  const times = PROMISED_TIMES[size];
  return [
    ...outcomes.map((outcome) => figureOf(label, outcome)),
    ...ratios,
    ...(judged === undefined ? [] : [againstPromise(label, judged, times)]),
  ];
}

function againstPromise(label: string, judged: Figure, times: number): Figure {
  const { value, unit, ratio = 0 } = judged;
  const of = `promised ${times} times the best durable and complete`;
  return { name: `${label}: ours against the promise`, value, unit, of, ratio: ratio / times };
}

async function tryPeer(peer: Peer, plan: Plan): Promise<Outcome> {
  const scope = new Scope();
  try {
    const quiz = await peer.start(scope, plan);
    await wake(quiz, plan);
    await proveQuiz(quiz, plan.actors[0] ?? "");
    return { peer, measured: await measure(quiz, plan) };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { peer, reason: `not measured: ${said.replaceAll(/\s+/g, " ").slice(0, 120)}` };
  } finally {
    await scope.end();
  }
}

function perSecondOf(outcome: Outcome): number {
  return "reason" in outcome ? 0 : Math.round(outcome.measured.perSecond);
}

function figureOf(label: string, outcome: Outcome): Figure {
  const { peer } = outcome;
  return "reason" in outcome
    ? { name: `${label}, ${peer.name}: ${outcome.reason}`, value: 0, unit: "1/s" }
    : {
        name: `${label}, ${peer.name}`,
        value: perSecondOf(outcome),
        unit: "1/s",
        ...tail(outcome),
      };
}

function ratioOf(
  label: string,
  outcomes: readonly Outcome[],
  peer: Outcome,
  mark: string,
): readonly Figure[] {
  const ours = outcomes.find((outcome) => outcome.peer === OURS[peer.peer.door]);
  if (ours === undefined || "reason" in ours || "reason" in peer) {
    return [];
  }
  const value = perSecondOf(ours);
  const of = `${label}, ${peer.peer.name}${mark}`;
  const name = `${label}: ours over ${peer.peer.name.split(" (")[0]}`;
  return [{ name, value, unit: "1/s", of, ratio: value / perSecondOf(peer), ...tail(ours) }];
}

function tail({ measured }: { readonly measured: Measured }): Pick<Figure, "p50Ms" | "p99Ms"> {
  const tenths = (share: number): number => Math.round(quantile(measured.samples, share) * 10) / 10;
  return { p50Ms: tenths(0.5), p99Ms: tenths(0.99) };
}
