/** What a list of lessons is narrowed to: one tag, one standard, as the rows show them. */
import type { Standard } from "../../db/lesson-row.ts";
import type { LessonSummary } from "./kept-lesson.ts";
import { t } from "./text.ts";

/** What a row shows of its tags and standards; the editor shows them all. */
const MARKS_MAX = 6;

export interface Narrowing {
  /** Empty: any. */
  readonly tag: string;
  readonly standard: Pick<Standard, "framework" | "code"> | undefined;
}

/** By which tag and which standard the list is narrowed, each with the way out of it. */
export function Narrowed(props: {
  readonly by: Narrowing;
  readonly onNarrow: (next: Partial<Narrowing>) => void;
}) {
  const { onNarrow } = props;
  const { tag, standard } = props.by;
  return (
    <div className="row">
      {tag === "" ? null : (
        <Out what={t("t.with-tag", { tag })} onOut={() => onNarrow({ tag: "" })} />
      )}
      {standard === undefined ? null : (
        <Out
          what={t("t.with-standard", { standard: nameOf(standard) })}
          onOut={() => onNarrow({ standard: undefined })}
        />
      )}
    </div>
  );
}

function Out({ what, onOut }: { readonly what: string; readonly onOut: () => void }) {
  return (
    <button
      type="button"
      className="button button-small"
      aria-label={t("t.without", { what })}
      onClick={onOut}
    >
      <bdi>{what}</bdi> ✕
    </button>
  );
}

function nameOf({ framework, code }: Pick<Standard, "framework" | "code">): string {
  return `${framework} ${code}`;
}

/** Each is the way to all lessons that have it. */
export function Marks(props: {
  readonly lesson: LessonSummary;
  readonly onNarrow: (next: Partial<Narrowing>) => void;
}) {
  const { tags, standards } = props.lesson;
  const marks = [
    ...tags.map((tag) => ({ name: tag, says: t("t.with-tag", { tag }), next: { tag } })),
    ...standards.map(({ framework, code }) => {
      const standard = nameOf({ framework, code });
      return {
        name: standard,
        says: t("t.with-standard", { standard }),
        next: { standard: { framework, code } },
      };
    }),
  ];
  return marks.length === 0 ? null : (
    <span className="row marks">
      {marks.slice(0, MARKS_MAX).map(({ name, says, next }) => (
        <button
          key={says}
          type="button"
          className="button button-small button-quiet mark"
          aria-label={says}
          onClick={() => props.onNarrow(next)}
        >
          <bdi>{name}</bdi>
        </button>
      ))}
    </span>
  );
}
