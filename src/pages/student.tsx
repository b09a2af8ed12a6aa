/** A student in a lesson: what there is to do now, the hand, and how it went. */
import { useState } from "react";
import type { Client } from "../client/client.ts";
import type { Snapshot, Watched } from "../client/watched.ts";
import { LessonLanguage, Marked, Written } from "./marked.tsx";
import { plainOf } from "./markdown.ts";
import { ConnectionNotice, ErrorNotice, Frame, Leaderboard, Sure } from "./parts.tsx";
import { type Sending, usePresence, useSending, useSnapshot } from "./session.ts";
import { StudentGroup } from "./student-group.tsx";
import { StudentFloor } from "./student-floor.tsx";
import { StudentResults } from "./student-results.tsx";
import { StudentRound } from "./student-round.tsx";
import { Told } from "./student-told.tsx";
import { t } from "./text.ts";
import { type StudentView, parseStudentView } from "./view.ts";

const OVER: ReadonlySet<string> = new Set(["wrapup", "ended", "archived", "cancelled", "expired"]);
const HELD: ReadonlySet<string> = new Set(["wrapup", "ended", "archived"]);
const GONE: ReadonlySet<string> = new Set(["removed", "denied", "banned", "left"]);

export function Student(props: {
  readonly client: Client;
  readonly sessionId: string;
  readonly onForget: () => void;
}) {
  const { client, sessionId } = props;
  const [watched] = useState(() => client.watch(`session/${sessionId}`));
  const snapshot = useSnapshot(watched);
  const sending = useSending(watched);
  usePresence(watched, snapshot);
  const view = parseStudentView(snapshot.view);
  const leave = (): void => {
    void watched.send({ type: "participant.leave" }).finally(props.onForget);
  };
  const { round } = view;
  const isAsked = round?.phase === "open";
  const isThere = snapshot.status !== "ended";
  const actions =
    isThere && snapshot.can.includes("participant.leave") ? (
      <Sure
        label={t("s.leave")}
        question={`${t("s.leave")}?`}
        className="button button-small button-quiet"
        onYes={leave}
      />
    ) : null;
  return (
    <Frame title={<bdi>{view.title ?? ""}</bdi>} actions={actions}>
      <ConnectionNotice snapshot={snapshot} />
      <Told me={isThere ? view.me : undefined} />
      <p className="unseen" aria-live="polite">
        {isAsked ? `${t("c.question")}: ${plainOf(round.item.prompt)}` : ""}
      </p>
      <div className="stack narrow">
        <LessonLanguage value={view.language}>
          <Stage
            {...{ client, sessionId, watched, snapshot, view, sending }}
            onForget={props.onForget}
          />
        </LessonLanguage>
      </div>
    </Frame>
  );
}

interface StageProps {
  readonly client: Client;
  readonly sessionId: string;
  readonly watched: Watched;
  readonly snapshot: Snapshot;
  readonly view: StudentView;
  readonly sending: Sending;
  readonly onForget: () => void;
}

function Stage(props: StageProps) {
  const { snapshot, view } = props;
  const phase = phaseOf(snapshot);
  const status = view.me?.status ?? "";
  if (snapshot.status === "ended" || GONE.has(status)) {
    return <Ended snapshot={snapshot} onForget={props.onForget} />;
  }
  if (snapshot.status === "connecting") {
    return <p className="loading">{t("c.loading")}</p>;
  }
  if (status === "waiting") {
    return <Plain title={t("s.waiting")} text={t("s.waiting-text")} isBusy />;
  }
  if (OVER.has(phase)) {
    return (
      <>
        <Over view={view} onForget={props.onForget} />
        {HELD.has(phase) ? <StudentResults {...props} /> : null}
      </>
    );
  }
  return (
    <>
      {phase === "paused" ? <p className="notice notice-info">{t("c.paused-lesson")}</p> : null}
      <ErrorNotice error={props.sending.error} />
      <StudentGroup {...props} />
      <Now {...props} phase={phase} />
      <StudentFloor {...props} />
    </>
  );
}

function Now({ client, watched, view, phase }: StageProps & { readonly phase: string }) {
  const { round, step, me } = view;
  if (round !== undefined && round !== null) {
    return (
      <>
        <StudentRound key={round.roundId} {...{ client, watched, round }} />
        {round.phase === "revealed" && view.leaderboard && me ? (
          <section className="card">
            <Leaderboard rows={view.leaderboard} own={me.participantId} />
            {me.rank === null ? null : <p>{t("s.rank", { n: me.rank })}</p>}
          </section>
        ) : null}
      </>
    );
  }
  if (phase === "lobby") {
    return <Plain title={t("s.lobby")} text={t("s.lobby-text")} isBusy />;
  }
  return step?.body === undefined ? (
    <Plain title={t("s.between")} text={t("s.between-text")} isBusy />
  ) : (
    <article className="card">
      <h1>
        <Written text={step.title ?? ""} />
      </h1>
      <Marked text={step.body} />
    </article>
  );
}

function Plain(props: {
  readonly title: string;
  readonly text: string;
  readonly isBusy?: boolean;
}) {
  return (
    <section className="card calm" role="status">
      {props.isBusy === true ? <span className="pulse" aria-hidden="true" /> : null}
      <h1>{props.title}</h1>
      <p>{props.text}</p>
    </section>
  );
}

function Ended({ snapshot, onForget }: Pick<StageProps, "snapshot" | "onForget">) {
  const isSuperseded = snapshot.reason === "superseded";
  return (
    <section className="card calm" role="status">
      <h1>{t(isSuperseded ? "s.superseded" : "s.removed")}</h1>
      {isSuperseded ? <p>{t("s.superseded-text")}</p> : null}
      <div className="row">
        {isSuperseded ? (
          <button type="button" className="button button-main" onClick={() => location.reload()}>
            {t("s.use-here")}
          </button>
        ) : (
          <button type="button" className="button" onClick={onForget}>
            {t("s.another")}
          </button>
        )}
      </div>
    </section>
  );
}

function Over({ view, onForget }: Pick<StageProps, "view" | "onForget">) {
  const { me, leaderboard } = view;
  return (
    <section className="card calm">
      <h1>{t("c.ended")}</h1>
      <p>{t("s.thanks")}</p>
      {me === undefined ? null : (
        <>
          <h2>{t("s.result")}</h2>
          <p className="big">{t("c.points-n", { n: me.points })}</p>
          {me.rank === null ? null : <p>{t("s.rank", { n: me.rank })}</p>}
          {leaderboard ? <Leaderboard rows={leaderboard} own={me.participantId} /> : null}
        </>
      )}
      <button type="button" className="button" onClick={onForget}>
        {t("s.another")}
      </button>
    </section>
  );
}

export function phaseOf({ state }: Snapshot): string {
  const phase = typeof state === "object" ? state["phase"] : undefined;
  if (typeof phase === "string") {
    return phase;
  }
  const inner = typeof phase === "object" ? Object.values(phase)[0] : undefined;
  return typeof inner === "string" ? inner : "";
}
