/**
 * The pages for people: `/` and `/join/<code>`, `/teach`, `/board/<session>`, and their files
 * under `/assets`.
 *
 * Invariants:
 * PG3: A page's policy lets nothing run or load that this server did not send, and nobody frame it.
 * PG4: A page is in one language, which `lang` and `dir` say, and carries the words of no other.
 */
import {
  CATALOGUE,
  LANGUAGES,
  LANGUAGE_NAMES,
  type Language,
  type PageName,
  directionOf,
  languageFor,
  wordsOf,
} from "../pages/words/words.ts";
import { firstView } from "./first-view.ts";
import { type PageFile, type PageFiles, pageFiles } from "./page-files.ts";

/** Sockets and fetches go to where the page came from; `style` attributes are set by scripts. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The name changes with the content. */
const FOREVER = "public, max-age=31536000, immutable";
const BRAND = "ToolboxAI";
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%230b6e66'/%3E%3Cpath d='M9 16l5 5 9-10' fill='none' stroke='%23fff' stroke-width='3.5' stroke-linecap='round' stroke-linejoin='round'/%3E%3C/svg%3E";

export interface PageRoute {
  readonly path: string;
  answer(request: Request): Promise<Response>;
}

export function pageRoutes(): readonly PageRoute[] {
  return [
    { path: "/", answer: (request) => answerPage("join", request) },
    { path: "/join/:code", answer: (request) => answerPage("join", request) },
    { path: "/teach", answer: (request) => answerPage("teach", request) },
    { path: "/board/:id", answer: (request) => answerPage("board", request) },
    { path: "/assets/:name", answer: answerFile },
  ];
}

async function answerPage(page: PageName, request: Request): Promise<Response> {
  const { headers, url } = request;
  const wanted = new URL(url).searchParams.get("lang");
  const language = languageFor(wanted, headers.get("accept-language"));
  const place = { language, wanted, path: new URL(url).pathname };
  const shown = await firstView(page, place);
  const text = new TextEncoder().encode(html(page, language, { ...(await pageFiles()), shown }));
  const file = { type: "text/html; charset=utf-8", plain: text, gzip: Bun.gzipSync(text) };
  const response = encoded(file, headers);
  response.headers.set("cache-control", "no-cache");
  response.headers.set("content-language", language);
  response.headers.append("vary", "Accept-Language");
  return response;
}

async function answerFile(request: Request): Promise<Response> {
  const name = new URL(request.url).pathname.slice("/assets/".length);
  const file = (await pageFiles()).files.get(name);
  if (file === undefined) {
    return new Response("There is no such file.", {
      status: 404,
      headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    });
  }
  const response = encoded(file, request.headers);
  response.headers.set("cache-control", FOREVER);
  return response;
}

type Encodable = Pick<PageFile, "type" | "plain" | "gzip"> & Partial<Pick<PageFile, "br">>;

function encoded(file: Encodable, asked: Headers): Response {
  const accepted = (asked.get("accept-encoding") ?? "").toLowerCase();
  const headers = new Headers({
    "content-type": file.type,
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    vary: "Accept-Encoding",
  });
  if (file.br !== undefined && /\bbr\b(?!;\s*q=0(?:\D|$))/.test(accepted)) {
    headers.set("content-encoding", "br");
    return new Response(file.br, { headers });
  }
  if (/\bgzip\b(?!;\s*q=0(?:\D|$))/.test(accepted)) {
    headers.set("content-encoding", "gzip");
    return new Response(file.gzip, { headers });
  }
  return new Response(file.plain, { headers });
}

function html(
  page: PageName,
  language: Language,
  { style, early, scripts, shown }: PageFiles & { readonly shown: string },
): string {
  const words = CATALOGUE[language];
  const [entry, ...chunks] = scripts[page];
  const titles = { join: words["s.title"], teach: words["t.title"], board: words["b.soon"] };
  // No text of a person is in the page; a `<` would still end the block, so there is none.
  const data = JSON.stringify(wordsOf(page, language)).replaceAll("<", "\\u003c");
  const options = LANGUAGES.map((each) => `${each}=${LANGUAGE_NAMES[each]}`).join("|");
  return `<!doctype html>
<html lang="${language}" dir="${directionOf(language)}" data-languages="${options}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${titles[page]} · ${BRAND}</title>
<link rel="icon" href="${ICON}">
${page === "join" ? `<script src="/assets/${early}"></script>` : ""}
<link rel="stylesheet" href="/assets/${style}">
${chunks.map((name) => `<link rel="modulepreload" href="/assets/${name}">`).join("\n")}
<script type="module" src="/assets/${entry}"></script>
</head>
<body class="page-${page}">
<div id="page">${shown}</div>
<noscript><p class="notice">${words["c.noscript"]}</p></noscript>
<script type="application/json" id="words">${data}</script>
</body>
</html>
`;
}
