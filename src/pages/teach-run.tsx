/** The screen from which a lesson is run: its course, its plan, the open round, the class. */
import { useState } from "react";
import type { Client } from "../client/client.ts";
import type { Snapshot, Watched } from "../client/watched.ts";
import { correctingIn } from "./correcting.ts";
import { momentOf } from "./moment.ts";
import { spacedCode } from "./format.ts";
import { LessonLanguage } from "./marked.tsx";
import { ConnectionNotice, ErrorNotice, Frame, Leaderboard, Sure, linkTo } from "./parts.tsx";
import { type Sending, useSending, useSnapshot, useWork } from "./session.ts";
import { phaseOf } from "./student.tsx";
import { Groups } from "./teach-groups.tsx";
import { Options } from "./teach-options.tsx";
import { Plan } from "./teach-plan.tsx";
import { Questions } from "./teach-questions.tsx";
import { Roster } from "./teach-roster.tsx";
import { ScheduleSession } from "./teach-schedule.tsx";
import { RoundPanel } from "./teach-round.tsx";
import { language, t, wordFor } from "./text.ts";
import { type HostView, parseHostView } from "./view.ts";

/** What every part of the screen is given. */
export interface RunProps {
  readonly client: Client;
  readonly sessionId: string;
  readonly watched: Watched;
  readonly snapshot: Snapshot;
  readonly view: HostView;
  readonly sending: Sending;
}

export function Run({
  client,
  sessionId,
}: {
  readonly client: Client;
  readonly sessionId: string;
}) {
  const [watched] = useState(() => client.watch(`session/${sessionId}`));
  const snapshot = useSnapshot(watched);
  const sending = useSending(watched);
  const view = parseHostView(snapshot.view);
  const actions = (
    <>
      <a className="button button-small button-quiet" href={`#/session/${sessionId}/report`}>
        {t("t.report")}
      </a>
      <a className="button button-small button-quiet" href="#/">
        {t("c.back")}
      </a>
    </>
  );
  if (view === undefined) {
    const isOver = snapshot.status === "ended";
    return (
      <Frame title="" actions={actions}>
        <p className="loading">{t(isOver ? "c.not-here" : "c.loading")}</p>
      </Frame>
    );
  }
  const props = { client, sessionId, watched, snapshot, view, sending };
  return (
    <Frame
      title={
        <>
          <bdi>{view.title}</bdi> <Phase snapshot={snapshot} />
        </>
      }
      actions={actions}
    >
      <ConnectionNotice snapshot={snapshot} />
      <ErrorNotice error={sending.error} />
      <h1 className="unseen">{view.title}</h1>
      <div className="run">
        <LessonLanguage value={view.language}>
          <Course {...props} />
          <div className="stack run-now">
            <RoundPanel {...props} />
            <Groups {...props} />
            <Questions {...props} />
            <Ranks rows={view.leaderboard ?? []} />
          </div>
          <Plan {...props} />
          <Roster {...props} />
        </LessonLanguage>
      </div>
    </Frame>
  );
}

function Ranks({ rows }: { readonly rows: NonNullable<HostView["leaderboard"]> }) {
  return rows.length === 0 ? null : (
    <div className="card">
      <Leaderboard rows={rows} />
    </div>
  );
}

function Phase({ snapshot }: { readonly snapshot: Snapshot }) {
  const phase = phaseOf(snapshot);
  return (
    <span className={`tag ${phase === "running" ? "tag-good" : "tag-warn"}`} data-phase={phase}>
      {wordFor(`t.phase.${phase}`) ?? phase}
    </span>
  );
}

const STEPS = [
  ["session.open-lobby", "t.open-lobby"],
  ["session.start", "t.start"],
  ["session.resume", "t.resume"],
  ["session.pause", "t.pause"],
] as const;

function Course(props: RunProps) {
  const { client, snapshot, view, sending } = props;
  const { can } = snapshot;
  const { startsAt = null } = view;
  const steps = STEPS.filter(([type]) => can.includes(type));
  return (
    <section className="card" aria-label={t("t.code")}>
      <div>
        <p className="hint">{t("t.code")}</p>
        <p className="run-code" data-code={view.joinCode}>
          <bdi dir="ltr">{spacedCode(view.joinCode)}</bdi>
        </p>
        <p className="hint">
          {t("c.here", { n: view.counts.connected, of: view.counts.admitted })}
        </p>
      </div>
      <div className="row">
        {steps.map(([type, key]) => (
          <button
            key={type}
            type="button"
            className={type === "session.pause" ? "button" : "button button-main"}
            disabled={sending.isBusy}
            onClick={() => sending.send({ type })}
          >
            {t(key)}
          </button>
        ))}
        <BoardButton {...props} />
      </div>
      {typeof startsAt === "string" && can.includes("session.schedule") ? (
        <p>{t("t.starts", { when: momentOf(Date.parse(startsAt), language) })}</p>
      ) : null}
      <ScheduleSession client={client} startsAt={startsAt} {...correctingIn(props.watched)} />
      <Options {...props} />
      <div className="row">
        {can.includes("session.end") ? (
          <Sure
            label={t("t.end")}
            question={t("t.end-sure")}
            onYes={() => sending.send({ type: "session.end" })}
          />
        ) : null}
        {can.includes("session.cancel") ? (
          <Sure
            label={t("t.cancel")}
            question={t("t.cancel-sure")}
            onYes={() => sending.send({ type: "session.cancel" })}
          />
        ) : null}
      </div>
    </section>
  );
}

interface BoardTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

function BoardButton({ client, sessionId }: RunProps) {
  const work = useWork();
  const open = (): void => {
    // Opened at once, while the click still counts; a window that is opened later is blocked.
    const board = globalThis.open("", "_blank");
    work.run(async () => {
      const made = await client.http.post<BoardTokens>(`/sessions/${sessionId}/board`, {});
      const tokens = new URLSearchParams({ token: made.accessToken, refresh: made.refreshToken });
      const address = `${linkTo(`/board/${sessionId}`)}#${tokens.toString()}`;
      if (board === null) {
        location.assign(address);
      } else {
        board.location.href = address;
      }
    });
  };
  return (
    <>
      <button type="button" className="button" disabled={work.isBusy} onClick={open}>
        {t("t.board")}
      </button>
      <ErrorNotice error={work.error} />
    </>
  );
}
