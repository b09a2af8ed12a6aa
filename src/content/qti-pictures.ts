/**
 * Pictures in packages of QTI 3: files in `images/`, which items show by `<img>`.
 *
 * Owns what becomes of each on its way in: it is taken, and its text shows it, or its words stand
 * for it and the reason is listed. Invariant:
 * QP1: A picture is a file of the package, whatever its reference says; nothing is ever fetched.
 */
import type { FieldError } from "../../machines/refusal.ts";
import { NO_WORDS } from "./picture-marks.ts";
import { MARKDOWN } from "./qti-names.ts";
import { type Element, type Node, descendantsOf } from "./xml.ts";

/** One in every eighth step of the longest lesson; to decode as many takes some ten seconds. */
export const PICTURES_MAX = 60;
/** With the texts it stays below what import takes. */
export const PICTURES_BYTES_MAX = 12 * 1024 * 1024;

const FOLDER = "images";
const SOURCE = /src="media:([A-Za-z0-9_-]{1,64})"/g;
const REFERENCE = /\]\(media:([A-Za-z0-9_-]{1,64})\)/g;

export type Taken = { readonly id: string } | { readonly why: string };
/** Makes the bytes a picture of the school's, or says why not. */
export type TakePicture = (bytes: Uint8Array) => Promise<Taken>;

/** Of a school that takes none. */
export const takeNone: TakePicture = () => Promise.resolve({ why: "pictures are not taken here" });

export function fileOfPicture(id: string): string {
  return `${FOLDER}/${id}.webp`;
}

/** An item that is written shows pictures by their files, which stand beside its folder. */
export function withFiles(xml: string): string {
  return xml.replace(SOURCE, (_, id: string) => `src="../${fileOfPicture(id)}"`);
}

export interface Pictures {
  /** The item with its pictures taken, and those that were lost. */
  shownIn(root: Element, path: string): Promise<PicturedItem>;
}

interface PicturedItem {
  readonly root: Element;
  readonly lost: readonly FieldError[];
}

interface PictureFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** A reference in a file, as a name in the package. */
  readonly pathFrom: (file: string, reference: string) => string;
}

/** Each file is taken once, however many items show it. */
export function createPictures({ files, pathFrom }: PictureFiles, take: TakePicture): Pictures {
  const taken = new Map<string, Taken>();
  const takenFrom = async (place: string): Promise<Taken> => {
    const bytes = files.get(place);
    if (bytes === undefined) {
      return { why: "expected this file in the package, of at most 8 MiB" };
    }
    const found = taken.get(place);
    if (found === undefined && taken.size >= PICTURES_MAX) {
      return { why: `expected at most ${PICTURES_MAX} pictures in a package` };
    }
    const now = found ?? (await take(bytes));
    taken.set(place, now);
    return now;
  };
  return {
    async shownIn(root, path) {
      const ids = new Map<string, string>();
      const lost: FieldError[] = [];
      for (const source of new Set(sourcesIn(root))) {
        const one = await takenFrom(pathFrom(path, decoded(source)));
        if ("id" in one) {
          ids.set(source, one.id);
        } else {
          const message = `Left out: the picture ${shortened(source)}: ${one.why}`;
          lost.push({ path, code: "bad-picture", message });
        }
      }
      return { root: withTaken(root, ids), lost };
    },
  };
}

function sourcesIn(root: Element): readonly string[] {
  const images = descendantsOf(root).filter(({ name }) => name === "img");
  return images.map(({ attributes }) => attributes["src"] ?? "");
}

/** References are URLs, in which a blank is `%20`. */
function decoded(source: string): string {
  try {
    return decodeURIComponent(source);
  } catch (error) {
    if (error instanceof URIError) {
      return source;
    }
    throw error;
  }
}

const SHOWN_CHARS_MAX = 80;

function shortened(source: string): string {
  const cut = source.length > SHOWN_CHARS_MAX ? `${source.slice(0, SHOWN_CHARS_MAX)}…` : source;
  return cut.toWellFormed();
}

/** A text that an element carries names pictures as the school did that wrote it. */
function withTaken(root: Element, ids: ReadonlyMap<string, string>): Element {
  const names = new Map([...ids].map(([source, id]) => [nameOf(source), id] as const));
  const renamed = (text: string): string =>
    text.replace(REFERENCE, (mark, name: string) => {
      const id = names.get(name);
      return id === undefined ? mark : `](media:${id})`;
    });
  const shown = (node: Node): Node => {
    if (typeof node === "string") {
      return node;
    }
    const { name, attributes } = node;
    const id = ids.get(attributes["src"] ?? "");
    if (name === "img" && id === undefined) {
      const words = (attributes["alt"] ?? "").trim();
      return { name: "span", attributes: {}, children: [words === "" ? NO_WORDS : words] };
    }
    const carried = attributes[MARKDOWN];
    return {
      name,
      attributes: {
        ...attributes,
        ...(name === "img" ? { src: `media:${id}` } : {}),
        ...(carried === undefined ? {} : { [MARKDOWN]: renamed(carried) }),
      },
      children: node.children.map(shown),
    };
  };
  return { ...root, children: root.children.map(shown) };
}

function nameOf(source: string): string {
  return (source.split("/").at(-1) ?? "").replace(/\.[^.]*$/, "");
}
