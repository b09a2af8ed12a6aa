/**
 * Views of actors, each made and written once for all who stand in the same place at the same seq.
 *
 * A view is a pure function of a snapshot and a standing, and costs a millisecond for a large
 * class; whoever asks again before the next record gets the one that was made. It goes with its
 * snapshot.
 */
import type { JsonObject } from "../machines/json.ts";
import type { Living } from "../machines/living.ts";
import type { Standing } from "../machines/principal.ts";
import type { Seen } from "./documents.ts";

/** Different viewers of one snapshot that are remembered; a class has about as many as seats. */
const VIEWS_MAX = 64;

const made = new WeakMap<Living, Map<string, JsonObject>>();
const texts = new WeakMap<JsonObject, string>();

/** What a machine cannot know: where the actor is, and where its code is typed. */
export interface Place {
  readonly actor: string;
  readonly publicUrl: () => string;
}

export function viewOf(living: Living, standing: Standing, place: Place): JsonObject {
  const views = made.get(living) ?? new Map<string, JsonObject>();
  made.set(living, views);
  const { role, audience, participantId, since } = standing;
  const key = JSON.stringify([role, audience, participantId, since]);
  const known = views.get(key);
  if (known !== undefined) {
    return known;
  }
  const view = placed(living.view(standing), place);
  if (views.size < VIEWS_MAX) {
    views.set(key, view);
  }
  return view;
}

/** Written once for each view: its state, and who may do what in it, are of the same snapshot. */
export function textOfSeen({ state, can, view }: Pick<Seen, "state" | "can" | "view">): string {
  const known = texts.get(view);
  if (known !== undefined) {
    return known;
  }
  const text = JSON.stringify({ state, can, view });
  texts.set(view, text);
  return text;
}

function placed(view: JsonObject, { actor, publicUrl }: Place): JsonObject {
  const { joinCode, ...rest } = view;
  const id = actor.slice(actor.indexOf("/") + 1);
  return typeof joinCode === "string"
    ? { id, ...rest, joinCode, joinUrl: `${publicUrl()}/join/${joinCode}` }
    : { id, ...view };
}
