/**
 * The pages on a slow phone: how much script a first view loads, and when it is painted.
 *
 * The phone is Chromium slowed down as Lighthouse does for its "slow 4G" (1.6 Mbit/s down, 750
 * kbit/s up, 150 ms a round trip, a processor four times slower), with an empty cache each time.
 */
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { browserPath, openBrowser } from "../../servers/browser.ts";
import { Scope } from "../peers/scope.ts";
import { type Figure, type Row, quantile, tenths } from "../row.ts";

const ROOT = join(import.meta.dir, "../../..");
const READY = / is ready at (http:\S+)/;
const PAGES = { students: "/", teachers: "/teach", board: "/board/none" } as const;
const TIMES = 5;
const PHONE = { viewport: { width: 360, height: 780 }, deviceScaleFactor: 2, isMobile: true };
const NETWORK = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
};
const PROCESSOR_SLOWER = 4;
const PROMISED_SCRIPT_KB = 150;
const PROMISED_VIEW_MS = 1_000;

interface View {
  readonly scriptBytes: number;
  readonly paintedMs: number;
}

export const pages: Row = {
  name: "pages",
  about: `the first view of each page on a slow phone, ${TIMES} times`,
  run: async (progress) => {
    if (browserPath === undefined) {
      progress("skipped: there is no chromium on the PATH");
      return [];
    }
    const scope = new Scope();
    try {
      const url = await scope.child([process.execPath, "src/main.ts"], {
        ...{ cwd: ROOT, ready: READY },
        env: { DATA_DIR: join(scope.directory, "data"), PORT: "0", LOG_LEVEL: "warn" },
      });
      const browser = await openBrowser();
      scope.atEnd(() => browser.close());
      const figures: Figure[] = [];
      for (const [name, path] of Object.entries(PAGES)) {
        figures.push(...(await measure(browser, name, new URL(path, url).href)));
        progress(`${path}: painted after ${figures.at(-1)?.value} ms`);
      }
      return figures;
    } finally {
      await scope.end();
    }
  },
};

async function measure(browser: Browser, name: string, url: string): Promise<readonly Figure[]> {
  const views: View[] = [];
  for (let nth = 0; nth < TIMES; nth += 1) {
    views.push(await look(browser, url));
  }
  const scriptKb = tenths((views[0]?.scriptBytes ?? Number.NaN) / 1_000);
  const painted = views.map(({ paintedMs }) => paintedMs);
  const p50Ms = Math.round(quantile(painted, 0.5));
  return [
    {
      ...{ name: `page of ${name}: script, compressed`, value: scriptKb, unit: "kB" },
      ...{ of: `promised ${PROMISED_SCRIPT_KB} kB`, ratio: scriptKb / PROMISED_SCRIPT_KB },
    },
    {
      ...{ name: `page of ${name}: first view painted`, value: p50Ms, unit: "ms", p50Ms },
      ...{ p99Ms: Math.round(quantile(painted, 0.99)) },
      ...{ of: `promised ${PROMISED_VIEW_MS} ms`, ratio: p50Ms / PROMISED_VIEW_MS },
    },
  ];
}

/** Nothing of it is in a cache. */
async function look(browser: Browser, url: string): Promise<View> {
  const context = await browser.newContext(PHONE);
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    const scripts = new Set<string>();
    let scriptBytes = 0;
    await devtools.send("Network.enable");
    devtools.on("Network.responseReceived", ({ requestId, type }) => {
      if (type === "Script") {
        scripts.add(requestId);
      }
    });
    devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      scriptBytes += scripts.has(requestId) ? encodedDataLength : 0;
    });
    await devtools.send("Network.emulateNetworkConditions", NETWORK);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: PROCESSOR_SLOWER });
    await page.goto(url, { waitUntil: "networkidle" });
    return { scriptBytes, paintedMs: await paintedMs(page) };
  } finally {
    await context.close();
  }
}

/** Since the navigation began, as the browser itself has measured it. */
async function paintedMs(page: Page): Promise<number> {
  const found: unknown = await page.evaluate(
    `performance.getEntriesByName("first-contentful-paint")[0]?.startTime`,
  );
  return typeof found === "number" ? found : Number.NaN;
}
