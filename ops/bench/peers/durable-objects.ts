/** Cloudflare Durable Objects as `workerd` runs them: SQLite storage, one file an object. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { install } from "./cache.ts";
import { overHttp } from "./plugs.ts";
import type { Peer } from "./quiz.ts";

const PACKAGES = { workerd: "1.20261117.1" };
const ARCH = process.arch === "x64" ? "64" : process.arch;
const BINARY = `node_modules/@cloudflare/workerd-${process.platform}-${ARCH}/bin/workerd`;

export const durableObjects: Peer = {
  name: "Durable Objects on workerd (SQLite fsynced)",
  durability: "fsync of the object's SQLite file before the response (output gate; no setting)",
  lacks: undefined,
  door: "http",
  isOurs: false,
  start: async (scope) => {
    const folder = await install("workerd", PACKAGES);
    const disk = join(scope.directory, "objects");
    mkdirSync(disk);
    await Bun.write(join(folder, "quiz.capnp"), configOf(disk));
    const command = [join(folder, BINARY), "serve", "quiz.capnp", "--control-fd=1"];
    const port = await scope.child(command, { cwd: folder, ready: /"port":(\d+)/ });
    return overHttp((actor) => `http://127.0.0.1:${port}/${actor}`);
  },
};

function configOf(disk: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .quiz),
    (name = "disk", disk = (path = ${JSON.stringify(disk)}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const quiz :Workerd.Worker = (
  modules = [
    (name = "durable-object.mjs", esModule = embed "durable-object.mjs"),
    (name = "quiz.mjs", esModule = embed "quiz.mjs"),
  ],
  compatibilityDate = "2026-01-01",
  durableObjectNamespaces = [(className = "Quiz", uniqueKey = "quiz", enableSql = true)],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [(name = "QUIZ", durableObjectNamespace = "Quiz")],
);
`;
}
