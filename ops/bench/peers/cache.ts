/**
 * Peers from npm, on demand: pinned packages in a folder of their own under `.bun/peers`, which is
 * no part of the project and of which no install script runs.
 */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../src/platform.ts";

const CACHE = join(import.meta.dir, "../../../.bun/peers");
const PROGRAMS = join(import.meta.dir, "programs");
const INSTALL_WITHIN_MS = 180_000;
/** Colyseus asks for Node 22; all peers run on this one, whatever the machine has. */
const NODE_VERSION = "22.23.3";

/** Resolves with the folder; its programs find its packages. Rejects with why it cannot be had. */
export async function install(
  name: string,
  packages: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = join(CACHE, name);
  const wanted = JSON.stringify({ private: true, dependencies: packages });
  const stamp = Bun.file(join(folder, "installed.json"));
  if (!(await stamp.exists()) || (await stamp.text()) !== wanted) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await Bun.write(join(folder, "package.json"), wanted);
    await run([process.execPath, "install", "--ignore-scripts", "--no-save"], folder);
    await Bun.write(stamp, wanted);
  }
  for (const program of readdirSync(PROGRAMS)) {
    copyFileSync(join(PROGRAMS, program), join(folder, program));
  }
  return folder;
}

/** The pinned Node. */
export async function installNode(): Promise<string> {
  const { platform, arch } = process;
  const scope = platform === "darwin" && arch === "arm64" ? "node-bin" : "node";
  const name = `${scope}-${platform}-${arch}`;
  const folder = await install("node", { [name]: NODE_VERSION });
  return join(folder, "node_modules", name, "bin", "node");
}

async function run(command: readonly string[], cwd: string): Promise<void> {
  const child = Bun.spawn([...command], { cwd, stdout: "ignore", stderr: "pipe" });
  const disarm = systemClock.after(INSTALL_WITHIN_MS, () => child.kill("SIGKILL"));
  const said = await new Response(child.stderr).text();
  const code = await child.exited;
  disarm();
  if (code !== 0) {
    throw new Error(`it cannot be installed from npm: ${said.trim().slice(-100)}`);
  }
}
