/** Debian's Chromium, driven by playwright-core; undefined where there is none on the PATH. */
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"] as const;
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
] as const;

export const browserPath: string | undefined =
  NAMES.map((name) => Bun.which(name)).find((each) => each !== null) ?? undefined;

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: browserPath ?? "chromium", args: [...FLAGS] });
}
