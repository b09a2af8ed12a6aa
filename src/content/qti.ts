/**
 * Import of packages of QTI 3: a zip with a manifest, assessment items, and perhaps a test.
 *
 * Owns finding the items and their order; one item is read by `qti-read.ts`. Invariants:
 * QI1: A package that is no zip, too large, or whose manifest or test cannot be read is refused as
 *    a whole. Of one that can be read every item becomes a step, or is listed with the reason.
 * QI2: Files are found in the package only, whatever a reference says; other work gets its turn
 *    between items. What `take` does with pictures is not ours: nothing is kept here.
 */
import type { Clock } from "../../actors/clock.ts";
import type { Standard } from "../../db/lesson-row.ts";
import {
  STEPS_MAX,
  type Step,
  TAGS_MAX,
  TAG_CHARS_MAX,
  TITLE_CHARS_MAX,
} from "../../machines/learning-session/item.ts";
import type { FieldError } from "../../machines/refusal.ts";
import { SLICE_CHARS, otherWork } from "./gift.ts";
import { LANGUAGE_DEFAULT, canonicalLanguage } from "./lesson.ts";
import { ITEM_TYPE, MANIFEST, TEST_TYPE } from "./qti-names.ts";
import { type Pictures, type TakePicture, createPictures, takeNone } from "./qti-pictures.ts";
import { type Serving, servedBy, standardsIn } from "./qti-standards.ts";
import { type Around, stepOfQti } from "./qti-read.ts";
import { hasMedia } from "./qti-text.ts";
import { loadFormulas } from "./qti-xhtml.ts";
import { type Element, childrenOf, descendantsOf, readXml, textContent } from "./xml.ts";
import { type FileKind, unzipped } from "./zip.ts";

/** The limit of a package on the wire: a lesson of 1 MiB with its markup, packed, and pictures. */
export const QTI_BYTES_MAX = 16 * 1024 * 1024;
const PICTURE_FILE = /\.(?:jpe?g|png|webp)$/i;

export type ImportedQti =
  | {
      readonly ok: true;
      readonly title: string;
      readonly language: string;
      readonly tags: readonly string[];
      readonly standards: readonly Standard[];
      readonly steps: readonly Step[];
      readonly lost: readonly FieldError[];
    }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

type Files = ReadonlyMap<string, Uint8Array>;

export async function importQti(
  bytes: Uint8Array,
  clock: Clock,
  take: TakePicture = takeNone,
): Promise<ImportedQti> {
  if (bytes.length > QTI_BYTES_MAX) {
    return refused("", `expected at most ${QTI_BYTES_MAX} bytes, found ${bytes.length}`);
  }
  const unpacked = unzipped(bytes, kindOf);
  if (!unpacked.ok) {
    return refused("", unpacked.message);
  }
  const manifest = readFile(unpacked.files, MANIFEST);
  if (!("name" in manifest)) {
    return refused(MANIFEST, manifest.message);
  }
  const resources = descendantsOf(manifest).filter(({ name }) => name === "resource");
  const test = testIn(unpacked.files, resources);
  if (test !== undefined && "message" in test) {
    return refused(test.path, test.message);
  }
  const placed = placedItems(resources, test);
  if (placed.length === 0 || placed.length > STEPS_MAX) {
    return refused(MANIFEST, `expected 1 to ${STEPS_MAX} items, found ${placed.length}`);
  }
  await loadFormulas();
  const { files } = unpacked;
  const pictures = createPictures({ files, pathFrom }, take);
  const read = await stepsIn({ files, placed, pictures }, clock);
  const [general] = descendantsOf(manifest).filter(({ name }) => name === "general");
  const { steps, lost } = read;
  const about = childrenOf(manifest).find(({ name }) => name === "metadata");
  const standards = servedBy(standardsIn(about), read.servings);
  return steps.length === 0
    ? { ok: false, errors: lost }
    : { ok: true, steps, lost, standards, ...aboutLesson(general, test?.root) };
}

function kindOf(name: string): FileKind {
  if (PICTURE_FILE.test(name)) {
    return "picture";
  }
  return name.toLowerCase().endsWith(".xml") ? "text" : undefined;
}

interface Placed extends Omit<Around, "id"> {
  readonly identifier: string;
  readonly path: string;
  readonly standards: readonly Standard[];
}

interface FoundTest {
  readonly path: string;
  readonly root: Element;
}

function testIn(
  files: Files,
  resources: readonly Element[],
): FoundTest | (FieldError & { readonly root?: undefined }) | undefined {
  const resource = resources.find(({ attributes }) => attributes["type"] === TEST_TYPE);
  if (resource === undefined) {
    return undefined;
  }
  const path = pathFrom("", resource.attributes["href"] ?? "");
  const root = readFile(files, path);
  return "name" in root ? { path, root } : { path, message: root.message };
}

