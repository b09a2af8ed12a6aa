/**
 * The listeners of the fan-out row: bare WebSockets that speak as much of Socket.IO as it takes to
 * be let in, so that what they cost is the same for every door.
 */
import { actorName } from "../../../actors/address.ts";
import { serveTasks } from "../child.ts";
import { type Heard, type ListenerTask, WINDOW, nowMs } from "../fan-out-task.ts";
import { quizAddress } from "../quiz.ts";

/** Sockets that are opened at a time. */
const OPENING = 50;
/** Each so-manieth says when it heard what. */
const SAMPLED = 10;
const HEARD_WITHIN_MS = 60_000;

interface Listener {
  readonly socket: WebSocket;
  heard: number;
  readonly at: number[] | undefined;
}

let url = "";
let listeners: Listener[] = [];
let expected = Number.POSITIVE_INFINITY;
let done = 0;
let finish = (): void => undefined;
/** How many listeners have finished each window. */
let finished: number[] = [];

serveTasks((task) => perform(decodeTask(task)));

async function perform(task: ListenerTask): Promise<unknown> {
  switch (task.kind) {
    case "listen":
      url = task.url;
      for (let from = 0; from < task.sockets; from += OPENING) {
        const some = Array.from({ length: Math.min(OPENING, task.sockets - from) }, (_, index) =>
          listen(task, from + index),
        );
        listeners.push(...(await Promise.all(some)));
      }
      return undefined;
    case "hear":
      return hear(task.records);
    case "leave":
      listeners.forEach(({ socket }) => socket.close());
      listeners = [];
      return undefined;
  }
}

async function hear(records: number): Promise<Heard> {
  done = 0;
  finished = [];
  expected = records;
  for (const listener of listeners) {
    listener.heard = 0;
    listener.at?.splice(0);
  }
  const startedAt = nowMs();
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`expected ${records} records, ${done} sockets heard them`)),
      HEARD_WITHIN_MS,
    );
    finish = () => {
      clearTimeout(late);
      resolve();
    };
  });
  const at = listeners.flatMap((listener) => (listener.at === undefined ? [] : [listener.at]));
  return { deliveries: records * listeners.length, tookMs: nowMs() - startedAt, at };
}

function count(listener: Listener): void {
  listener.heard += 1;
  listener.at?.push(nowMs());
  if (listener.heard % WINDOW === 0) {
    const window = listener.heard / WINDOW;
    finished[window] = (finished[window] ?? 0) + 1;
    if (finished[window] === listeners.length) {
      void fetch(`${url}/heard`);
    }
  }
  if (listener.heard === expected) {
    done += 1;
    if (done === listeners.length) {
      finish();
    }
  }
}

async function listen(
  { door }: Extract<ListenerTask, { readonly kind: "listen" }>,
  index: number,
): Promise<Listener> {
  const address = `${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`;
  const socket = new WebSocket(address);
  const listener: Listener = { socket, heard: 0, at: index % SAMPLED === 0 ? [] : undefined };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const watch = `420["watch",${JSON.stringify({ actor: actorName(quizAddress(0)) })}]`;
  socket.addEventListener("close", () => reject(new Error("a socket was closed")));
  socket.addEventListener("message", ({ data }) => {
    const packet = String(data);
    if (packet.startsWith('42["record"')) {
      count(listener);
    } else if (packet === "2") {
      socket.send("3");
    } else if (packet.startsWith("0")) {
      socket.send(`40{"token":"board${index}"}`);
    } else if (packet.startsWith("40")) {
      socket.send(watch);
    } else if (packet.startsWith("430")) {
      resolve();
    }
  });
  if (door === "bun") {
    socket.addEventListener("open", () => resolve());
  }
  await promise;
  return listener;
}

function decodeTask(task: unknown): ListenerTask {
  return task as ListenerTask;
}
