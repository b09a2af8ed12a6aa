/**
 * TeX on the page, as MathML: what browsers draw, and screen readers read, by themselves.
 *
 * KaTeX makes nodes, never a string of HTML, and is fetched once a text has a formula. What is no
 * TeX, or came without KaTeX, is shown as it was written.
 */
import { useEffect, useRef, useState } from "react";
import { FORMULA_OPTIONS } from "./formula-options.ts";

export function Formula({ tex, isBlock }: { readonly tex: string; readonly isBlock: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => {
    let isCurrent = true;
    setDrawn(false);
    const draw = async (): Promise<boolean> => {
      const { render } = await import("katex");
      if (isCurrent && place.current !== null) {
        render(tex, place.current, { ...FORMULA_OPTIONS, displayMode: isBlock });
      }
      return isCurrent;
    };
    // Without KaTeX, or of what is no TeX, the text that stands there is the best there is.
    draw().then(setDrawn, () => setDrawn(false));
    return () => {
      isCurrent = false;
    };
  }, [tex, isBlock]);
  return (
    <span className={isBlock ? "formula formula-block" : "formula"} dir="ltr">
      <span ref={place} hidden={!isDrawn} />
      {isDrawn ? null : <code>{tex}</code>}
    </span>
  );
}
