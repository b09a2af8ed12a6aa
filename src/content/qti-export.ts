/**
 * Export to a package of QTI 3, and what that cannot say of a lesson.
 *
 * A zip with a manifest, one assessment item a file, and a test that puts them in order.
 * Invariants:
 * QX1: What is written is read by our own import; a step that it would refuse is left out, and
 *    listed.
 * QX2: Without an entry for it in `lost`, a part comes back from import as it was.
 */
import type { Clock } from "../../actors/clock.ts";
import type { Step } from "../../machines/learning-session/item.ts";
import type { FieldError } from "../../machines/refusal.ts";
import type { Exportable, Exported } from "./gift-export.ts";
import { SLICE_CHARS, otherWork } from "./gift.ts";
import { differences, lostOf, lostPictures } from "./lost.ts";
import { picturesIn, withoutPictures } from "./picture-marks.ts";
import { pictureIdOf } from "./picture.ts";
import { importQti } from "./qti.ts";
import { ITEM_TYPE, MANIFEST, TEST, TEST_TYPE, WEIGHT, identifierOf } from "./qti-names.ts";
import { type Taken, fileOfPicture, withFiles } from "./qti-pictures.ts";
import { standardsMetadata } from "./qti-standards.ts";
import { qtiOf } from "./qti-step.ts";
import { loadFormulas } from "./qti-xhtml.ts";
import { element, escapedXml } from "./xml.ts";
import { zipped } from "./zip.ts";

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const MS_PER_S = 1_000;

/** By their ids; what a text shows beside them leaves its words, and is listed. */
export type PictureBytes = ReadonlyMap<string, Uint8Array>;

export async function exportQti(
  whole: Exportable,
  clock: Clock,
  pictures: PictureBytes = new Map(),
): Promise<Exported<Uint8Array>> {
  await loadFormulas();
  const isGone = (id: string): boolean => !pictures.has(id);
  const lesson = { ...whole, steps: withoutPictures(whole.steps, isGone) };
  const { content, lost } = await exported(lesson, clock, pictures);
  return { content, lost: [...lost, ...lostPictures(whole.steps, isGone)] };
}

async function exported(
  lesson: Exportable,
  clock: Clock,
  pictures: PictureBytes,
): Promise<Exported<Uint8Array>> {
  const all = await packageOf(lesson, clock, pictures);
  const back = await importQti(all, clock, takeAgain);
  if (back.ok && back.steps.length === lesson.steps.length) {
    return { content: all, lost: lostBetween(lesson, back) };
  }
  const read = new Map(back.ok ? back.steps.map((step) => [step.id, step]) : []);
  const kept = lesson.steps.filter(({ id }) => read.has(id));
  const lost = lesson.steps.flatMap((step, index) =>
    lostOf(step, read.get(step.id), `/steps/${index}`),
  );
  const nothing = { title: "", language: "", tags: [], steps: [] };
  return {
    content: await packageOf({ ...lesson, steps: kept }, clock, pictures),
    lost: [...differences(wholeOf(lesson), wholeOf(back.ok ? back : nothing), ""), ...lost],
  };
}

/** A picture that was made here keeps its id where it is known already. */
function takeAgain(bytes: Uint8Array): Promise<Taken> {
  return Promise.resolve({ id: pictureIdOf(bytes) });
}

function lostBetween(lesson: Exportable, back: Exportable): readonly FieldError[] {
  return [
    ...differences(wholeOf(lesson), wholeOf(back), ""),
    ...lesson.steps.flatMap((step, index) => lostOf(step, back.steps[index], `/steps/${index}`)),
  ];
}

/** What is said of a lesson beside its steps; the order in which a standard names them is none. */
function wholeOf({ title, language, tags, standards = [] }: Exportable): object {
  const sorted = standards.map((each) => ({ ...each, steps: each.steps?.toSorted() }));
  return { title, language, tags, standards: sorted };
}

