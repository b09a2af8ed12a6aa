/**
 * The page at `/board/<session>`: what the classroom sees on the wall.
 *
 * It reads with a token from its address, which it keeps and takes out of the address.
 */
import { generate } from "lean-qr";
import { useState } from "react";
import type { Client } from "../client/client.ts";
import type { Snapshot } from "../client/watched.ts";
import { systemClock } from "../platform.ts";
import { openClient, restored } from "./browser.ts";
import { countRows } from "./counts.ts";
import { spacedCode } from "./format.ts";
import { keep } from "./kept.ts";
import { KeyLines } from "./key-lines.tsx";
import { LessonLanguage, Marked, MarkedLine, Written } from "./marked.tsx";
import { mount } from "./mount.ts";
import { BoardOpening, Note } from "./opening.tsx";
import { Bars, ConnectionNotice, Leaderboard, Timer } from "./parts.tsx";
import { ReactionCounts } from "./reactions.tsx";
import { useSnapshot } from "./session.ts";
import { phaseOf } from "./student.tsx";
import { t } from "./text.ts";
import { type BoardView, type RoundView, parseBoardView } from "./view.ts";

const STORED = "toolboxai.board";
const OVER: ReadonlySet<string> = new Set(["wrapup", "ended", "archived", "cancelled", "expired"]);
const EARLY: ReadonlySet<string> = new Set(["draft", "scheduled", "lobby"]);
/** After this the token of a board that had only that one is over. */
const ACCESS_S = 900;
const QUIET_ZONE = 2;

async function open(): Promise<void> {
  const sessionId = location.pathname.split("/").at(-1) ?? "";
  const page = openClient(`${STORED}.${sessionId}`);
  const { client } = page;
  const given = new URLSearchParams(location.hash.slice(1));
  const accessToken = given.get("token");
  const refreshToken = given.get("refresh");
  if (refreshToken !== null) {
    keep(`${STORED}.${sessionId}`, refreshToken);
  }
  history.replaceState(null, "", `${location.pathname}${location.search}`);
  if (accessToken !== null) {
    const more = refreshToken === null ? {} : { refreshToken };
    await client.adopt({ accessToken, expiresInS: ACCESS_S, ...more });
  } else if (!(await restored(page, `${STORED}.${sessionId}`))) {
    mount(<Note text={t("b.no-token")} />);
    return;
  }
  mount(<Board client={client} sessionId={sessionId} />);
}

function Board(props: { readonly client: Client; readonly sessionId: string }) {
  const { client, sessionId } = props;
  const [watched] = useState(() => client.watch(`session/${sessionId}`));
  const snapshot = useSnapshot(watched);
  const view = parseBoardView(snapshot.view);
  if (snapshot.status === "ended") {
    return <Note text={t("b.no-token")} />;
  }
  if (view === undefined) {
    return <BoardOpening />;
  }
  return (
    <>
      <main className="board">
        <ConnectionNotice snapshot={snapshot} />
        <LessonLanguage value={view.language}>
          <Stage client={client} view={view} phase={phaseOf(snapshot)} />
        </LessonLanguage>
        <Floor snapshot={snapshot} view={view} />
      </main>
      <Foot view={view} />
    </>
  );
}

interface StageProps {
  readonly client: Client;
  readonly view: BoardView;
  readonly phase: string;
}

function Stage({ client, view, phase }: StageProps) {
  if (OVER.has(phase)) {
    return <Over view={view} />;
  }
  if (EARLY.has(phase)) {
    return <Lobby view={view} />;
  }
  const { round, step } = view;
  return (
    <>
      {phase === "paused" ? <p className="notice notice-info">{t("c.paused-lesson")}</p> : null}
      {round === null ? null : <Round client={client} round={round} view={view} />}
      {round === null && step?.body !== undefined ? (
        <article className="stack">
          <h1>
            <Written text={step.title ?? ""} />
          </h1>
          <Marked text={step.body} />
        </article>
      ) : null}
      {round === null && step?.body === undefined ? <Lobby view={view} isLive /> : null}
    </>
  );
}

