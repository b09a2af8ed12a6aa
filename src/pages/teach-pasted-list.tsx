/** A pasted list for a class: sent in parts, with what is wrong by line, and new passwords once. */
import { useId, useState } from "react";
import { ProblemError } from "../client/problems.ts";
import type { Items, Student } from "./classes.ts";
import { ErrorNotice, Field } from "./parts.tsx";
import { type PastedPerson, pastedList } from "./pasted-list.ts";
import { useWork } from "./session.ts";
import type { ClassProps } from "./teach-class.tsx";
import { t } from "./text.ts";

const LIST_ROWS = 6;
/** As many as the server takes at once. */
const PART_MAX = 50;

interface Made extends Student {
  readonly password: string;
}

type Added = Items<Student> & { readonly made: readonly Made[] };

type PastedProps = ClassProps & { readonly onAdded: (members: readonly Student[]) => void };

export function PastedList(props: PastedProps) {
  const id = useId();
  const { text, setText, lines, made, isDone, send, work } = usePastedList(props);
  return (
    <details>
      <summary>{t("t.class-list")}</summary>
      <div className="stack">
        <Field id={id} label={t("t.class-list-text")} hint={t("t.class-list-hint")}>
          <textarea
            id={id}
            dir="auto"
            rows={LIST_ROWS}
            spellCheck={false}
            aria-describedby={`${id}-hint`}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </Field>
        <ErrorNotice error={work.error} />
        <div role="alert">
          {lines.length === 0 ? null : (
            <ul className="plain notice notice-bad">
              {lines.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          )}
        </div>
        <div className="row">
          <button
            type="button"
            className="button button-small"
            disabled={work.isBusy || text.trim() === ""}
            onClick={send}
          >
            {t("t.class-list-add")}
          </button>
        </div>
        <p role="status" className="hint">
          {isDone ? t("t.class-added") : ""}
        </p>
        {made.length === 0 ? null : <Passwords made={made} />}
      </div>
    </details>
  );
}

function usePastedList({ client, classId, onAdded }: PastedProps) {
  const [text, setText] = useState("");
  const [lines, setLines] = useState<readonly string[]>([]);
  const [made, setMade] = useState<readonly Made[]>([]);
  const [isDone, setDone] = useState(false);
  const work = useWork();
  const addPart = async (part: readonly PastedPerson[]): Promise<readonly string[]> => {
    const people = part.map(({ line: _, ...person }) => person);
    try {
      const added = await client.http.post<Added>(`/classes/${classId}/members`, { people });
      setMade((before) => [...before, ...added.made]);
      onAdded(added.items);
      return [];
    } catch (error) {
      const wrong = error instanceof ProblemError ? wrongLines(error, part) : [];
      if (wrong.length === 0) {
        throw error;
      }
      return wrong;
    }
  };
  const send = (): void =>
    work.run(async () => {
      setDone(false);
      const { people, wrong } = pastedList(text);
      const found = wrong.map((n) => t("t.class-list-none", { n }));
      for (let from = 0; from < people.length && found.length === 0; from += PART_MAX) {
        found.push(...(await addPart(people.slice(from, from + PART_MAX))));
      }
      setLines(found);
      if (found.length === 0) {
        setText("");
        setDone(true);
      }
    });
  return { text, setText, lines, made, isDone, send, work };
}

const PLACE = /^\/people\/(\d+)\/(email|name)$/;

/** What the server says of a list's places, as lines of what was pasted. */
function wrongLines({ problem }: ProblemError, part: readonly PastedPerson[]): readonly string[] {
  return (problem.errors ?? []).flatMap(({ path }) => {
    const [, at = "", field = ""] = PLACE.exec(path) ?? [];
    const person = part[Number(at)];
    return field === "" || person === undefined
      ? []
      : [t(field === "name" ? "t.class-list-name" : "t.class-list-email", { n: person.line })];
  });
}

function Passwords({ made }: { readonly made: readonly Made[] }) {
  return (
    <div className="stack">
      <p className="notice notice-warn">{t("t.class-made")}</p>
      <div className="scroll scroll-whole" tabIndex={0} role="region" aria-label={t("c.password")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("c.name")}</th>
              <th scope="col">{t("c.email")}</th>
              <th scope="col">{t("c.password")}</th>
            </tr>
          </thead>
          <tbody>
            {made.map(({ userId, name, email, password }) => (
              <tr key={userId}>
                <th scope="row">
                  <bdi>{name}</bdi>
                </th>
                <td dir="ltr">{email}</td>
                <td dir="ltr">
                  <code>{password}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="row">
        <button type="button" className="button button-small" onClick={() => print()}>
          {t("t.print")}
        </button>
      </div>
    </div>
  );
}
