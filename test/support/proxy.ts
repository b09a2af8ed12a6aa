/** A TCP proxy between a test and a server, whose connections can be made to say nothing. */
import type { Socket } from "bun";

interface Pair {
  server: Socket | undefined;
  /** Bytes from the client before the server's side was open. */
  early: Buffer[];
  silent: boolean;
}

export interface Proxy {
  readonly port: number;
  /** The connections that are open now stay open, and not one byte more comes from the server. */
  silence(which: (nth: number) => boolean): void;
  /** Connections made so far. */
  readonly made: () => number;
  close(): void;
}

export function startProxy(targetPort: number): Proxy {
  const pairs: Pair[] = [];
  const listener = Bun.listen<Pair>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: (client) => {
        client.data = { server: undefined, early: [], silent: false };
        pairs.push(client.data);
        void join(client, targetPort);
      },
      data: ({ data }, bytes) => {
        if (data.server === undefined) {
          data.early.push(Buffer.from(bytes));
        } else {
          data.server.write(bytes);
        }
      },
      close: ({ data }) => {
        data.server?.end();
      },
    },
  });
  return {
    port: listener.port,
    silence: (which) => {
      pairs.forEach((pair, nth) => {
        pair.silent ||= which(nth);
      });
    },
    made: () => pairs.length,
    close: () => listener.stop(true),
  };
}

async function join(client: Socket<Pair>, port: number): Promise<void> {
  const pair = client.data;
  pair.server = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data: (_, bytes) => {
        if (!pair.silent) {
          client.write(bytes);
        }
      },
      close: () => {
        client.end();
      },
    },
  });
  for (const bytes of pair.early) {
    pair.server.write(bytes);
  }
}
