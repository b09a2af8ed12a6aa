/** Restate: its server with one node, and the quiz as a virtual object of its SDK. */
import { freePort } from "../../servers/free-port.ts";
import { waitFor } from "../../servers/waiting.ts";
import { install, installNode } from "./cache.ts";
import { overHttp } from "./plugs.ts";
import type { Peer } from "./quiz.ts";

const PACKAGES = { "@restatedev/restate-server": "1.7.12", "@restatedev/restate-sdk": "1.17.2" };
const SERVER = `node_modules/@restatedev/restate-server-${process.platform}-${process.arch}`;
const HEALTHY_WITHIN_MS = 30_000;

export const restate: Peer = {
  name: "Restate (its log fsynced)",
  durability: "fsync of its log before the acknowledgement (rocksdb-disable-wal-fsync = false)",
  lacks: undefined,
  door: "http",
  isOurs: false,
  start: async (scope) => {
    const folder = await install("restate", PACKAGES);
    const node = await installNode();
    const service = await scope.child([node, "restate.mjs"], { cwd: folder, ready: /ready (\d+)/ });
    const [ingress, admin, own] = [await freePort(), await freePort(), await freePort()];
    const at = (port: number): string => `127.0.0.1:${port}`;
    await scope.child(
      [`${folder}/${SERVER}/bin/restate-server`, "--listen-mode=tcp", "--node-name=bench"],
      {
        env: {
          RESTATE_BASE_DIR: scope.directory,
          RESTATE_DISABLE_TELEMETRY: "true",
          RESTATE_INGRESS__BIND_ADDRESS: at(ingress),
          RESTATE_ADMIN__BIND_ADDRESS: at(admin),
          RESTATE_BIND_ADDRESS: at(own),
          RESTATE_ADVERTISED_ADDRESS: `http://${at(own)}`,
          RESTATE_BIFROST__LOCAL__ROCKSDB_DISABLE_WAL_FSYNC: "false",
          RESTATE_LOG_DISABLE_ANSI_CODES: "true",
        },
        ready: /became Leader/,
      },
    );
    await waitFor(async () => (await fetch(`http://${at(ingress)}/restate/health`)).ok, {
      withinMs: HEALTHY_WITHIN_MS,
      what: "the health of Restate's ingress",
    });
    const registered = await fetch(`http://${at(admin)}/deployments`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ uri: `http://127.0.0.1:${service}` }),
    });
    if (!registered.ok) {
      throw new Error(`its server did not take the service: ${await registered.text()}`);
    }
    return overHttp((actor) => `http://${at(ingress)}/quiz/${actor}/answer`);
  },
};
