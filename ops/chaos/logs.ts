/**
 * The finished logs: each actor as its host is served it, and as Postgres holds it.
 */
import { decodeRecord } from "../../actors/envelope.ts";
import { asTenant } from "../../db/as-tenant.ts";
import { RECORDS_MAX, recordsOf } from "../../db/records.ts";
import { parseActorId } from "../../machines/ids.ts";
import { ProblemError } from "../../src/client/problems.ts";
import type { JudgedWatcher, Log, LoggedRecord } from "./history.ts";
import type { Lesson } from "./lesson.ts";
import type { Member } from "./member.ts";
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
}

export async function finishedLog(world: World, lesson: Lesson): Promise<Finished> {
  const members = [lesson.teacher, ...lesson.students];
  try {
    const visible = await Promise.all(members.map((member) => visibleTo(member, lesson)));
    const records = await journaled(world, lesson, lastOf(visible[0] ?? []));
    await Promise.all(
      members.map((member, index) => caughtUp(member, lastOf(visible[index] ?? []))),
    );
    const watchers = members.map(({ watcher }, index) => ({
      ...watcher,
      visible: visible[index] ?? [],
    }));
    return { log: { kind: "served", records }, watchers };
  } catch (error) {
    if (error instanceof ProblemError) {
      return { log: { kind: "refused", why: error.problem.code }, watchers: [] };
    }
    throw error;
  }
}

/** Every seq of which this member may see something, from the first record on. */
async function visibleTo({ client }: Member, { sessionId }: Lesson): Promise<readonly number[]> {
  const seqs: number[] = [];
  for (let after: number | undefined = 0; after !== undefined;) {
    const path = `/sessions/${sessionId}/records?after=${after}&limit=${PAGE}`;
    const page: RecordsPage = await client.http.get<RecordsPage>(path);
    seqs.push(...page.items.map(({ seq }) => seq));
    after = page.next === null ? undefined : page.seq;
  }
  return seqs;
}

interface RecordsPage {
  readonly items: readonly { readonly seq: number }[];
  readonly next: unknown;
  readonly seq: number;
}

/** The journal's records, once it has this one. */
async function journaled(
  { db, school }: World,
  { sessionId, actor }: Lesson,
  wanted: number,
): Promise<readonly LoggedRecord[]> {
  const key = { kind: "session", id: parseActorId(sessionId) };
  const records: LoggedRecord[] = [];
  const giveUpAt = performance.now() + JOURNALED_WITHIN_MS;
  while ((records.at(-1)?.seq ?? 0) < wanted) {
    const after = records.at(-1)?.seq ?? 0;
    const page = await asTenant(db, school.tenantId, (tx) =>
      recordsOf(tx, key, { after, limit: RECORDS_MAX }),
    );
    for (const { seq, line } of page) {
      const idKey = decodeRecord(line).id?.idKey;
      records.push(idKey === undefined ? { seq } : { seq, idKey });
    }
    if (page.length === 0) {
      if (performance.now() > giveUpAt) {
        throw new Error(`${actor}: the journal is at ${after} of ${wanted} and stays there`);
      }
      await Bun.sleep(ASK_EVERY_MS);
    }
  }
  return records;
}

/** It is for the checker to say what it means that somebody never hears the last. */
async function caughtUp({ session }: Member, wanted: number): Promise<void> {
  const giveUpAt = performance.now() + HEARD_WITHIN_MS;
  while (session.seq < wanted && performance.now() < giveUpAt) {
    await Bun.sleep(ASK_EVERY_MS);
  }
}

function lastOf(seqs: readonly number[]): number {
  return seqs.at(-1) ?? 0;
}
