/** Lessons in Postgres: versions that last, words that are found, and lessons from before both. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Kysely, PostgresDialect, sql } from "kysely";
import { Pool } from "pg";
import { type TenantTx, asTenant } from "../../db/as-tenant.ts";
import type { Lesson } from "../../db/lesson-row.ts";
import { PUBLISHED_MAX, listVersions, versionOf } from "../../db/lesson-versions.ts";
import {
  type LessonSearch,
  createLesson,
  findLesson,
  listLessons,
  replaceLesson,
} from "../../db/lessons.ts";
import { MIGRATIONS } from "../../db/migrations/list.ts";
import { parseUserId } from "../../machines/ids.ts";
import { eventually } from "../support/eventually.ts";
import { thrownBy } from "../support/failure.ts";
import { type FreshDatabase, emptyDatabase, freshDatabase } from "../support/postgres.ts";
import { rowsOf, run } from "../support/statement.ts";
import { NORTH, NOW, TEACHER, makeSchool } from "./school.ts";

const COLLEAGUE = parseUserId("colleague");
const CONTENT = { title: "T", language: "en", steps: [], tags: [] };

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
  await makeSchool(fresh.db, NORTH);
});
afterAll(() => fresh.drop());

function inNorth<T>(work: (tx: TenantTx) => Promise<T>): Promise<T> {
  return asTenant(fresh.db, NORTH, work);
}

type Change = Parameters<typeof replaceLesson>[1];

function make(id: string, more: Partial<Parameters<typeof createLesson>[1]> = {}): Promise<Lesson> {
  const lesson = {
    ...CONTENT,
    status: "published",
    id,
    ownerId: TEACHER,
    at: NOW,
    ...more,
  } as const;
  return inNorth((tx) => createLesson(tx, lesson));
}

function replace(id: string, version: number, more: Partial<Change> = {}) {
  const change = {
    ...CONTENT,
    status: "draft",
    id,
    version,
    by: TEACHER,
    at: NOW + version,
  } as const;
  return inNorth((tx) => replaceLesson(tx, { ...change, ...more }));
}

async function versions(id: string) {
  return inNorth(async (tx) => {
    const lesson = await findLesson(tx, id);
    return lesson === undefined ? [] : listVersions(tx, lesson);
  });
}

async function found(search: LessonSearch): Promise<readonly string[]> {
  const page = { after: undefined, limit: 50, ...search };
  return (await inNorth((tx) => listLessons(tx, page))).items.map(({ id }) => id);
}

test("DB18: an edit of what is published is a draft based on it, until it is published", async () => {
  await make("v", { title: "One" });

  const draft = await replace("v", 1, { title: "Two" });
  const again = await replace("v", 2, { title: "Three" });
  const next = await replace("v", 3, { title: "Four", status: "published" });

  const basedOn = { lessonId: "v", version: 1 };
  expect([draft, again, next]).toMatchObject([
    { title: "Two", version: 2, status: "draft", publishedVersion: 1, basedOn },
    { title: "Three", version: 3, status: "draft", publishedVersion: 1, basedOn },
    { title: "Four", version: 4, status: "published", publishedVersion: 4, basedOn },
  ]);
  expect(await versions("v")).toMatchObject([
    { version: 4, title: "Four", publishedBy: TEACHER, publishedAt: NOW + 3 },
    { version: 1, title: "One", publishedBy: TEACHER, publishedAt: NOW, basedOn: null },
  ]);
});

test("DB18: of two edits of the same version one is kept, also where both wait for the row", async () => {
  await make("race");
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const holder = inNorth(async (tx) => {
    await tx.q.selectFrom("lessons").select("id").where("id", "=", "race").forUpdate().execute();
    held.resolve();
    await released.promise;
  });
  await held.promise;

  const both = ["a", "b"].map((title) => replace("race", 1, { title }));
  await eventually(async () => {
    const waiting = "select from pg_stat_activity where wait_event_type = 'Lock'";
    return (await rowsOf(fresh.url, `${waiting} and datname = current_database()`)).length === 2;
  });
  released.resolve();

  await holder;
  const kept = await Promise.all(both);
  expect(kept.filter((each) => each === "version-conflict")).toHaveLength(1);
});

test("DB20: a published version reads the same, whoever tries to change it", async () => {
  const lesson = await make("lasting", { title: "Then", tags: ["t"] });
  await replace("lasting", 1, { title: "Now" });
  const attempt = inNorth((tx) =>
    tx.q.updateTable("lesson_versions").set({ title: "Forged" }).execute(),
  );

  expect(await thrownBy(attempt)).toThrow("never change");
  expect(await thrownBy(run(fresh.url, "update lesson_versions set title = 'Forged'"))).toThrow(
    "never change",
  );

  const read = await inNorth(async (tx) => {
    const now = await findLesson(tx, "lasting");
    return now && [now.title, await versionOf(tx, now, 1), await versionOf(tx, now, 7)];
  });
  expect(read).toEqual(["Now", { ...lesson, publishedVersion: 1 }, undefined]);
});

test("versions have a limit, at which nothing more is published and drafts are still kept", async () => {
  await make("many");
  await run(
    fresh.url,
    `insert into lesson_versions
       select tenant_id, lesson_id, n, published_by, n, title, language, steps, tags, standards
         from lesson_versions, generate_series(2, ${PUBLISHED_MAX}) n where lesson_id = 'many'`,
  );

  expect(await replace("many", 1, { status: "published" })).toBe("too-many-versions");
  expect(await replace("many", 1)).toMatchObject({ version: 2, status: "draft" });
  expect(await versions("many")).toHaveLength(PUBLISHED_MAX + 1);
});

test("DB19: a private lesson is found by its author and by who sees all", async () => {
  const tag = "for-sharing";
  await make("mine", { tags: [tag], visibility: "private" });
  await make("ours", { tags: [tag] });

  expect(await found({ tag, seenBy: TEACHER })).toEqual(["ours", "mine"]);
  expect(await found({ tag, seenBy: COLLEAGUE })).toEqual(["ours"]);
  expect(await found({ tag })).toEqual(["ours", "mine"]);
});

test("words are found in title, tags, standards and every text of the steps, and no name in JSON", async () => {
  const choice = { id: "idchoice", text: "Wchoice", correct: true };
  const item = { prompt: "Wprompt", title: "Wname", explanation: "Wwhy", tags: ["Witemtag"] };
  const steps = [
    { id: "idstep", kind: "content", title: "Whead", body: "**Wbody** in `Wcode`", tags: ["Wtag"] },
    { id: "s2", kind: "item", item: { kind: "poll", choices: [choice], ...item } },
    {
      id: "s3",
      kind: "item",
      item: { kind: "ordering", prompt: "?", items: [{ text: "Worder" }] },
    },
    {
      id: "s4",
      kind: "item",
      item: { kind: "matching", pairs: [{ left: "Wleft", right: "Wright" }], extra: ["Wextra"] },
    },
    { id: "s5", kind: "item", item: { kind: "short-text", accepted: [{ text: "Wanswer" }] } },
  ];
  const standards = [{ framework: "Wframe", code: "W.3-A.1", title: "Waim", steps: ["s2"] }];
  await make("words", { title: "Wtitle", tags: ["Wlabel two"], steps, standards });

  const words =
    "wtitle wlabel wframe w.3-a.1 waim whead wbody wcode wtag wprompt wname wwhy witemtag " +
    "wchoice worder wleft wright wextra wanswer";
  const missed = [];
  for (const word of words.split(" ")) {
    missed.push(...((await found({ words: word })).includes("words") ? [] : [word]));
  }
  expect(missed).toEqual([]);
  expect(await found({ words: 'wtitle "wlabel two" wanswer' })).toEqual(["words"]);
  expect(await found({ words: "wtitle -wanswer" })).toEqual([]);
  for (const word of ["ordering", "idstep", "idchoice", "s2", "wt"]) {
    expect([word, await found({ words: word })]).toEqual([word, []]);
  }
});

test.each([
  ["en", "Running rivers", ["river", "run", "rivers", "run river", '"running rivers"']],
  ["en-GB", "The leaves of trees", ["leave", "the tree", "leaves -rock"]],
  ["de", "Laufende Flüsse", ["Fluss", "laufendem Fluss", "flüsse"]],
  ["es", "Las montañas altas", ["montaña", "alta"]],
  ["fr", "Les rivières gelées", ["rivière", "gelée"]],
  ["ar", "الكتب القديمة", ["كتب", "قديمة"]],
  ["uk", "Річки України", ["річки", "україни", "україн"]],
])(
  "DB25: a lesson in %s, %s, is found by other forms of its words",
  async (language, title, all) => {
    const id = `stems-${language}`;
    const steps = [{ body: "dormouse" }];
    await make(id, { title, language, steps, tags: ["stems"] });
    const missed = [];
    for (const words of all) {
      missed.push(...((await found({ words, tag: "stems" })).includes(id) ? [] : [words]));
    }
    expect(missed).toEqual([]);
    expect(await found({ words: `dormice ${title}`, tag: "stems" })).toEqual([]);
  },
);

test("DB26: the last word is found as it begins; what is typed is never an operator", async () => {
  await make("begins", { title: "Photosynthesis in oaks", tags: ["begins"] });
  const foundBy = async (words: string) => (await found({ words, tag: "begins" })).length > 0;
  for (const words of ["photosyn", "oak photosyn", "in oak", "pho", "fern or oaks"]) {
    expect([words, await foundBy(words)]).toEqual([words, true]);
  }
  for (const words of [
    "photosyn oaks",
    "ph",
    "-photosynthesis",
    "oaks -photosynthesis",
    '"photosyn',
    '"oaks photosyn',
  ]) {
    expect([words, await foundBy(words)]).toEqual([words, false]);
  }
  for (const words of ["oak:*", "oaks & (", "oaks | !", "'", "\\", "oak' or '1'='1", "a:* <-> b"]) {
    expect(await foundBy(words)).toBeBoolean();
  }
});

test("a standard is found by its code and framework, both of the same one", async () => {
  await make("st1", {
    standards: [
      { framework: "F", code: "1" },
      { framework: "G", code: "2" },
    ],
  });

  expect(await found({ standard: "1" })).toEqual(["st1"]);
  expect(await found({ standard: "2", framework: "G" })).toEqual(["st1"]);
  expect(await found({ standard: "2", framework: "F" })).toEqual([]);
  expect(await found({ framework: "H" })).toEqual([]);
});

test.each([
  ["words that are distinct", (n: number) => n.toString(36)],
  [
    "hyphened letters of four bytes",
    (n: number) => `${han(n)}-${han(n * 7 + Math.floor(n / 40_000))}`,
  ],
  ["addresses", (n: number) => `${n.toString(36)}.org/${n.toString(36)}`],
  ["one word without an end", () => "x".repeat(20)],
])("a lesson of 1 MiB of %s is kept and found", async (_, wordAt) => {
  const word = wordAt(1);
  const joint = word.startsWith("xx") ? "" : " ";
  const text = Array.from({ length: 300_000 }, (_each, n) => wordAt(n + 1)).join(joint);
  const bytes = Buffer.from(text).subarray(0, 1_000_000).toString();
  const body = (at: number) => bytes.slice(at, at + 50_000).toWellFormed();
  const steps = Array.from({ length: 20 }, (_each, n) => ({ body: body(n * 50_000) }));
  const title = `Large${word.length}x${word.codePointAt(0)}`;

  await make(title, { title, steps });

  expect(await found({ words: title })).toEqual([title]);
});

/** Letters of the plane beyond the basic one. */
function han(n: number): string {
  return String.fromCodePoint(0x20000 + (n % 40_000));
}

