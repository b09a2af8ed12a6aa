/**
 * The page at `/teach`: sign in, lessons, sessions, classes, one screen to run a lesson, reports.
 *
 * Where one is stands in the fragment, so that Back works and nothing of it is sent to a server.
 */
import { type SubmitEvent, useEffect, useState, useSyncExternalStore } from "react";
import type { Client } from "../client/client.ts";
import { openClient, restored } from "./browser.ts";
import { mount } from "./mount.ts";
import { TeachOpening } from "./opening.tsx";
import { ErrorNotice, Frame, linkTo } from "./parts.tsx";
import { useWork } from "./session.ts";
import { SignInFields, credentialsIn } from "./sign-in.tsx";
import { ClassReport } from "./teach-class-report.tsx";
import { Class } from "./teach-class.tsx";
import { Editor } from "./teach-editor.tsx";
import { Home } from "./teach-home.tsx";
import { Report } from "./teach-report.tsx";
import { Run } from "./teach-run.tsx";
import { t } from "./text.ts";

const STORED = "toolboxai.account";

function Teach() {
  const [page] = useState(() => openClient(STORED));
  const [stage, setStage] = useState<"restoring" | "asking" | "in">("restoring");
  useEffect(() => {
    page.onSignedOut = () => setStage("asking");
    restored(page, STORED)
      .then((isIn) => setStage(isIn ? "in" : "asking"))
      .catch(() => setStage("asking"));
  }, [page]);
  const { client } = page;
  if (stage === "restoring") {
    return <TeachOpening />;
  }
  return stage === "in" ? (
    <Place client={client} onSignOut={() => setStage("asking")} />
  ) : (
    <SignIn client={client} onDone={() => setStage("in")} />
  );
}

function useFragment(): string {
  return useSyncExternalStore(
    (listener) => {
      addEventListener("hashchange", listener);
      return () => removeEventListener("hashchange", listener);
    },
    () => location.hash,
  );
}

function Place({ client, onSignOut }: { readonly client: Client; readonly onSignOut: () => void }) {
  const fragment = useFragment();
  const [, what = "", id = "", more = ""] = fragment.split("/");
  // Another place is another page to whoever reads with the ears or the keyboard.
  useEffect(() => document.getElementById("main")?.focus(), [fragment]);
  const signOut = (): void => {
    void client.signOut().finally(onSignOut);
  };
  const home = (
    <a className="button button-quiet button-small" href="#/">
      {t("c.back")}
    </a>
  );
  if (what === "session" && id !== "") {
    return more === "report" ? (
      <Report key={id} client={client} sessionId={id} />
    ) : (
      <Run key={id} client={client} sessionId={id} />
    );
  }
  if (what === "class" && id !== "") {
    return more === "report" ? (
      <ClassReport key={id} client={client} classId={id} />
    ) : (
      <Class key={id} client={client} classId={id} />
    );
  }
  if (what === "lesson") {
    return (
      <Frame title={t("t.edit")} actions={home}>
        <Editor key={id} client={client} lessonId={id === "new" ? undefined : id} />
      </Frame>
    );
  }
  return (
    <Frame
      title={<bdi>{client.user?.name ?? ""}</bdi>}
      actions={
        <button type="button" className="button button-quiet button-small" onClick={signOut}>
          {t("c.sign-out")}
        </button>
      }
    >
      <Home client={client} />
    </Frame>
  );
}

function SignIn({ client, onDone }: { readonly client: Client; readonly onDone: () => void }) {
  const work = useWork();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const credentials = credentialsIn(event.currentTarget);
    work.run(async () => {
      await client.signIn(credentials);
      onDone();
    });
  };
  return (
    <Frame title="" actions={<a href={linkTo("/")}>{t("c.join-page")}</a>}>
      <form className="card narrow" onSubmit={submit}>
        <h1>{t("t.title")}</h1>
        <ErrorNotice error={work.error} />
        <SignInFields />
        <button type="submit" className="button button-main" disabled={work.isBusy}>
          {t("c.sign-in")}
        </button>
      </form>
    </Frame>
  );
}

mount(<Teach />);
