/**
 * Markdown on the page, as elements of React: no string is ever taken for HTML.
 *
 * PG14: What a lesson says is marked as of the lesson's language, and no word of the page's own is.
 */
import { type ReactNode, createContext, use } from "react";
import { Formula } from "./formula.tsx";
import { Picture } from "./picture.tsx";
import { type Block, type Inline, blocksOf, inlinesOf } from "./markdown.ts";

/** In which a lesson is written, for all of it that is shown inside; undefined: the page's own. */
export const LessonLanguage = createContext<string | undefined>(undefined);

export function Marked({ text }: { readonly text: string }) {
  return (
    <div className="marked" dir="auto" lang={use(LessonLanguage)}>
      {blocksOf(text).map((block, index) => blockElement(block, index))}
    </div>
  );
}

/** Within a line: choices, labels. */
export function MarkedLine({ text }: { readonly text: string }) {
  return (
    <bdi className="marked-line" lang={use(LessonLanguage)}>
      {inlinesOf(text).map(inlineElement)}
    </bdi>
  );
}

/** A heading of the lesson's, as it was written. */
export function Written({ text }: { readonly text: string }) {
  return <bdi lang={use(LessonLanguage)}>{text}</bdi>;
}

function blockElement(block: Block, index: number): ReactNode {
  switch (block.kind) {
    case "paragraph":
      return <p key={index}>{block.inside.map(inlineElement)}</p>;
    case "heading":
      return (
        <p key={index} className="marked-heading">
          {block.inside.map(inlineElement)}
        </p>
      );
    case "code":
      return (
        <pre key={index} dir="ltr">
          <code>{block.text}</code>
        </pre>
      );
    case "math":
      return <Formula key={index} tex={block.text} isBlock />;
    case "list": {
      const items = block.items.map((item, at) => <li key={at}>{item.map(inlineElement)}</li>);
      return block.ordered ? <ol key={index}>{items}</ol> : <ul key={index}>{items}</ul>;
    }
  }
}

function inlineElement(inline: Inline, index: number): ReactNode {
  switch (inline.kind) {
    case "text":
      return inline.text;
    case "break":
      return <br key={index} />;
    case "code":
      return <code key={index}>{inline.text}</code>;
    case "math":
      return <Formula key={index} tex={inline.text} isBlock={inline.isBlock} />;
    case "picture":
      return <Picture key={index} id={inline.id} alt={inline.alt} />;
    case "strong":
      return <strong key={index}>{inline.inside.map(inlineElement)}</strong>;
    case "em":
      return <em key={index}>{inline.inside.map(inlineElement)}</em>;
    case "link":
      return (
        <a key={index} href={inline.href} target="_blank" rel="noreferrer">
          {inline.inside.map(inlineElement)}
        </a>
      );
  }
}
