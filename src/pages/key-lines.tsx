/** The right answer of a revealed round, where bars do not show it. */
import { linesOf } from "./answer.ts";
import { numberOf } from "./format.ts";
import { MarkedLine } from "./marked.tsx";
import { language, t } from "./text.ts";
import type { Key, Question } from "./view.ts";

export function KeyLines(props: { readonly question: Question; readonly answerKey: Key | null }) {
  const lines = props.answerKey === null ? [] : keyLines(props.question, props.answerKey);
  if (lines.length === 0) {
    return null;
  }
  const isOrder = props.answerKey?.order !== undefined;
  const items = lines.map((line) => (
    <li key={line}>
      <MarkedLine text={line} />
    </li>
  ));
  return (
    <section>
      <h2>{t("c.right-answer")}</h2>
      {isOrder ? <ol>{items}</ol> : <ul className="plain">{items}</ul>}
    </section>
  );
}

/** Choices and truth are marked at their bars. */
function keyLines(question: Question, key: Key): readonly string[] {
  if (key.accepted !== undefined) {
    return key.accepted
      .filter((each) => each.weight > 0)
      .map(({ text, value, min, max }) => text ?? numberText({ value, min, max }));
  }
  const words = { yes: t("c.true"), no: t("c.false") };
  const { pairs, order } = key;
  if (pairs !== undefined) {
    return linesOf(question, { pairs }, words);
  }
  return order === undefined ? [] : linesOf(question, { order }, words);
}

function numberText(key: {
  readonly value: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
}): string {
  const { value, min, max } = key;
  return value === undefined
    ? `${numberOf(min ?? 0, language)} – ${numberOf(max ?? 0, language)}`
    : numberOf(value, language);
}
