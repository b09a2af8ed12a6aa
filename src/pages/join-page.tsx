/**
 * The page at `/`: join by code, as a guest or with an account, or go on in the seat that this
 * browser has.
 *
 * The server draws its first view, which is always the form: what a browser keeps is looked at once
 * the script runs.
 */
import { Suspense, lazy, useEffect, useLayoutEffect, useState } from "react";
import { ProblemError, parseProblem } from "../client/problems.ts";
import { systemClock, systemIds } from "../platform.ts";
import type { PageClient } from "./browser.ts";
import { type Entry, JoinForm } from "./join-form.tsx";
import { keep, kept } from "./kept.ts";
import { forgetFilling } from "./kept-filling.ts";
import { STORED, keepAccount, keepCode, keptCode, linkedCode, mayRestore } from "./kept-seat.ts";
import { linkTo } from "./parts.tsx";
import { placeNow, t } from "./text.ts";

const RESTORE_TRIES = 3;
/** A network that just failed is given a moment. */
const RELOAD_MS = 2_000;

/**
 * The form is there at once; the client, with its socket, follows while one types. Where the
 * network did not let it, the next call asks again.
 */
let opening: Promise<PageClient> | undefined;
function openedPage(): Promise<PageClient> {
  opening ??= import("./browser.ts").then(
    ({ openClient }) => openClient(STORED),
    (failure: unknown) => {
      opening = undefined;
      throw Object.assign(new ProblemError(parseProblem(503, undefined)), { cause: failure });
    },
  );
  return opening;
}
const Student = lazy(async () => ({ default: (await import("./student.tsx")).Student }));

export function JoinPage() {
  const [stage, setStage] = useState<"restoring" | "asking" | "in">("asking");
  const [page, setPage] = useState<PageClient>();
  const [user, setUser] = useState<string>();
  const [key] = useState(() => systemIds.next());
  const { path } = placeNow();
  const open = async (): Promise<PageClient> => {
    const opened = await openedPage();
    opened.onSignedOut = () => {
      keepAccount(false);
      setUser(undefined);
      setStage("asking");
    };
    setPage(opened);
    return opened;
  };
  useLayoutEffect(() => {
    setStage(mayRestore(path) ? "restoring" : "asking");
    document.documentElement.classList.remove("returning");
  }, [path]);
  useEffect(() => {
    const restore = async (): Promise<void> => {
      const opened = await open();
      if (mayRestore(path)) {
        const isIn = (await restored(opened)) && (await isSeated(opened, linkedCode(path)));
        setUser(opened.client.user?.name);
        setStage(isIn ? "in" : "asking");
      }
    };
    restore().catch(() => {
      // Whoever has a seat waits for it; whoever has none hears of it once he joins.
      if (mayRestore(path)) {
        systemClock.after(RELOAD_MS, () => location.reload());
      }
    });
  }, [path]);
  const enter = async ({ code, account, ...asked }: Entry): Promise<void> => {
    const { client } = await open();
    if (account !== undefined) {
      await client.signIn(account);
      setUser(client.user?.name);
    }
    keepAccount(client.user !== undefined);
    await client.join({ code, ...asked }, key);
    keepCode(code);
    setStage("in");
  };
  const seat = page?.client.seat;
  if (stage === "restoring") {
    return <p className="loading">{t("c.loading")}</p>;
  }
  if (stage === "in" && page !== undefined && seat !== undefined) {
    return (
      <Suspense fallback={<p className="loading">{t("c.loading")}</p>}>
        <Student client={page.client} sessionId={seat.sessionId} onForget={() => forget(page)} />
      </Suspense>
    );
  }
  const signOut = (): void => void page?.client.signOut();
  return <JoinForm code={linkedCode(path)} user={user} onEnter={enter} onSignOut={signOut} />;
}

/** A server that restarts is asked again before the form says that there is no seat. */
async function restored({ client }: PageClient): Promise<boolean> {
  for (let attempt = 0; attempt < RESTORE_TRIES; attempt += 1) {
    try {
      const isIn = await client.restore();
      // A token that is not good any more is forgotten; one that is still kept was not heard.
      if (isIn || kept(STORED) === undefined || !navigator.onLine) {
        return isIn;
      }
    } catch {
      if (!navigator.onLine) {
        return false;
      }
    }
  }
  return false;
}

/** A guest's token is his seat; who has an account asks for his again, by the code that he had. */
async function isSeated({ client }: PageClient, linked: string): Promise<boolean> {
  const code = keptCode();
  if (client.seat === undefined && code !== undefined && (linked === "" || linked === code)) {
    try {
      await client.join({ code });
    } catch {
      // The lesson is over, or takes nobody: the form is there for another one.
      return false;
    }
  }
  return client.seat !== undefined;
}

/** A guest gives his seat up; an account stays signed in, and the form asks for another lesson. */
function forget({ client }: PageClient): void {
  keepCode(undefined);
  forgetFilling();
  const leave = (): void => location.assign(linkTo("/"));
  if (client.user === undefined) {
    keep(STORED, undefined);
    void client.signOut().finally(leave);
  } else {
    client.close();
    leave();
  }
}
