/**
 * A socket of Socket.IO's protocol by hand, which counts what it hears instead of parsing it: two
 * hundred real clients in one process would be slower than any server.
 */
import type { Scope } from "./scope.ts";

/** The record that is counted; others, of presence for one, are not. */
const COUNTED = '"step.presented"';

export interface Listener {
  /** Called once for each record of a presented step. */
  onRecord: () => void;
  /** Resolves when it is acknowledged. */
  emit(event: string, document: object): Promise<void>;
}

export async function listenTo(scope: Scope, url: string, auth: object): Promise<Listener> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
  scope.atEnd(async () => socket.close());
  const opened = Promise.withResolvers<void>();
  const waiting = new Map<string, PromiseWithResolvers<void>>();
  let emitted = 0;
  const listener: Listener = {
    onRecord: () => undefined,
    emit: (event, document) => {
      emitted += 1;
      const acknowledged = Promise.withResolvers<void>();
      waiting.set(String(emitted), acknowledged);
      socket.send(`42${emitted}${JSON.stringify([event, document])}`);
      return acknowledged.promise;
    },
  };
  socket.addEventListener("error", () => opened.reject(new Error(`${url} refused a socket`)));
  socket.addEventListener("message", ({ data }) => {
    const packet = String(data);
    if (packet.startsWith("42")) {
      if (packet.includes(COUNTED)) {
        listener.onRecord();
      }
    } else if (packet.startsWith("43")) {
      settle(waiting, packet);
    } else if (packet.startsWith("40")) {
      opened.resolve();
    } else if (packet === "2") {
      socket.send("3");
    } else if (packet.startsWith("0")) {
      socket.send(`40${JSON.stringify(auth)}`);
    } else {
      opened.reject(new Error(`expected to be let in, found ${packet}`));
    }
  });
  await opened.promise;
  return listener;
}

function settle(waiting: Map<string, PromiseWithResolvers<void>>, packet: string): void {
  const id = /^43(\d+)/.exec(packet)?.[1] ?? "";
  const acknowledged = waiting.get(id);
  waiting.delete(id);
  if (packet.includes('"ok":true')) {
    acknowledged?.resolve();
  } else {
    acknowledged?.reject(new Error(`expected an acknowledgement, found ${packet}`));
  }
}
