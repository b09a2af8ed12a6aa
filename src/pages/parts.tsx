/** The parts that every page is made of: frame, notices, timer, bars, leaderboard. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Client } from "../client/client.ts";
import type { Snapshot } from "../client/watched.ts";
import { clockOf, numberOf, percentOf, shareOf } from "./format.ts";
import { useNow, useOnline } from "./session.ts";
import { language, placeNow, t } from "./text.ts";
import type { LeaderboardRow, RoundView } from "./view.ts";

/** Said aloud when so much is left; a clock that speaks every second helps nobody. */
const SAID_AT_MS = [60_000, 30_000, 10_000] as const;
const SOON_MS = 10_000;

export function Frame(props: {
  readonly title: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <>
      <a className="skip" href="#main">
        {t("c.skip")}
      </a>
      <header className="bar">
        <span className="brand">ToolboxAI</span>
        <span className="bar-title">{props.title}</span>
        <span className="bar-actions">{props.actions}</span>
      </header>
      <main id="main" tabIndex={-1}>
        {props.children}
      </main>
      <footer className="foot">
        <LanguageMenu />
      </footer>
    </>
  );
}

function LanguageMenu() {
  const { language, languages } = placeNow();
  const choose = (tag: string): void => {
    const url = new URL(location.href);
    url.searchParams.set("lang", tag);
    location.href = url.href;
  };
  return (
    <label className="language">
      <span>{t("c.language")}</span>
      <select value={language} onChange={(event) => choose(event.target.value)}>
        {languages.map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The address of another page, in the language of this one. */
export function linkTo(path: string): string {
  const { wanted } = placeNow();
  return wanted === null ? path : `${path}?lang=${encodeURIComponent(wanted)}`;
}

/** Loud while what is shown may be old. */
export function ConnectionNotice({ snapshot }: { readonly snapshot: Snapshot }) {
  const isOnline = useOnline();
  const isAway = snapshot.status === "away";
  return (
    <div role="alert" className="connection">
      {isAway || !isOnline ? (
        <p className="notice notice-warn">{t(isOnline ? "c.reconnecting" : "c.offline")}</p>
      ) : null}
    </div>
  );
}

export function ErrorNotice({ error }: { readonly error: string | undefined }) {
  return (
    <div role="alert">
      {error === undefined ? null : <p className="notice notice-bad">{error}</p>}
    </div>
  );
}

export function Field(props: {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="field">
      <label htmlFor={props.id}>{props.label}</label>
      {props.hint === undefined ? null : (
        <p className="hint" id={`${props.id}-hint`}>
          {props.hint}
        </p>
      )}
      {props.children}
    </div>
  );
}

/** What is left of a round: personal for a student, the class's for all others. */
export function Timer({ client, round }: { readonly client: Client; readonly round: RoundView }) {
  const deadlineAt = round.deadlineAt === null ? undefined : Date.parse(round.deadlineAt);
  const isRunning = round.phase === "open" && deadlineAt !== undefined;
  const now = useNow(client, isRunning);
  if (round.phase !== "open" && round.phase !== "grace") {
    return null;
  }
  if (deadlineAt === undefined && round.remainingMs === null) {
    return <p className="timer timer-none">{t("c.untimed")}</p>;
  }
  const leftMs = round.remainingMs ?? Math.max(0, (deadlineAt ?? now) - now);
  const isFrozen = round.remainingMs !== null;
  const soon = leftMs <= SOON_MS && !isFrozen ? " timer-soon" : "";
  return (
    <div className={`timer${soon}`}>
      <span className="timer-label">{t(isFrozen ? "c.paused" : "c.time-left")}</span>
      <span className="timer-time" role="timer">
        {leftMs === 0 ? t("c.time-up") : clockOf(leftMs, language)}
      </span>
      <TimeBar leftMs={leftMs} limitMs={round.limitMs} />
      <Spoken leftMs={leftMs} isFrozen={isFrozen} />
    </div>
  );
}

function TimeBar(props: { readonly leftMs: number; readonly limitMs: number | null }) {
  const width = `${100 * shareOf(props.leftMs, props.limitMs ?? props.leftMs)}%`;
  return (
    <span className="timer-track" aria-hidden="true">
      <span className="timer-fill" style={{ inlineSize: width }} />
    </span>
  );
}

function Spoken(props: { readonly leftMs: number; readonly isFrozen: boolean }) {
  const said = SAID_AT_MS.findLast((each) => props.leftMs <= each);
  const isNear = said !== undefined && props.leftMs > said - 3_000;
  const time = said === undefined ? "" : clockOf(said, language);
  return (
    <span className="unseen" aria-live="polite">
      {isNear && !props.isFrozen && props.leftMs > 0 ? t("c.left", { time }) : ""}
    </span>
  );
}

export interface Bar {
  readonly id: string;
  readonly label: ReactNode;
  readonly count: number;
  readonly isRight?: boolean;
}

/** Counts as a list that reads well, with bars for the eye. */
export function Bars({ bars, title }: { readonly bars: readonly Bar[]; readonly title: string }) {
  const all = bars.reduce((sum, bar) => sum + bar.count, 0);
  if (bars.length === 0) {
    return null;
  }
  return (
    <div className="bars">
      <ul aria-label={title}>
        {bars.map((bar) => (
          <li key={bar.id} className={bar.isRight === true ? "bar-row bar-right" : "bar-row"}>
            <span className="bar-label">
              {bar.label}
              {bar.isRight === true ? (
                <span className="tag tag-good">{t("c.right-answer")}</span>
              ) : null}
            </span>
            <span className="bar-track" aria-hidden="true">
              <span
                className="bar-fill"
                style={{ inlineSize: `${100 * shareOf(bar.count, all)}%` }}
              />
            </span>
            <span className="bar-count">
              {numberOf(bar.count, language)}{" "}
              <span className="bar-share">{percentOf(shareOf(bar.count, all), language)}</span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function Leaderboard(props: {
  readonly rows: readonly LeaderboardRow[];
  readonly own?: string;
}) {
  return (
    <div className="leaderboard">
      <h2>{t("c.leaderboard")}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("c.rank")}</th>
            <th scope="col">{t("c.name")}</th>
            <th scope="col">{t("c.points")}</th>
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={row.participantId} className={row.participantId === props.own ? "own" : ""}>
              <td>{numberOf(row.rank, language)}</td>
              <td>
                <bdi>{row.participantId === props.own ? t("c.you") : (row.name ?? <Hidden />)}</bdi>
              </td>
              <td>{numberOf(row.points, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Hidden() {
  return (
    <>
      <span aria-hidden="true" className="hint">
        –
      </span>
      <span className="unseen">{t("c.hidden")}</span>
    </>
  );
}

/** Asks before what cannot be taken back; Escape and the second button leave it be. */
export function Sure(props: {
  readonly label: string;
  /** What the button shows where its label is too long for it. */
  readonly sign?: string;
  readonly question: string;
  readonly onYes: () => void;
  readonly className?: string;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (isOpen) {
      dialog.current?.showModal();
    } else {
      dialog.current?.close();
    }
  }, [isOpen]);
  return (
    <>
      <button
        type="button"
        className={props.className ?? "button button-quiet"}
        aria-label={props.sign === undefined ? undefined : props.label}
        onClick={() => setOpen(true)}
      >
        {props.sign ?? props.label}
      </button>
      <dialog ref={dialog} aria-label={props.question} onClose={() => setOpen(false)}>
        <p>{props.question}</p>
        <div className="row">
          <button
            type="button"
            className="button button-bad"
            onClick={() => {
              setOpen(false);
              props.onYes();
            }}
          >
            {props.label}
          </button>
          <button type="button" className="button button-quiet" onClick={() => setOpen(false)}>
            {t("c.cancel")}
          </button>
        </div>
      </dialog>
    </>
  );
}
