/**
 * Pictures that come with an imported lesson, and those that go along with an exported one.
 *
 * What comes passes through the same checks as what is sent by itself. Invariant:
 * LP1: Nothing is kept before the lesson is: its pictures are kept with it, or neither is.
 */
import { asTenant } from "../../db/as-tenant.ts";
import type { Lesson } from "../../db/lesson-row.ts";
import type { NewLesson } from "../../db/lessons.ts";
import { createLesson } from "../../db/lessons.ts";
import { MEDIA_MAX, type Medium, findMedium, keepMedia, roomForMedia } from "../../db/media.ts";
import type { Step } from "../../machines/learning-session/item.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { picturesIn } from "../content/picture-marks.ts";
import { type ReadPicture, pictureIdOf, readPicture } from "../content/picture.ts";
import type { PictureBytes } from "../content/qti-export.ts";
import { PICTURES_BYTES_MAX, PICTURES_MAX, type TakePicture } from "../content/qti-pictures.ts";
import type { AppParts } from "./parts.ts";

type Why = Extract<ReadPicture, { readonly ok: false }>["why"];

const WHY: Readonly<Record<Why, string>> = {
  unknown: "expected a JPEG, PNG or WebP",
  broken: "expected a picture that can be decoded",
  "too-large": "it has too many pixels",
  busy: "other pictures are being read",
};

export interface Taking {
  readonly take: TakePicture;
  /** Others' pictures stood in line: the whole import may be sent again. */
  isBusy(): boolean;
  /** Those of what was taken that these steps show. */
  shownBy(steps: readonly Step[]): readonly Medium[];
}

export async function startTaking(parts: AppParts, caller: VerifiedCaller): Promise<Taking> {
  const { db } = parts;
  const room = await asTenant(db, caller.tenantId, (tx) => roomForMedia(tx));
  const taken = new Map<string, Medium>();
  const state = { fresh: 0, isBusy: false };
  return {
    isBusy: () => state.isBusy,
    shownBy: (steps) => picturesIn(steps).flatMap((id) => taken.get(id) ?? []),
    async take(bytes) {
      // Ours come back as they went: encoded once more, they would be worse each time.
      const known = await asTenant(db, caller.tenantId, (tx) => findMedium(tx, pictureIdOf(bytes)));
      if (known !== undefined) {
        taken.set(known.id, known);
        return { id: known.id };
      }
      if (state.fresh >= room) {
        return { why: `a school keeps at most ${MEDIA_MAX} pictures` };
      }
      const read = await readPicture(bytes);
      if (!read.ok) {
        state.isBusy ||= read.why === "busy";
        return { why: WHY[read.why] };
      }
      state.fresh += taken.has(read.picture.id) ? 0 : 1;
      taken.set(read.picture.id, read.picture);
      return { id: read.picture.id };
    },
  };
}

/** Undefined: the school has no room for so many pictures any more, and nothing was kept. */
export async function keepPictured(
  { db, ids, clock }: AppParts,
  caller: VerifiedCaller,
  { pictures, ...wish }: Omit<NewLesson, "id" | "at"> & { readonly pictures: readonly Medium[] },
): Promise<Lesson | undefined> {
  const lesson = { ...wish, id: ids.next(), at: clock.now() };
  const by = { userId: wish.ownerId, at: lesson.at };
  return asTenant(db, caller.tenantId, async (tx) =>
    (await keepMedia(tx, pictures, by)) === "kept" ? createLesson(tx, lesson) : undefined,
  );
}

/** As many as a package may have; the others leave their words. */
export async function picturesFor(
  { db }: AppParts,
  caller: VerifiedCaller,
  steps: readonly Step[],
): Promise<PictureBytes> {
  const found = new Map<string, Uint8Array>();
  let bytes = 0;
  for (const id of picturesIn(steps).slice(0, PICTURES_MAX)) {
    const medium = await asTenant(db, caller.tenantId, (tx) => findMedium(tx, id));
    bytes += medium?.bytes.length ?? 0;
    if (medium !== undefined && bytes <= PICTURES_BYTES_MAX) {
      found.set(id, medium.bytes);
    }
  }
  return found;
}
