/** Pictures that no lesson shows go, in time; whatever is shown anywhere stays. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TenantTx, asTenant } from "../../db/as-tenant.ts";
import { createLesson, deleteLesson, replaceLesson } from "../../db/lessons.ts";
import { findMedium, keepMedium } from "../../db/media.ts";
import { CHECKED_EVERY_MS, UNUSED_KEPT_MS, sweepMedia } from "../../db/media-sweep.ts";
import { parseTenantId, parseUserId } from "../../machines/ids.ts";
import { type School, openSchool } from "../support/school.ts";

const DAY_MS = 86_400_000;
const BEGIN = Date.UTC(2026, 0, 1);
const owner = parseUserId("north-teacher");

let school: School;
beforeAll(async () => {
  school = await openSchool();
});
afterAll(() => school.close());

function inTenant<T>(work: (tx: TenantTx) => Promise<T>, tenant = "north"): Promise<T> {
  return asTenant(school.db, parseTenantId(tenant), work);
}

function sent(id: string, at: number, tenant = "north") {
  const medium = { id, mediaType: "image/webp", width: 1, height: 1, bytes: new Uint8Array(1) };
  return inTenant((tx) => keepMedium(tx, medium, { userId: owner, at }), tenant);
}

function lessonWith(id: string, pictures: readonly string[], at = BEGIN) {
  const content = contentWith(pictures);
  return inTenant((tx) => createLesson(tx, { ...content, id, ownerId: owner, at }));
}

function contentWith(pictures: readonly string[]) {
  const item = {
    kind: "poll",
    prompt: "?",
    choices: pictures.map((id) => ({ id, text: shown(id) })),
  };
  const steps = [{ kind: "item", item: { ...item, choices: item.choices } }];
  return { title: "T", language: "en", status: "published" as const, tags: [], steps };
}

function shown(id: string): string {
  return `See ![a "leaf"](media:${id})`;
}

const sweptAt = (at: number) => inTenant((tx) => sweepMedia(tx, at));
const isKept = async (id: string): Promise<boolean> =>
  (await inTenant((tx) => findMedium(tx, id))) !== undefined;

/** As a node does it: day after day, up to and with this one. */
async function sweptDaily(from: number, until: number): Promise<void> {
  for (let at = from; at <= until; at += DAY_MS) {
    await sweptAt(at);
  }
}

test("DB27: what no lesson shows goes after its time, and not before; what is shown stays", async () => {
  await sent("idle", BEGIN);
  await sent("shown", BEGIN);
  await lessonWith("l1", ["shown"]);
  const marked = BEGIN + DAY_MS;
  await sweptDaily(marked, marked + UNUSED_KEPT_MS - DAY_MS);
  expect([await isKept("idle"), await isKept("shown")]).toEqual([true, true]);
  expect(await sweptAt(marked + UNUSED_KEPT_MS)).toBe(1);
  expect([await isKept("idle"), await isKept("shown")]).toEqual([false, true]);
});

test("DB27: a version that was published keeps its pictures; a deleted lesson does for a while", async () => {
  const at = BEGIN + 400 * DAY_MS;
  await sent("old", at);
  await sent("gone", at);
  await lessonWith("l2", ["old"], at);
  await lessonWith("l3", ["gone"], at);
  await inTenant((tx) =>
    replaceLesson(tx, { ...contentWith([]), id: "l2", version: 1, by: owner, at }),
  );
  await inTenant((tx) => deleteLesson(tx, "l3", at));
  await sweptDaily(at + DAY_MS, at + UNUSED_KEPT_MS + 10 * DAY_MS);
  expect([await isKept("old"), await isKept("gone")]).toEqual([true, true]);
  await sweptDaily(at + UNUSED_KEPT_MS + 11 * DAY_MS, at + 2 * UNUSED_KEPT_MS + 3 * DAY_MS);
  expect([await isKept("old"), await isKept("gone")]).toEqual([true, false]);
});

test("DB27: what is shown or sent again in between begins anew", async () => {
  const at = BEGIN + 800 * DAY_MS;
  await sent("again", at);
  await sent("later", at);
  await sweptDaily(at + DAY_MS, at + UNUSED_KEPT_MS);
  await sent("again", at + UNUSED_KEPT_MS);
  await lessonWith("l4", ["later"], at + UNUSED_KEPT_MS);
  await sweptDaily(at + UNUSED_KEPT_MS + DAY_MS, at + UNUSED_KEPT_MS + 5 * DAY_MS);
  expect([await isKept("again"), await isKept("later")]).toEqual([true, true]);
});

test("DB28: a school is looked through once a day, and another's pictures are not its own", async () => {
  const at = BEGIN + 1_200 * DAY_MS;
  await sent("fresh", at);
  await sent("theirs", at, "south");
  await sweptAt(at + CHECKED_EVERY_MS);
  await lessonWith("l5", ["fresh"], at + CHECKED_EVERY_MS);
  await sweptAt(at + CHECKED_EVERY_MS + 1);
  const marks = (tenant: string, id: string) =>
    inTenant(
      (tx) =>
        tx.q
          .selectFrom("media")
          .select(["unused_since", "checked_at"])
          .where("id", "=", id)
          .executeTakeFirst(),
      tenant,
    );
  const checked = at + CHECKED_EVERY_MS;
  expect(await marks("north", "fresh")).toEqual({ unused_since: checked, checked_at: checked });
  expect(await marks("south", "theirs")).toEqual({ unused_since: null, checked_at: at });
  await sweptAt(checked + CHECKED_EVERY_MS);
  expect((await marks("north", "fresh"))?.unused_since).toBeNull();
});
