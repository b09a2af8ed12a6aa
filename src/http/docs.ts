/**
 * The pages at `/docs`: Swagger UI from our own origin, and the document it shows.
 *
 * Owns its few files. Nothing on the page comes from elsewhere, and its policy says so.
 */
import { createDocument } from "./openapi.ts";
import type { Route } from "./route.ts";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ToolboxAI · API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
<style>body { margin: 0 } .swagger-ui .topbar { display: none }</style>
</head>
<body>
<div id="page"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({
  url: "/docs/json",
  dom_id: "#page",
  deepLinking: true,
  persistAuthorization: true,
  displayRequestDuration: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
`;

const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** They change with a release of the program only; an hour saves a classroom's line. */
const CACHE = "public, max-age=3600";

const FRESH = "no-cache";

const FILES = [
  ["swagger-ui.css", "text/css; charset=utf-8"],
  ["swagger-ui-bundle.js", "text/javascript; charset=utf-8"],
  ["favicon-32x32.png", "image/png"],
] as const;

export interface Page {
  readonly path: string;
  answer(): Promise<Response>;
}

export function docsPages(routes: readonly Route[], version: string): readonly Page[] {
  let document: Promise<string> | undefined;
  const json = (): Promise<string> => {
    document ??= createDocument(routes, version).then((each) => JSON.stringify(each));
    return document;
  };
  const files = FILES.map(([name, type]) => {
    const file = Bun.file(Bun.resolveSync(`swagger-ui-dist/${name}`, import.meta.dir));
    return { path: `/docs/${name}`, answer: async () => page(await file.bytes(), type, CACHE) };
  });
  return [
    { path: "/docs", answer: async () => page(PAGE, "text/html; charset=utf-8", FRESH) },
    {
      path: "/docs/start.js",
      answer: async () => page(START, "text/javascript; charset=utf-8", CACHE),
    },
    {
      path: "/docs/json",
      answer: async () => page(await json(), "application/json; charset=utf-8", FRESH),
    },
    ...files,
  ];
}

function page(body: string | Uint8Array<ArrayBuffer>, type: string, cache: string): Response {
  return new Response(body, {
    headers: {
      "content-type": type,
      "cache-control": cache,
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    },
  });
}
