/**
 * Export to GIFT, and what GIFT cannot say of a lesson.
 *
 * Invariants:
 * GX1: What is written is read by our own import; a step that it would refuse is left out, and
 *    listed.
 * GX2: Without an entry for it in `lost`, a part comes back from import as it was.
 */
import type { Clock } from "../../actors/clock.ts";
import type { Standard } from "../../db/lesson-row.ts";
import type { Step } from "../../machines/learning-session/item.ts";
import type { FieldError } from "../../machines/refusal.ts";
import { GIFT_BYTES_MAX, SLICE_CHARS, importGift, otherWork } from "./gift.ts";
import { giftOf } from "./gift-step.ts";
import { LANGUAGE_DEFAULT } from "./lesson.ts";
import { differences, lostOf } from "./lost.ts";

/** What of a lesson may be written in another format. */
export interface Exportable {
  readonly title: string;
  readonly language: string;
  readonly tags: readonly string[];
  readonly standards?: readonly Standard[];
  readonly steps: readonly Step[];
}

export interface Exported<Content> {
  readonly content: Content;
  readonly lost: readonly FieldError[];
}

export async function exportGift(lesson: Exportable, clock: Clock): Promise<Exported<string>> {
  const written: string[] = [];
  const lost: FieldError[] = [];
  let since = 0;
  for (const [index, step] of lesson.steps.entries()) {
    const text = giftOf(step);
    const back = text === undefined ? undefined : await readBack(text, clock);
    if (text !== undefined && back !== undefined) {
      written.push(text);
    }
    lost.push(...lostOf(step, back, `/steps/${index}`));
    since += text?.length ?? 0;
    if (since > SLICE_CHARS) {
      since = 0;
      await otherWork(clock);
    }
  }
  const content = written.join("\n");
  return { content, lost: [...(await lostOfWhole(lesson, content, clock)), ...lost] };
}

/** The one step that this text is to our own import; undefined: it is none. */
async function readBack(text: string, clock: Clock): Promise<Step | undefined> {
  const imported = await importGift(text, clock);
  const [step, ...more] = imported.ok ? imported.steps : [];
  return more.length === 0 ? step : undefined;
}

/** GIFT has questions only: a title is what the first one makes it. */
async function lostOfWhole(
  { title, language, tags, standards = [] }: Exportable,
  content: string,
  clock: Clock,
): Promise<readonly FieldError[]> {
  const bytes = Buffer.byteLength(content);
  const first = await importGift(content.split("\n\n", 1)[0] ?? "", clock);
  const back = {
    title: first.ok ? first.title : "",
    language: LANGUAGE_DEFAULT,
    tags: [],
    standards: [],
  };
  const message = `Changed: ${bytes} bytes, and import takes ${GIFT_BYTES_MAX}; divide the file`;
  const tooLarge = { path: "/steps", code: "too-long", limit: GIFT_BYTES_MAX, message } as const;
  return [
    ...differences({ title, language, tags, standards }, back, ""),
    ...(bytes > GIFT_BYTES_MAX ? [tooLarge] : []),
  ];
}
