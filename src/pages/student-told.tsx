/**
 * What the teacher said to this student alone, loudly: a nudge, and that his hand was called.
 *
 * Both are read from the view and not from records, so that they are also heard by who was offline
 * when they were said, or opens another tab. What was heard stays so in this browser.
 */
import { useEffect, useState } from "react";
import { keep, kept } from "./kept.ts";
import { t } from "./text.ts";
import type { Me } from "./view.ts";

const HEARD = "toolboxai.heard";
const BUZZ_MS = [200, 100, 200];

export function Told({ me }: { readonly me: Me | undefined }) {
  const nudge = me?.nudge ?? undefined;
  const words = nudge?.text ?? "";
  return (
    <div role="alert" className="told">
      <Word kind="call" at={me?.calledAt ?? undefined} text={t("s.called")} />
      <Word
        kind="nudge"
        at={nudge?.at}
        title={words === "" ? undefined : t("s.nudged")}
        text={words === "" ? t("s.nudged-plain") : words}
      />
    </div>
  );
}

function Word(props: {
  readonly kind: "call" | "nudge";
  readonly at: string | undefined;
  readonly title?: string | undefined;
  readonly text: string;
}) {
  const { at = "", text, title } = props;
  const key = `${HEARD}.${props.kind}`;
  const [heard, setHeard] = useState(() => kept(key) ?? "");
  const isNew = at > heard;
  useEffect(() => {
    if (!isNew) {
      return undefined;
    }
    // Not every phone buzzes; the title is seen where the page is behind another tab.
    navigator.vibrate?.(BUZZ_MS);
    const before = document.title;
    document.title = `❗ ${text}`;
    return () => {
      document.title = before;
    };
  }, [isNew, at, text]);
  const hear = (): void => {
    keep(key, at);
    setHeard(at);
  };
  return isNew ? (
    <div className={`notice notice-loud notice-${props.kind}`} data-told={props.kind}>
      <p>
        {title === undefined ? null : <strong>{title}: </strong>}
        <bdi>{text}</bdi>
      </p>
      <button type="button" className="button button-small" onClick={hear}>
        {t("s.heard")}
      </button>
    </div>
  ) : null;
}
