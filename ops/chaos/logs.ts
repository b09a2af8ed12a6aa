/**
 * The finished logs: each actor as its host is served it, and as Postgres holds it.
 */
import { decodeRecord } from "../../actors/envelope.ts";
import { placeOf } from "../../actors/redis/names.ts";
import { actorMarks } from "../../db/actors.ts";
import { asTenant } from "../../db/as-tenant.ts";
import { RECORDS_MAX, recordsOf } from "../../db/records.ts";
import { parseActorId } from "../../machines/ids.ts";
import type { Http } from "../../src/client/http.ts";
import { ProblemError } from "../../src/client/problems.ts";
import { command } from "../servers/redis.ts";
import type { JudgedWatcher, Log, LoggedRecord } from "./history.ts";
import type { Lesson } from "./lesson.ts";
import { type Onlooker, pathOf } from "./onlooker.ts";
import type { RecordsPage } from "./poller.ts";
import type { World } from "./world.ts";

/** The journal is a second behind; after a crash of Postgres its connections come back first. */
const JOURNALED_WITHIN_MS = 20_000;
/** A watcher that came back has what it missed within a moment, or never. */
const HEARD_WITHIN_MS = 15_000;
const PAGE = 200;
const ASK_EVERY_MS = 100;

export interface Finished {
  readonly log: Log;
  readonly watchers: readonly JudgedWatcher[];
  /** Records that the journal lacked for good. */
  readonly behind: number;
}

export async function finishedLog(world: World, lesson: Lesson): Promise<Finished> {
  const { onlookers } = lesson;
  try {
    const visible = await visibleToAll(lesson);
    const { records, behind } = await loggedOf(world, lesson, lastOf(visible[0] ?? []));
    await Promise.all(onlookers.map((each, index) => caughtUp(each, lastOf(visible[index] ?? []))));
    const watchers = onlookers.map(({ watcher }, index) => ({
      ...watcher,
      visible: visible[index] ?? [],
    }));
    return { log: { kind: "served", records }, watchers, behind };
  } catch (error) {
    if (error instanceof ProblemError) {
      const { code } = error.problem;
      const reason = await reasonOf(world, lesson);
      return { log: { kind: "refused", code, reason }, watchers: [], behind: 0 };
    }
    throw error;
  }
}

/** Why the actor is kept apart; undefined: it is not. */
async function reasonOf({ db, school }: World, { sessionId }: Lesson): Promise<string | undefined> {
  const key = { kind: "session", id: parseActorId(sessionId) };
  const [mark] = await asTenant(db, school.tenantId, (tx) => actorMarks(tx, [key]));
  return mark?.parked?.reason;
}

/** One person who looks in several ways is asked once. */
function visibleToAll({ onlookers, actor }: Lesson): Promise<readonly (readonly number[])[]> {
  const asked = new Map<Http, Promise<readonly number[]>>();
  const pages = onlookers.map(({ http }) => {
    const seqs = asked.get(http) ?? visibleTo(http, actor);
    asked.set(http, seqs);
    return seqs;
  });
  return Promise.all(pages);
}

/** Every seq of which this person may see something, from the first record on. */
async function visibleTo(http: Http, actor: string): Promise<readonly number[]> {
  const seqs: number[] = [];
  for (let after: number | undefined = 0; after !== undefined;) {
    const path = pathOf(actor, `records?after=${after}&limit=${PAGE}`);
    const page: RecordsPage = await http.get<RecordsPage>(path);
    seqs.push(...page.items.map(({ seq }) => seq));
    after = page.next === null ? undefined : page.seq;
  }
  return seqs;
}

/**
 * The journal's records, once it has all; where it stays behind, the store's beyond them. A record
 * that the two hold differently stands there twice.
 */
async function loggedOf(world: World, lesson: Lesson, wanted: number) {
  const lines = await journaled(world, lesson, wanted);
  const stored = lines.length < wanted ? await storedLines(world, lesson) : [];
  const other = stored.filter(({ seq, line }) => (lines[seq - 1]?.line ?? "") !== line);
  const all = [...lines, ...other].toSorted((one, another) => one.seq - another.seq);
  const records = all.map(({ seq, line }): LoggedRecord => {
    const idKey = decodeRecord(line).id?.idKey;
    return idKey === undefined ? { seq } : { seq, idKey };
  });
  return { records, behind: wanted - lines.length };
}

interface Line {
  readonly seq: number;
  readonly line: string;
}

async function journaled(
  { db, school }: World,
  { sessionId }: Lesson,
  wanted: number,
): Promise<readonly Line[]> {
  const key = { kind: "session", id: parseActorId(sessionId) };
  const lines: Line[] = [];
  const giveUpAt = performance.now() + JOURNALED_WITHIN_MS;
  while (lines.length < wanted && performance.now() < giveUpAt) {
    const after = lines.at(-1)?.seq ?? 0;
    const page = await asTenant(db, school.tenantId, (tx) =>
      recordsOf(tx, key, { after, limit: RECORDS_MAX }),
    );
    lines.push(...page);
    if (page.length === 0) {
      await Bun.sleep(ASK_EVERY_MS);
    }
  }
  return lines;
}

async function storedLines({ redis, school }: World, { sessionId }: Lesson) {
  const { tenantId } = school;
  const { log } = placeOf({ tenantId, kind: "session", id: parseActorId(sessionId) });
  return parseStream(await command(redis, ["XRANGE", log, "-", "+"]));
}

function parseStream(reply: unknown): readonly Line[] {
  const entries = reply as readonly (readonly [string, readonly string[]])[];
  return entries.map(([id, fields]) => ({ seq: Number.parseInt(id, 10), line: fields[1] ?? "" }));
}

/** It is for the checker to say what it means that somebody never hears the last. */
async function caughtUp(onlooker: Onlooker, wanted: number): Promise<void> {
  const giveUpAt = performance.now() + HEARD_WITHIN_MS;
  while (onlooker.seq < wanted && performance.now() < giveUpAt) {
    await Bun.sleep(ASK_EVERY_MS);
  }
}

function lastOf(seqs: readonly number[]): number {
  return seqs.at(-1) ?? 0;
}