/** Other work gets its turn between steps. */
async function packageOf(
  lesson: Exportable,
  clock: Clock,
  pictures: PictureBytes,
): Promise<Uint8Array> {
  const items: [string, string][] = [];
  let since = 0;
  for (const step of lesson.steps) {
    const xml = withFiles(qtiOf(step, lesson.language));
    items.push([fileOf(step), xml]);
    since += xml.length;
    if (since > SLICE_CHARS) {
      since = 0;
      await otherWork(clock);
    }
  }
  const files = picturesIn(lesson.steps).flatMap((id) => {
    const bytes = pictures.get(id);
    return bytes === undefined ? [] : [[fileOfPicture(id), bytes] as const];
  });
  const texts = [[MANIFEST, manifestOf(lesson)] as const, [TEST, testOf(lesson)] as const];
  return zipped(new Map<string, string | Uint8Array>([...texts, ...items, ...files]));
}

function fileOf({ id }: Step): string {
  return `items/${id}.xml`;
}

function manifestOf({ title, language, tags, standards = [], steps }: Exportable): string {
  const resources = steps.map((step) => {
    const own = (step.kind === "content" ? step.tags : step.item.tags) ?? [];
    const served = standards.filter((each) => each.steps?.includes(step.id) === true);
    const parts = [own.length === 0 ? "" : lomOf(own), standardsMetadata(served)];
    const metadata = parts.join("") === "" ? "" : element("metadata", {}, ...parts);
    const href = fileOf(step);
    const named = { identifier: identifierOf(step.id), type: ITEM_TYPE, href };
    const shown = picturesIn([step]).map((id) =>
      element("dependency", { identifierref: resourceOf(id) }),
    );
    return element("resource", named, metadata, element("file", { href }), ...shown);
  });
  const parts = steps.map(({ id }) => element("dependency", { identifierref: identifierOf(id) }));
  // No id of a step holds a dot.
  const test = { identifier: "the.test", type: TEST_TYPE, href: TEST };
  const schema = `${element("schema", {}, "QTI Package")}${element("schemaversion", {}, "3.0.0")}`;
  const attributes = {
    xmlns: "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    identifier: "the.package",
  };
  const manifest = element(
    "manifest",
    attributes,
    element("metadata", {}, schema, lomOf(tags, { title, language }), standardsMetadata(standards)),
    element("organizations", {}),
    element(
      "resources",
      {},
      element("resource", test, element("file", { href: TEST }), ...parts),
      ...resources,
      ...picturesIn(steps).map(pictureResource),
    ),
  );
  return `${HEAD}${manifest}\n`;
}

function pictureResource(id: string): string {
  const href = fileOfPicture(id);
  const named = { identifier: resourceOf(id), type: "webcontent", href };
  return element("resource", named, element("file", { href }));
}

/** No id of a step holds a dot. */
function resourceOf(pictureId: string): string {
  return `picture.${pictureId}`;
}

function lomOf(
  tags: readonly string[],
  named?: { readonly title: string; readonly language: string },
): string {
  const text = (value: string) => element("string", {}, escapedXml(value));
  const title = named === undefined ? "" : element("title", {}, text(named.title));
  const language = named === undefined ? "" : element("language", {}, named.language);
  const keywords = tags.map((tag) => element("keyword", {}, text(tag)));
  const general = element("general", {}, title, language, ...keywords);
  return element("lom", { xmlns: "http://ltsc.ieee.org/xsd/LOM" }, general);
}

function testOf({ title, language, steps }: Exportable): string {
  const references = steps.map((step) => {
    const { points, limitMs } = step.kind === "item" ? step.item : {};
    const limits = { "max-time": limitMs === undefined ? 0 : limitMs / MS_PER_S };
    return element(
      "qti-assessment-item-ref",
      { identifier: identifierOf(step.id), href: fileOf(step) },
      limitMs === undefined ? "" : element("qti-time-limits", limits),
      points === undefined ? "" : element("qti-weight", { identifier: WEIGHT, value: points }),
    );
  });
  const section = { identifier: "the.section", title, visible: "true" };
  const part = {
    identifier: "the.part",
    "navigation-mode": "linear",
    "submission-mode": "individual",
  };
  const test = element(
    "qti-assessment-test",
    {
      xmlns: "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
      identifier: "the.test",
      title,
      "xml:lang": language,
    },
    element("qti-test-part", part, element("qti-assessment-section", section, ...references)),
  );
  return `${HEAD}${test}\n`;
}
