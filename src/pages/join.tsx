/**
 * The page at `/`: join by code and name, or go on in the seat that this browser has.
 */
import { type SubmitEvent, Suspense, lazy, useEffect, useState } from "react";
import { systemIds } from "../platform.ts";
import type { PageClient } from "./browser.ts";
import { keep, kept } from "./kept.ts";
import { ErrorNotice, Field, Frame, linkTo, mount } from "./parts.tsx";
import { useWork } from "./session.ts";
import { t } from "./text.ts";

const STORED = "toolboxai.seat";
/** By which code the stored seat was taken: the address of another lesson means another seat. */
const STORED_CODE = "toolboxai.seat.code";
const CODE_CHARS_MAX = 16;
const NAME_CHARS_MAX = 40;
const PIN_CHARS = 6;
const RESTORE_TRIES = 3;

/** The form is there at once; the client, with its socket, follows while one types. */
const opening: Promise<PageClient> = import("./browser.ts").then(({ openClient }) =>
  openClient(STORED),
);
const Student = lazy(async () => ({ default: (await import("./student.tsx")).Student }));

function Join() {
  const [stage, setStage] = useState<"restoring" | "asking" | "in">(
    mayRestore() ? "restoring" : "asking",
  );
  const [page, setPage] = useState<PageClient>();
  useEffect(() => {
    void opening.then(async (opened) => {
      opened.onSignedOut = () => setStage("asking");
      setPage(opened);
      if (mayRestore()) {
        setStage((await restored(opened)) ? "in" : "asking");
      }
    });
  }, []);
  const seat = page?.client.seat;
  if (stage === "restoring") {
    return <p className="loading">{t("c.loading")}</p>;
  }
  if (stage === "in" && page !== undefined && seat !== undefined) {
    const forget = (): void => {
      keep(STORED, undefined);
      void page.client.signOut().finally(() => location.assign(linkTo("/")));
    };
    return (
      <Suspense fallback={<p className="loading">{t("c.loading")}</p>}>
        <Student client={page.client} sessionId={seat.sessionId} onForget={forget} />
      </Suspense>
    );
  }
  return <JoinForm onJoined={() => setStage("in")} />;
}

/** Is there a seat, and does the address not ask for another one? */
function mayRestore(): boolean {
  const code = linkedCode();
  return kept(STORED) !== undefined && (code === "" || code === kept(STORED_CODE));
}

/** A server that restarts is asked again before the form says that there is no seat. */
async function restored({ client }: PageClient): Promise<boolean> {
  for (let attempt = 0; attempt < RESTORE_TRIES; attempt += 1) {
    try {
      return (await client.restore()) && client.seat !== undefined;
    } catch {
      if (!navigator.onLine) {
        return false;
      }
    }
  }
  return false;
}

/** Of an address such as a QR code has. */
function linkedCode(): string {
  return (/^\/join\/(\w+)$/.exec(location.pathname)?.[1] ?? "").toUpperCase();
}

function JoinForm({ onJoined }: { readonly onJoined: () => void }) {
  const [code, setCode] = useState(linkedCode);
  const [name, setName] = useState("");
  const [pin, setPin] = useState<string>();
  const [key] = useState(() => systemIds.next());
  const work = useWork();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    work.run(async () => {
      const { client } = await opening;
      await client.join(pin === undefined ? { code, name } : { code, pin }, key);
      keep(STORED_CODE, code.replaceAll(/[\s-]/g, "").toUpperCase());
      onJoined();
    });
  };
  return (
    <Frame title="" actions={<a href={linkTo("/teach")}>{t("s.teach")}</a>}>
      <form className="card narrow" onSubmit={submit}>
        <h1>{t("s.title")}</h1>
        <ErrorNotice error={work.error} />
        <Field id="code" label={t("s.code")} hint={t("s.code-hint")}>
          <input
            id="code"
            className="code-input"
            value={code}
            required
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            dir="ltr"
            maxLength={CODE_CHARS_MAX}
            aria-describedby="code-hint"
            onChange={(event) => setCode(event.target.value)}
          />
        </Field>
        {pin === undefined ? (
          <NameField name={name} onName={setName} />
        ) : (
          <PinField pin={pin} onPin={setPin} />
        )}
        <button type="submit" className="button button-main" disabled={work.isBusy}>
          {t(work.isBusy ? "s.joining" : "s.join")}
        </button>
        <button
          type="button"
          className="button button-link"
          onClick={() => setPin(pin === undefined ? "" : undefined)}
        >
          {t(pin === undefined ? "s.have-pin" : "c.back")}
        </button>
      </form>
    </Frame>
  );
}

function NameField(props: { readonly name: string; readonly onName: (name: string) => void }) {
  return (
    <Field id="name" label={t("s.name")} hint={t("s.name-hint")}>
      <input
        id="name"
        value={props.name}
        required
        dir="auto"
        autoComplete="nickname"
        maxLength={NAME_CHARS_MAX}
        aria-describedby="name-hint"
        onChange={(event) => props.onName(event.target.value)}
      />
    </Field>
  );
}

function PinField(props: { readonly pin: string; readonly onPin: (pin: string) => void }) {
  return (
    <Field id="pin" label={t("s.pin")} hint={t("s.pin-hint")}>
      <input
        id="pin"
        className="code-input"
        value={props.pin}
        required
        dir="ltr"
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={PIN_CHARS}
        aria-describedby="pin-hint"
        onChange={(event) => props.onPin(event.target.value)}
      />
    </Field>
  );
}

mount(<Join />);