function Lobby({ view, isLive }: { readonly view: BoardView; readonly isLive?: boolean }) {
  const url = joinUrl(view);
  return (
    <div className="board-lobby">
      <div className="stack">
        <h1>
          <Written text={view.title ?? ""} />
        </h1>
        <p className="hint">{t(isLive === true ? "b.ready" : "b.soon")}</p>
        <p className="board-url">{t("b.join", { url: shortUrl(url) })}</p>
        <p className="board-code">
          <span className="unseen">{t("b.code")} </span>
          <bdi dir="ltr">{spacedCode(view.joinCode)}</bdi>
        </p>
      </div>
      <QrCode url={url} />
    </div>
  );
}

function QrCode({ url }: { readonly url: string }) {
  const qr = generate(url);
  const size = qr.size + 2 * QUIET_ZONE;
  const dark: string[] = [];
  for (let y = 0; y < qr.size; y += 1) {
    for (let x = 0; x < qr.size; x += 1) {
      if (qr.get(x, y)) {
        dark.push(`M${x + QUIET_ZONE} ${y + QUIET_ZONE}h1v1h-1z`);
      }
    }
  }
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={t("b.qr")}>
      <path d={dark.join("")} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}

interface RoundProps {
  readonly client: Client;
  readonly round: RoundView;
  readonly view: BoardView;
}

function Round({ client, round, view }: RoundProps) {
  const { item, counts, key } = round;
  const isRevealed = round.phase === "revealed";
  return (
    <article className="stack">
      <div className="question-head">
        <h1 className="kicker">{t("c.answered", { n: round.answered, of: round.expected })}</h1>
        <Timer client={client} round={round} />
      </div>
      <div className="marked-prompt">
        <Marked text={item.prompt} />
      </div>
      {isRevealed && counts !== null ? (
        <div className="columns columns-two">
          <div className="stack">
            <Bars
              title={t("c.answers")}
              bars={countRows({ item, counts, key }).map((row) => ({
                ...row,
                label: <MarkedLine text={row.text} />,
              }))}
            />
            <KeyLines question={item} answerKey={key} />
            {round.explanation === null ? null : <Marked text={round.explanation} />}
          </div>
          {view.leaderboard === null ? null : <Leaderboard rows={view.leaderboard} />}
        </div>
      ) : (
        <ul className="board-choices">
          {(item.choices ?? item.items ?? []).map((each) => (
            <li key={each.id}>
              <MarkedLine text={each.text} />
            </li>
          ))}
          {(item.lefts ?? []).map((left) => (
            <li key={left}>
              <MarkedLine text={left} />
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}

function Over({ view }: { readonly view: BoardView }) {
  return (
    <div className="stack">
      <h1>{t("c.ended")}</h1>
      {view.leaderboard === null ? null : <Leaderboard rows={view.leaderboard} />}
    </div>
  );
}

/** What the teacher has pinned of the class's questions, and its reactions. */
function Floor({ snapshot, view }: { readonly snapshot: Snapshot; readonly view: BoardView }) {
  const pinned = (view.questions ?? []).filter((each) => each.pinned && !each.resolved);
  return (
    <>
      {pinned.length === 0 ? null : (
        <section className="stack" data-wall>
          <h2>{t("c.questions")}</h2>
          <ul className="board-choices">
            {pinned.map(({ questionId, text }) => (
              <li key={questionId} dir="auto">
                {text}
              </li>
            ))}
          </ul>
        </section>
      )}
      <ReactionCounts snapshot={snapshot} counted={view.reactions} />
    </>
  );
}

function Foot({ view }: { readonly view: BoardView }) {
  return (
    <footer className="board-foot">
      <span>
        {t("b.join", { url: shortUrl(joinUrl(view)) })}{" "}
        <strong>
          <bdi dir="ltr">{spacedCode(view.joinCode)}</bdi>
        </strong>
      </span>
      <span>{t("c.here", { n: view.counts.connected, of: view.counts.admitted })}</span>
    </footer>
  );
}

function joinUrl(view: BoardView): string {
  return view.joinUrl ?? `${location.origin}/`;
}

/** What one types: the page at the root asks for the code. */
function shortUrl(url: string): string {
  return new URL(url, location.origin).host;
}

// A failing network leaves the page as it says, and asks again by itself.
void open().catch(() => {
  mount(<Note text={t("c.reconnecting")} />);
  systemClock.after(2_000, () => location.reload());
});