test("lessons from before are published as they were, shared, and found by their words", async () => {
  const empty = await emptyDatabase();
  const owner = new URL(empty.url);
  owner.username = owner.password = "lesson_owner";
  await run(empty.url, "create role lesson_owner login password 'lesson_owner'");
  await run(empty.url, "grant create on schema public to lesson_owner");
  const pool = new Pool({ connectionString: owner.href, max: 1 });
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const { "0004-lesson-versions": last } = MIGRATIONS;
  const earlier = Object.entries(MIGRATIONS).filter(([name]) => name < "0004");
  for (const [, migration] of earlier) {
    await migration.up(kysely);
  }
  await run(empty.url, "insert into tenants values ('t', 't', 'T', 'UTC', 1)");
  await run(
    empty.url,
    `insert into lessons
       select 't', status, 'o', 'Rivers', 'en', status, 5,
              '[{"body": "Danube"}]', '{geo}', 1, 2, null
         from unnest(array['draft', 'published']) status`,
  );

  await last?.up(kysely);

  const kept = await rowsOf(
    empty.url,
    `select id, visibility, published_version, search @@ 'danube & geo & rivers' as words
       from lessons order by id`,
  );
  const copies = await rowsOf(empty.url, "select lesson_id, version, title from lesson_versions");
  const walled = await sql`select from lessons`.execute(kysely);
  await kysely.destroy();
  await run(empty.url, "drop owned by lesson_owner cascade");
  await run(empty.url, "drop role lesson_owner");
  await empty.drop();
  expect(kept).toEqual([
    { id: "draft", visibility: "school", published_version: null, words: true },
    { id: "published", visibility: "school", published_version: 5, words: true },
  ]);
  expect(copies).toEqual([{ lesson_id: "published", version: 5, title: "Rivers" }]);
  expect(walled.rows).toEqual([]);
});
