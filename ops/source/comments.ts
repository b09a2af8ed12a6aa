/** Rules about comments: they give reasons; they hold no code, no chores, no signatures. */
import { type Source, isTypeScript } from "./files.ts";
import { type Finding, type Rule, isCode } from "./rule.ts";

const CHORE = /\b(TODO|FIXME|XXX|HACK)\b/;
const SIGNATURE = /@(param|returns?)\b/;
/** A line that is a statement: it begins like one, or calls or assigns, and ends like one. */
const STATEMENT =
  /^(import|export|const|let|var|return|await|throw|if|for|while|switch|async|function|class)\b.*[;{}(]$|^[\w.$[\]]+(\(.*\)| [+-]?= .+);$|^[}\])]+;?$/;
/** What switches a check off: allowed for one rule on one line, with a reason behind `--`. */
const SWITCH = /(\b(eslint|oxlint)-disable|\boxfmt-ignore|@ts-(ignore|nocheck|expect-error))/;
const REASONED = /^\/\/ oxlint-disable-next-line [\w/-]+ -- \S.{9,}$/;
const NEVER_OFF = /no-explicit-any|no-non-null-assertion|no-floating-promises/;

export const noChores: Rule = {
  name: "no chores, no signatures and no code in comments",
  find: (file) =>
    commentLines(file).flatMap(({ line, text, isDoc }) => {
      if (CHORE.test(text)) {
        return [{ line, says: "do it, or say in prose what is left out" }];
      }
      if (SIGNATURE.test(text)) {
        return [{ line, says: "a doc comment states the contract, not the signature" }];
      }
      return !isDoc && STATEMENT.test(text) ? [{ line, says: "code in a comment" }] : [];
    }),
};

export const noSwitches: Rule = {
  name: "no check is switched off, except one rule on one line with its reason",
  find: (file) =>
    file.comments.flatMap((comment): readonly Finding[] => {
      const proves =
        file.path.startsWith("test/") && comment.text.startsWith("// @ts-expect-error");
      const reasoned = REASONED.test(comment.text) && !NEVER_OFF.test(comment.text);
      return SWITCH.test(comment.text) && !reasoned && !proves
        ? [{ line: comment.line, says: "write `oxlint-disable-next-line rule -- reason`, or obey" }]
        : [];
    }),
};

interface CommentLine {
  readonly line: number;
  readonly text: string;
  readonly isDoc: boolean;
}

function commentLines(file: Source): readonly CommentLine[] {
  if (!isCode(file)) {
    return [];
  }
  if (!isTypeScript(file)) {
    return file.lines.flatMap((line, index) => {
      const text = /^\s*(?:--|#)\s?(.*)$/.exec(line)?.[1];
      return text === undefined ? [] : [{ line: index + 1, text, isDoc: true }];
    });
  }
  return file.comments.flatMap((comment) =>
    comment.text.split("\n").map((text, index) => ({
      line: comment.line + index,
      text: text
        .replace(/^\s*(\/\*\*?|\/\/|\*\/?)\s?/, "")
        .replace(/\s*\*\/$/, "")
        .trim(),
      isDoc: comment.kind === "doc",
    })),
  );
}
