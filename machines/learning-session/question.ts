/**
 * What a learner sees of an item: the question without its key.
 *
 * Invariants:
 * LS10: No key is in a question: no `correct`, `weight`, `feedback`, `explanation`, `accepted`,
 *    `rubric` or `pairs`, nor the teacher's `title` and `tags`.
 * IT6: The order of what is shuffled is a function of the seed and of each text or id by itself,
 *    never of the order in the item: two items that differ only in their key give equal questions.
 *    The same seed gives the same order on any node, after any reconnect.
 */
import type { Json, JsonObject } from "../json.ts";
import { unreachable } from "../unreachable.ts";
import { rightsOf } from "./answer.ts";
import type { Item } from "./item.ts";
import { pointsMaxOf } from "./score.ts";

/** Whose order it is: `participantId` absent is the order on the board. */
export interface Shuffle {
  readonly roundId: string;
  readonly participantId?: string;
}

/**
 * With `shuffle`, choices too are in an order of their own for this round and participant;
 * matchings and orderings are always shuffled, without it in one order for everyone.
 */
export function questionOf(item: Item, shuffle?: Shuffle): JsonObject {
  const { kind, prompt, limitMs } = item;
  const limit = limitMs === undefined ? {} : { limitMs };
  return { kind, prompt, points: pointsMaxOf(item), ...limit, ...partsOf(item, shuffle) };
}

function partsOf(item: Item, shuffle: Shuffle | undefined): JsonObject {
  const seed = shuffle === undefined ? "" : `${shuffle.roundId}/${shuffle.participantId ?? ""}`;
  switch (item.kind) {
    case "single-choice":
    case "multiple-choice":
    case "poll": {
      const choices = item.choices.map(({ id, text }) => ({ id, text }));
      return { choices: shuffle === undefined ? choices : shuffled(choices, idOf, seed) };
    }
    case "matching": {
      const rights = shuffled([...rightsOf(item)], (right) => right, seed);
      return { lefts: item.pairs.map((pair) => pair.left), rights };
    }
    case "ordering": {
      const items = item.items.map(({ id, text }) => ({ id, text }));
      return { items: shuffled(items, idOf, seed) };
    }
    case "true-false":
    case "short-text":
    case "numeric":
    case "open-text":
      return {};
    default:
      return unreachable(item);
  }
}

function idOf(named: { readonly id: string }): string {
  return named.id;
}

/** Sorted by a hash of each by itself, equal hashes by the text: see IT6. */
function shuffled<Part extends Json>(
  parts: readonly Part[],
  nameOf: (part: Part) => string,
  seed: string,
): readonly Part[] {
  return parts
    .map((part) => ({ part, name: nameOf(part), place: hash(`${seed}/${nameOf(part)}`) }))
    .toSorted((a, b) => a.place - b.place || (a.name < b.name ? -1 : 1))
    .map(({ part }) => part);
}

/** FNV-1a over UTF-16 units, with MurmurHash3's last mix, without which near texts stay near. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
