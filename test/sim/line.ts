/**
 * A line between a boot and something far away: a request, what it does there, and the reply.
 *
 * Invariants:
 * 1. A message may be late, lost before it took effect, lost after, or arrive twice; a caller who
 *    hears nothing is told so at its deadline, and what it sent may still take effect later.
 * 2. A cut line loses what would arrive in either direction.
 */
import { StoreUnreachable } from "../../actors/store.ts";
import type { Boot } from "./boot.ts";
import type { Chance } from "./chance.ts";
import type { Planned, Schedule } from "./schedule.ts";
import type { CrashPoint, Fate, Passing, Sky } from "./weather.ts";

/** A client library gives up and opens a new connection. */
const DEADLINE_MS = 3_000;

export interface Net {
  readonly schedule: Schedule;
  readonly chance: Chance;
  readonly weather: Sky;
}

export interface Request<T> {
  readonly label: string;
  /** Done where it arrives, once for each copy. */
  readonly ask: () => Promise<T>;
  /** At these points the caller may die, or its reply be worth dying for. */
  readonly before?: CrashPoint;
  readonly after?: CrashPoint;
  /** The reply is about to be handed over. */
  readonly arriving?: () => void;
  /** The far end is away. */
  readonly away?: () => boolean;
}

export function overLine<T>(net: Net, boot: Boot, request: Request<T>): Promise<T> {
  const { schedule, weather, chance } = net;
  const { label } = request;
  const there: Passing = { party: boot.name, label, way: "there" };
  const back: Passing = { ...there, way: "back" };
  return new Promise<T>((resolve, reject) => {
    if (boot.gone || (request.before !== undefined && weather.strikes(request.before, there))) {
      boot.die(`${request.before}: ${label}`);
      return;
    }
    const fail = (why: string): void => reject(new StoreUnreachable(`${label}: ${why}`));
    const deadline = schedule.after(DEADLINE_MS, {
      label: `${label} is given up`,
      party: boot,
      run: () => fail("no reply"),
    });
    const reply = (settle: () => void): void => {
      if (request.after !== undefined && weather.strikes(request.after, back)) {
        boot.die(`${request.after}: ${label}`);
        return;
      }
      const run = (): void => {
        deadline();
        request.arriving?.();
        settle();
      };
      const fate = weather.fate(back);
      if (!boot.cut) {
        const once = fate.kind === "arrives" ? { ...fate, copies: 1 } : fate;
        travel(schedule, once, { label: `${label} is answered`, party: boot, run });
      }
    };
    const arrive = (): void => {
      if (boot.cut) {
        return;
      }
      const errs = weather.errs(there);
      if (request.away?.() === true || (errs && chance.happens(0.5))) {
        reply(() => fail("refused"));
        return;
      }
      request.ask().then(
        (value) => reply(() => (errs ? fail("an error after the fact") : resolve(value))),
        (error: unknown) =>
          reply(() => reject(error instanceof Error ? error : new Error(String(error)))),
      );
    };
    travel(schedule, weather.fate(there), { label: `${label} arrives`, run: arrive });
  });
}

/** What becomes of a message on its way. */
export function travel(schedule: Schedule, fate: Fate, planned: Planned): void {
  switch (fate.kind) {
    case "lost":
      return;
    case "held":
      void fate.until.then(() => schedule.after(1, planned));
      return;
    case "arrives":
      for (let copy = 0; copy < fate.copies; copy += 1) {
        schedule.after(fate.delayMs * (copy + 1), planned);
      }
  }
}
