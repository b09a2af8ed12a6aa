/** DBOS on Postgres: the embedded one, in the scope's directory. */
import { install, installNode } from "./cache.ts";
import { overHttp } from "./plugs.ts";
import type { Peer } from "./quiz.ts";

/** Of the newer SDK there is no data source for plain Postgres. */
const PACKAGES = {
  "@dbos-inc/dbos-sdk": "4.24.16",
  "@dbos-inc/postgres-datasource": "4.24.16",
  postgres: "3.4.9",
};

export const dbos: Peer = {
  name: "DBOS (Postgres fsynced)",
  durability: "fsync of Postgres' log at each commit (fsync = on, synchronous_commit = on)",
  lacks: undefined,
  door: "http",
  isOurs: false,
  start: async (scope) => {
    const folder = await install("dbos", PACKAGES);
    const node = await installNode();
    const env = { PEER_POSTGRES: await scope.postgres() };
    const ready = /ready (\d+)/;
    const port = await scope.child([node, "dbos.mjs"], { cwd: folder, env, ready });
    return overHttp((actor) => `http://127.0.0.1:${port}/${actor}`);
  },
};
