/**
 * The files of the pages: scripts and style, bundled in memory by Bun and compressed once.
 *
 * Owns their names, which carry a hash of what is in them, so that a browser keeps them for good.
 * Nothing is built before the first asks; `src/main.ts` asks as soon as the server is listening.
 */
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { sha256 } from "../../actors/envelope.ts";
import type { PageName } from "../pages/words/words.ts";

/** Level 11 takes two seconds longer for 3 % less. */
const BROTLI_LEVEL = 9;
const HASH_CHARS = 10;
const ENTRIES: Readonly<Record<PageName, string>> = {
  join: "join.tsx",
  teach: "teach.tsx",
  board: "board.tsx",
};
const SCRIPT = "text/javascript; charset=utf-8";
const FOLDER = `${import.meta.dir}/../pages`;

export interface PageFile {
  readonly type: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer>;
  readonly br: Uint8Array<ArrayBuffer>;
}

export interface PageFiles {
  /** By name, without a folder. */
  readonly files: ReadonlyMap<string, PageFile>;
  readonly style: string;
  /** Of `/` alone: runs before it is painted. */
  readonly early: string;
  /** The script of each page, and what it imports, which a browser may fetch at the same time. */
  readonly scripts: Readonly<Record<PageName, readonly string[]>>;
}

let made: Promise<PageFiles> | undefined;

/** The sources are the program's own: one bundle for every server of this process. */
export function pageFiles(): Promise<PageFiles> {
  made ??= build();
  return made;
}

async function build(): Promise<PageFiles> {
  const built = await Bun.build({
    entrypoints: Object.values(ENTRIES).map((name) => `${FOLDER}/${name}`),
    target: "browser",
    splitting: true,
    minify: true,
    naming: { entry: "[name]-[hash].[ext]", chunk: "shared-[hash].[ext]" },
    define: { "process.env.NODE_ENV": '"production"' },
    jsx: { runtime: "automatic", development: false },
  });
  const scripts = await Promise.all(
    built.outputs.map(async (output) => ({
      name: output.path.replace(/^.*\//, ""),
      text: await output.text(),
    })),
  );
  const early = await builtEarly();
  const earlyName = `early-${sha256(early).slice(0, HASH_CHARS)}.js`;
  const style = minified(await Bun.file(`${FOLDER}/style.css`).text());
  const styleName = `style-${sha256(style).slice(0, HASH_CHARS)}.css`;
  const files = await Promise.all([
    ...scripts.map(({ name, text }) => fileOf(name, SCRIPT, text)),
    fileOf(styleName, "text/css; charset=utf-8", style),
    fileOf(earlyName, SCRIPT, early),
  ]);
  return {
    files: new Map(files),
    style: styleName,
    early: earlyName,
    scripts: {
      join: loadedBy("join", scripts),
      teach: loadedBy("teach", scripts),
      board: loadedBy("board", scripts),
    },
  };
}

/** A script of the old kind, which a browser waits for: modules run after the first paint. */
async function builtEarly(): Promise<string> {
  const built = await Bun.build({
    entrypoints: [`${FOLDER}/returning.ts`],
    target: "browser",
    format: "iife",
    minify: true,
  });
  return built.outputs[0]?.text() ?? "";
}

interface Script {
  readonly name: string;
  readonly text: string;
}

/** The entry first, then every chunk that it, or a chunk of it, imports. */
function loadedBy(page: PageName, scripts: readonly Script[]): readonly string[] {
  const entry = scripts.find(({ name }) => name.startsWith(`${page}-`));
  if (entry === undefined) {
    throw new Error(`expected a script of the page ${page}, found none in the bundle`);
  }
  const loaded = [entry];
  for (const script of loaded) {
    const more = scripts.filter((each) => !loaded.includes(each) && imports(script, each));
    loaded.push(...more);
  }
  return loaded.map(({ name }) => name);
}

/** At once; what is imported later, by a call, is not preloaded. */
function imports(script: Script, other: Script): boolean {
  return [`from"./${other.name}"`, `import"./${other.name}"`].some((each) =>
    script.text.includes(each),
  );
}

/** Comments and indentation: the sheet has no strings in which they would mean anything. */
function minified(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{};,]) ?/g, "$1")
    .trim();
}

async function fileOf(
  name: string,
  type: string,
  text: string,
): Promise<readonly [string, PageFile]> {
  const plain = new TextEncoder().encode(text);
  const [zipped, brotli] = await Promise.all([
    promisify(gzip)(plain),
    promisify(brotliCompress)(plain, {
      params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_LEVEL },
    }),
  ]);
  const file = { type, plain, gzip: new Uint8Array(zipped), br: new Uint8Array(brotli) };
  return [name, file];
}
