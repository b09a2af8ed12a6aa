/**
 * The form at `/`: a code, and who one is: a name, a PIN from the teacher, or an account.
 *
 * Its fields keep what was typed before the script had come: nothing of them is in React's state.
 */
import { type SubmitEvent, useState } from "react";
import { ErrorNotice, Field, Frame, linkTo } from "./parts.tsx";
import { useWork } from "./session.ts";
import { type Credentials, SignInFields, credentialsIn, typed } from "./sign-in.tsx";
import { t } from "./text.ts";

const CODE_CHARS_MAX = 16;
const NAME_CHARS_MAX = 40;
const PIN_CHARS = 6;

/** How somebody comes in; who is signed in already needs no more than the code. */
type Way = "name" | "pin" | "account" | "signed-in";

export interface Entry {
  readonly code: string;
  readonly name?: string;
  readonly pin?: string;
  readonly account?: Credentials;
}

interface JoinFormProps {
  /** Of the address. */
  readonly code: string;
  /** The name of whoever is signed in. */
  readonly user: string | undefined;
  readonly onEnter: (entry: Entry) => Promise<void>;
  readonly onSignOut: () => void;
}

export function JoinForm(props: JoinFormProps) {
  const { code, user, onEnter } = props;
  const [chosen, setChosen] = useState<Way>("name");
  const work = useWork();
  const way = user === undefined ? chosen : "signed-in";
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const entry = entryIn(event.currentTarget, way);
    work.run(() => onEnter(entry));
  };
  return (
    <Frame title="" actions={<a href={linkTo("/teach")}>{t("s.teach")}</a>}>
      <form className="card narrow" onSubmit={submit}>
        <h1>{t("s.title")}</h1>
        <ErrorNotice error={work.error} />
        <CodeField code={code} />
        {way === "name" ? <NameField /> : null}
        {way === "pin" ? <PinField /> : null}
        {way === "account" ? <SignInFields /> : null}
        {user === undefined ? null : <SignedIn user={user} onSignOut={props.onSignOut} />}
        <button type="submit" className="button button-main" disabled={work.isBusy}>
          {t(work.isBusy ? "s.joining" : "s.join")}
        </button>
        {user === undefined ? <Ways way={way} onChoose={setChosen} /> : null}
      </form>
    </Frame>
  );
}

function entryIn(form: HTMLFormElement, way: Way): Entry {
  const code = typed(form, "code");
  switch (way) {
    case "name":
      return { code, name: typed(form, "name") };
    case "pin":
      return { code, pin: typed(form, "pin") };
    case "account":
      return { code, account: credentialsIn(form) };
    case "signed-in":
      return { code };
  }
}

function Ways({ way, onChoose }: { readonly way: Way; readonly onChoose: (way: Way) => void }) {
  const ways =
    way === "name"
      ? ([
          ["pin", "s.have-pin"],
          ["account", "s.have-account"],
        ] as const)
      : ([["name", "c.back"]] as const);
  return ways.map(([each, label]) => (
    <button key={each} type="button" className="button button-link" onClick={() => onChoose(each)}>
      {t(label)}
    </button>
  ));
}

function SignedIn({ user, onSignOut }: { readonly user: string; readonly onSignOut: () => void }) {
  return (
    <div className="row-apart">
      <p>
        {t("s.signed-in")} <bdi>{user}</bdi>
      </p>
      <button type="button" className="button button-small button-quiet" onClick={onSignOut}>
        {t("c.sign-out")}
      </button>
    </div>
  );
}

function CodeField({ code }: { readonly code: string }) {
  return (
    <Field id="code" label={t("s.code")} hint={t("s.code-hint")}>
      <input
        id="code"
        name="code"
        className="code-input"
        defaultValue={code}
        required
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        dir="ltr"
        maxLength={CODE_CHARS_MAX}
        aria-describedby="code-hint"
      />
    </Field>
  );
}

function NameField() {
  return (
    <Field id="name" label={t("s.name")} hint={t("s.name-hint")}>
      <input
        id="name"
        name="name"
        required
        dir="auto"
        autoComplete="nickname"
        maxLength={NAME_CHARS_MAX}
        aria-describedby="name-hint"
      />
    </Field>
  );
}

function PinField() {
  return (
    <Field id="pin" label={t("s.pin")} hint={t("s.pin-hint")}>
      <input
        id="pin"
        name="pin"
        className="code-input"
        required
        dir="ltr"
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={PIN_CHARS}
        aria-describedby="pin-hint"
      />
    </Field>
  );
}