/** In the order of the test if there is one, else of the manifest. */
function placedItems(
  resources: readonly Element[],
  test: FoundTest | undefined,
): readonly Placed[] {
  const items = resources
    .filter(({ attributes }) => attributes["type"] === ITEM_TYPE)
    .map((resource) => ({
      identifier: resource.attributes["identifier"] ?? "",
      path: pathFrom("", resource.attributes["href"] ?? ""),
      tags: keywordsIn(resource),
      standards: standardsIn(resource),
    }));
  if (test === undefined) {
    return items;
  }
  const said = new Map(items.map(({ path, tags, standards }) => [path, { tags, standards }]));
  return descendantsOf(test.root)
    .filter(({ name }) => name === "qti-assessment-item-ref")
    .map((reference) => {
      const path = pathFrom(test.path, reference.attributes["href"] ?? "");
      const identifier = reference.attributes["identifier"] ?? "";
      const { tags = [], standards = [] } = said.get(path) ?? {};
      return { identifier, path, tags, standards, ...limitsIn(reference) };
    });
}

function limitsIn(reference: Element): Pick<Around, "points" | "limitMs"> {
  const parts = descendantsOf(reference);
  const weight = parts.find(({ name }) => name === "qti-weight")?.attributes["value"];
  const seconds = parts.find(({ name }) => name === "qti-time-limits")?.attributes["max-time"];
  return {
    ...(weight === undefined ? {} : { points: Number(weight) }),
    ...(seconds === undefined ? {} : { limitMs: Math.round(Number(seconds) * 1_000) }),
  };
}

interface ReadSteps {
  readonly steps: readonly Step[];
  readonly servings: readonly Serving[];
  readonly lost: readonly FieldError[];
}

interface Found {
  readonly files: Files;
  readonly placed: readonly Placed[];
  readonly pictures: Pictures;
}

async function stepsIn({ files, placed, pictures }: Found, clock: Clock): Promise<ReadSteps> {
  const steps: Step[] = [];
  const servings: Serving[] = [];
  const lost: FieldError[] = [];
  const ids = new Set<string>();
  let since = 0;
  for (const [index, { path, identifier, standards, ...around }] of placed.entries()) {
    since += files.get(path)?.length ?? 0;
    if (since > SLICE_CHARS) {
      since = 0;
      await otherWork(clock);
    }
    const file = readFile(files, path);
    const id = freshId(identifier, index, ids);
    if (!("name" in file)) {
      lost.push({ path, code: "unreadable", message: `Left out: ${file.message}` });
      continue;
    }
    const shown = await pictures.shownIn(file, path);
    const step = stepOfQti(shown.root, { ...around, id });
    if ("message" in step) {
      lost.push({ path, code: "no-kind", message: `Left out: ${step.message}` });
      continue;
    }
    ids.add(id);
    steps.push(step);
    servings.push({ stepId: id, standards });
    lost.push(...shown.lost);
    if (hasMedia(file)) {
      const message = "Left out: sounds, films and objects, which lessons have not";
      lost.push({ path, code: "no-media", message });
    }
  }
  return { steps, servings, lost };
}

/** Ours come back; others' are kept where they are ids here, and no other step has them. */
function freshId(identifier: string, index: number, taken: ReadonlySet<string>): string {
  const id = identifier.replace(/^_/, "");
  const isFree = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id) && !taken.has(id);
  return isFree ? id : `s${index + 1}-${taken.size + 1}`;
}

function aboutLesson(general: Element | undefined, test: Element | undefined) {
  const parts = general === undefined ? [] : descendantsOf(general);
  const said = (name: string) => {
    const found = parts.find((part) => part.name === name);
    return found === undefined ? "" : textContent(found).trim();
  };
  const title = said("title") || (test?.attributes["title"] ?? "").trim() || "Imported questions";
  const language = test?.attributes["lang"] ?? said("language");
  return {
    title: title.slice(0, TITLE_CHARS_MAX).toWellFormed(),
    language: (language === "" ? undefined : canonicalLanguage(language)) ?? LANGUAGE_DEFAULT,
    tags: general === undefined ? [] : keywordsIn(general),
  };
}

function keywordsIn(parent: Element): readonly string[] {
  const found = descendantsOf(parent).filter(({ name }) => name === "keyword");
  const texts = found.map((each) => textContent(each).trim().slice(0, TAG_CHARS_MAX));
  const tags = texts.map((text) => text.toWellFormed()).filter((text) => text !== "");
  return [...new Set(tags)].slice(0, TAGS_MAX);
}

function readFile(files: Files, path: string): Element | FieldError {
  const bytes = files.get(path);
  if (bytes === undefined) {
    return { path, message: "expected this file in the package" };
  }
  const read = readXml(bytes);
  return read.ok ? read.root : { path, message: read.message };
}

/** A reference in one file to another, as a name in the package. */
function pathFrom(file: string, href: string): string {
  const parts: string[] = file.split("/").slice(0, -1);
  for (const part of href.split("/")) {
    if (part === "..") {
      parts.pop();
    } else if (part !== "." && part !== "") {
      parts.push(part);
    }
  }
  return parts.join("/");
}

function refused(path: string, message: string): ImportedQti {
  const where = path === "" ? "The package" : path;
  return { ok: false, errors: [{ path, message: `${where}: ${message}` }] };
}
