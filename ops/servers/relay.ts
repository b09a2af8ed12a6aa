/**
 * A TCP relay between clients and servers, whose connections can be cut, held and chosen.
 *
 * Every new connection is offered to the targets in their order; the first that takes it has it.
 */
import { type Server, type Socket, connect, createServer } from "node:net";

export interface RelayOptions {
  /** Ports of 127.0.0.1, the one to try first first. */
  readonly targets: () => readonly number[];
  /** What marks a connection, when the client says it: `SUBSCRIBE`, for one. */
  readonly mark?: string;
}

export interface Relay {
  readonly port: number;
  /** Connections that are open. */
  readonly open: () => number;
  /** Ends both sides of these connections; how many there were. */
  cut(which?: (isMarked: boolean) => boolean): number;
  /** From now on no byte of a server reaches a client, until `release` or its end. */
  hold(which?: (isMarked: boolean) => boolean): void;
  release(): void;
  close(): void;
}

interface Pair {
  readonly client: Socket;
  server: Socket | undefined;
  isMarked: boolean;
  isHeld: boolean;
  /** What the server said while it was held. */
  kept: Buffer[];
}

const always = (): boolean => true;

export async function startRelay(options: RelayOptions): Promise<Relay> {
  const pairs = new Set<Pair>();
  const listener = createServer({ pauseOnConnect: true, noDelay: true }, (client) => {
    const pair: Pair = { client, server: undefined, isMarked: false, isHeld: false, kept: [] };
    pairs.add(pair);
    client.on("error", () => undefined);
    client.on("close", () => {
      pairs.delete(pair);
      pair.server?.destroy();
    });
    void join(pair, options);
  });
  const port = await listening(listener);
  const end = ({ client, server }: Pair): void => {
    server?.destroy();
    client.destroy();
  };
  return {
    port,
    open: () => pairs.size,
    cut: (which = always) => {
      const chosen = [...pairs].filter(({ isMarked }) => which(isMarked));
      chosen.forEach(end);
      return chosen.length;
    },
    hold: (which = always) => {
      for (const pair of pairs) {
        pair.isHeld ||= which(pair.isMarked);
      }
    },
    release: () => {
      for (const pair of pairs) {
        pair.isHeld = false;
        pair.kept.splice(0).forEach((chunk) => pair.client.write(chunk));
      }
    },
    close: () => {
      listener.close();
      [...pairs].forEach(end);
    },
  };
}

async function join(pair: Pair, { targets, mark }: RelayOptions): Promise<void> {
  const { client } = pair;
  const server = await firstOf(targets());
  if (server === undefined || client.destroyed) {
    server?.destroy();
    client.destroy();
    return;
  }
  pair.server = server;
  client.on("data", (chunk: Buffer) => {
    pair.isMarked ||= mark !== undefined && chunk.includes(mark);
    if (!server.write(chunk)) {
      client.pause();
    }
  });
  server.on("drain", () => client.resume());
  server.on("data", (chunk: Buffer) => {
    if (pair.isHeld) {
      pair.kept.push(chunk);
    } else if (!client.write(chunk)) {
      server.pause();
    }
  });
  client.on("drain", () => server.resume());
  server.on("close", () => (pair.isHeld ? client.destroy() : client.end()));
  client.on("end", () => server.end());
  client.resume();
}

async function firstOf(ports: readonly number[]): Promise<Socket | undefined> {
  for (const port of ports) {
    const socket = await connected(port);
    if (socket !== undefined) {
      return socket;
    }
  }
  return undefined;
}

function connected(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.once("connect", () => resolve(socket));
    socket.on("error", () => resolve(undefined));
  });
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}
