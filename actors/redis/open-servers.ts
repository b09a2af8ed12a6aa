/** Which kind of Redis is behind a URL, opened as that. */
import { Cluster } from "./cluster/cluster.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { OneServer } from "./one-server.ts";
import type { Servers } from "./servers.ts";

/** Throws `StoreUnreachable`; nothing is left open then. */
export async function openServers(options: ConnectionOptions, node: string): Promise<Servers> {
  const first = new Connection(options);
  try {
    await first.open();
    if (String(await first.send(["INFO", "cluster"])).includes("cluster_enabled:1")) {
      return await Cluster.open(options, { node, first });
    }
  } finally {
    first.close();
  }
  const server = new OneServer(options, node);
  await server.open();
  return server;
}
