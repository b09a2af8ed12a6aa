/**
 * A watched session as React sees it: its snapshot, its commands, and the server's time.
 *
 * Owns what every page does with a session: say that it is away, send a command and show why not.
 */
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { SessionCommand } from "../../machines/learning-session/commands.ts";
import type { Client } from "../client/client.ts";
import { Unanswered } from "../client/problems.ts";
import type { Snapshot, Watched } from "../client/watched.ts";
import { systemClock } from "../platform.ts";
import { textOfError, textOfProblem } from "./problem-text.ts";

const TICK_MS = 250;
/** The server's second, and what the network adds to the one and not to the other. */
const PRESENCE_EVERY_MS = 1_200;

export function useSnapshot(watched: Watched): Snapshot {
  return useSyncExternalStore(
    (listener) => watched.subscribe(listener),
    () => watched.snapshot,
  );
}

/** The server's time, again four times a second while `runs`. */
export function useNow(client: Client, runs: boolean): number {
  const [now, setNow] = useState(() => client.serverNow());
  useEffect(() => {
    if (!runs) {
      return undefined;
    }
    let stop = (): void => {};
    const tick = (): void => {
      setNow(client.serverNow());
      stop = systemClock.after(TICK_MS, tick);
    };
    tick();
    return () => stop();
  }, [client, runs]);
  return now;
}

export function useOnline(): boolean {
  return useSyncExternalStore(
    (listener) => {
      addEventListener("online", listener);
      addEventListener("offline", listener);
      return () => {
        removeEventListener("online", listener);
        removeEventListener("offline", listener);
      };
    },
    () => navigator.onLine,
  );
}

/**
 * Does nobody look at this page, because it is behind another one, or behind a dark screen? One
 * that is being left is hidden as well, which its closed connection says better.
 */
function useHidden(): boolean {
  const [isHidden, setHidden] = useState(() => document.visibilityState === "hidden");
  useEffect(() => {
    let isLeaving = false;
    const look = ({ type }: Event): void => {
      isLeaving = type === "pagehide" || (isLeaving && type !== "pageshow");
      if (!isLeaving) {
        setHidden(document.visibilityState === "hidden");
      }
    };
    const kinds = ["pagehide", "pageshow", "visibilitychange"] as const;
    kinds.forEach((kind) => addEventListener(kind, look));
    return () => kinds.forEach((kind) => removeEventListener(kind, look));
  }, []);
  return isHidden;
}

/**
 * Says so to the session, which takes each new connection for one with somebody before it. Paced
 * here, as the session would refuse it sooner, and an answer sent meanwhile would wait behind it.
 */
export function usePresence(watched: Watched, { status, can }: Snapshot): void {
  const isHidden = useHidden();
  const said = useRef({ isHidden: false, at: 0 });
  const isLive = status === "live" && can.includes("presence.set");
  useEffect(() => {
    const { isHidden: before, at } = said.current;
    if (!isLive || before === isHidden) {
      said.current.isHidden &&= isLive;
      return undefined;
    }
    const say = (): void => {
      said.current = { isHidden, at: systemClock.now() };
      watched.send({ type: "presence.set", away: isHidden }).catch((failure: unknown) => {
        if (!(failure instanceof Unanswered)) {
          throw failure;
        }
        said.current.isHidden = !isHidden;
      });
    };
    const waitMs = at + PRESENCE_EVERY_MS - systemClock.now();
    if (waitMs > 0) {
      return systemClock.after(waitMs, say);
    }
    // At once: a phone may stop the timers of a page that it hides.
    say();
    return undefined;
  }, [watched, isLive, isHidden]);
}

export interface Sending {
  /** `onAccepted` is called once it was done; what was refused is in `error`. */
  readonly send: (command: SessionCommand, onAccepted?: () => void) => void;
  readonly isBusy: boolean;
  /** Why the last command was not done. */
  readonly error: string | undefined;
}

export function useSending(watched: Watched): Sending {
  const [busy, setBusy] = useState(0);
  const [error, setError] = useState<string>();
  const send = (command: SessionCommand, onAccepted?: () => void): void => {
    setBusy((count) => count + 1);
    setError(undefined);
    watched
      .send(command)
      .then((answer) => {
        setError(answer.ok ? undefined : textOfProblem(answer.problem));
        if (answer.ok) {
          onAccepted?.();
        }
      })
      .catch((failure: unknown) => setError(textOfError(failure)))
      .finally(() => setBusy((count) => count - 1));
  };
  return { send, isBusy: busy > 0, error };
}

/** Runs work that may fail; says whether it is under way and what went wrong. */
export function useWork(): {
  readonly run: (work: () => Promise<void>) => void;
  readonly isBusy: boolean;
  readonly error: string | undefined;
} {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const run = (work: () => Promise<void>): void => {
    setBusy(true);
    setError(undefined);
    work()
      .catch((failure: unknown) => setError(textOfError(failure)))
      .finally(() => setBusy(false));
  };
  return { run, isBusy, error };
}
