/** Who is in a class: found among the school's students, added, removed. */
import { type SubmitEvent, useEffect, useState } from "react";
import type { Items, Student } from "./classes.ts";
import { ErrorNotice } from "./parts.tsx";
import { useWork } from "./session.ts";
import type { ClassProps } from "./teach-class.tsx";
import { PastedList } from "./teach-pasted-list.tsx";
import { t } from "./text.ts";

const LETTERS_MAX = 100;

export function Members(props: ClassProps & { readonly mayChange: boolean }) {
  const { client, classId, mayChange } = props;
  const [members, setMembers] = useState<readonly Student[]>();
  const work = useWork();
  const path = `/classes/${classId}/members`;
  const load = async (): Promise<void> =>
    setMembers((await client.http.get<Items<Student>>(path)).items);
  useEffect(() => work.run(load), [classId]);
  const add = ({ userId }: Student): void =>
    work.run(async () => {
      await client.http.put(`${path}/${userId}`);
      await load();
    });
  const remove = ({ userId }: Student): void =>
    work.run(async () => {
      await client.http.delete(`${path}/${userId}`);
      await load();
    });
  return (
    <section className="card">
      <h2 aria-live="polite">{t("t.class-students", { n: members?.length ?? 0 })}</h2>
      <ErrorNotice error={work.error} />
      {mayChange ? (
        <>
          <Find client={client} members={members ?? []} onAdd={add} />
          <PastedList client={client} classId={classId} onAdded={setMembers} />
        </>
      ) : null}
      {members?.length === 0 ? <p className="hint">{t("t.class-empty")}</p> : null}
      <ul className="list" aria-label={t("t.class")}>
        {(members ?? []).map((each) => (
          <li key={each.userId} data-member={each.name}>
            <Person student={each} />
            {mayChange ? (
              <button
                type="button"
                className="button button-small button-quiet"
                disabled={work.isBusy}
                onClick={() => remove(each)}
              >
                {t("t.remove")}
                <span className="unseen">: {each.name}</span>
              </button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Person({ student }: { readonly student: Student }) {
  return (
    <span className="list-text">
      <bdi>{student.name}</bdi>
      <span className="hint">
        <bdi dir="ltr">{student.email}</bdi>
      </span>
    </span>
  );
}

function Find(props: {
  readonly client: ClassProps["client"];
  readonly members: readonly Student[];
  readonly onAdd: (student: Student) => void;
}) {
  const [letters, setLetters] = useState("");
  const [found, setFound] = useState<readonly Student[]>();
  const work = useWork();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const path = `/students?q=${encodeURIComponent(letters.trim())}`;
    work.run(async () => setFound((await props.client.http.get<Items<Student>>(path)).items));
  };
  return (
    <>
      <ErrorNotice error={work.error} />
      <form role="search" className="one-line" onSubmit={submit}>
        <input
          type="search"
          dir="auto"
          required
          maxLength={LETTERS_MAX}
          aria-label={t("t.class-find")}
          placeholder={t("t.class-find")}
          value={letters}
          onChange={({ target }) => setLetters(target.value)}
        />
        <button
          type="submit"
          className="button button-small"
          disabled={work.isBusy || letters.trim() === ""}
        >
          {t("t.find-go")}
        </button>
      </form>
      <p className="hint" role="status">
        {found === undefined ? "" : foundText(found.length)}
      </p>
      <Found found={found ?? []} members={props.members} onAdd={props.onAdd} />
    </>
  );
}

function Found(props: {
  readonly found: readonly Student[];
  readonly members: readonly Student[];
  readonly onAdd: (student: Student) => void;
}) {
  const there = new Set(props.members.map(({ userId }) => userId));
  return props.found.length === 0 ? null : (
    <ul className="list step-card">
      {props.found.map((each) => (
        <li key={each.userId}>
          <Person student={each} />
          {there.has(each.userId) ? (
            <span className="tag">{t("t.class-in")}</span>
          ) : (
            <button type="button" className="button button-small" onClick={() => props.onAdd(each)}>
              {t("t.class-add", { name: each.name })}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function foundText(n: number): string {
  return n === 0 ? t("t.class-find-none") : t("t.class-find-some", { n });
}
