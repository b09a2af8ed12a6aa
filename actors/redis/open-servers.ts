/** Which kind of Redis is behind a URL, opened as that. */
import { Cluster } from "./cluster/cluster.ts";
import { Connection } from "./connection.ts";
import { OneServer } from "./one-server.ts";
import type { Servers, ServersOptions } from "./servers.ts";

/** Throws `StoreUnreachable`; nothing is left open then. */
export async function openServers(options: ServersOptions): Promise<Servers> {
  const first = new Connection(options);
  try {
    await first.open();
    if (String(await first.send(["INFO", "cluster"])).includes("cluster_enabled:1")) {
      return await Cluster.open(options, first);
    }
  } finally {
    first.close();
  }
  const server = new OneServer(options);
  await server.open();
  return server;
}
