/** A storm: thousands of watching sockets are cut in the same moment, and all come back at once. */
import type { OwnNode } from "../../servers/node.ts";
import type { Blow, Fault } from "../fault.ts";
import type { Lesson } from "../lesson.ts";
import { MIB, loadOf, watchBytes } from "../load.ts";
import { openFilesMax, tooFewFor } from "../open-files.ts";
import { type PlainSocket, openPlainSocket } from "../plain-socket.ts";

/** Opened in groups: a listen queue holds some hundreds. */
const OPENED_AT_ONCE = 100;
/** Whoever is not let in tries again this much later, five seconds at most. */
const AGAIN_MS = 100;
const TRIES_MAX = 100;
const BACK_WITHIN_MS = 60_000;
/** The class asks a round every other second, and every board hears of it. */
const HEARD_WITHIN_MS = 15_000;

export const reconnectStorm: Fault = {
  name: "storm",
  about: "thousands of watching sockets are cut and come back at once, again and again (--sockets)",
  refusal: ({ sockets, nodes }) => tooFewFor(sockets, { nodes, max: openFilesMax() }),
  run: async (blow) => {
    const { world, lessons, sockets, note, isOver } = blow;
    const boards = await Promise.all(lessons.map(boardOf));
    const seats = Array.from({ length: sockets }, (_, index) => boards[index % boards.length]);
    const before = await mibOf(world.nodes);
    let watching: readonly PlainSocket[] = await opened(world.nodes, seats);
    const full = await mibOf(world.nodes);
    const peak = watchBytes(world.nodes);
    const storms: Storm[] = [];
    do {
      const last = await storm(blow, seats, watching);
      watching = last.back;
      storms.push(last);
    } while (!isOver());
    const after = await mibOf(world.nodes);
    const most = Math.round((await peak.stop()) / MIB);
    const halves = storms.map(({ halfMs }) => halfMs).toSorted((one, other) => one - other);
    const half = halves[Math.floor(halves.length / 2)];
    const all = Math.max(...storms.map(({ allMs }) => allMs));
    note(
      `${storms.length} storms: half were back after ${half} ms (median), all after ${all} ms (most)`,
    );
    note(
      `the nodes together: ${before} MiB before, ${full} MiB with all sockets, ` +
        `${after} MiB after the last storm, ${most} MiB at most`,
    );
    watching.forEach((socket) => socket.cut());
  },
};

async function mibOf(nodes: readonly OwnNode[]): Promise<number> {
  return Math.round((await loadOf(nodes)).bytes / MIB);
}

async function opened(
  nodes: readonly OwnNode[],
  seats: readonly (Board | undefined)[],
): Promise<readonly PlainSocket[]> {
  const sockets: PlainSocket[] = [];
  for (let at = 0; at < seats.length; at += OPENED_AT_ONCE) {
    const some = seats.slice(at, at + OPENED_AT_ONCE);
    sockets.push(...(await Promise.all(some.map((board, n) => sit(nodes, board, at + n)))));
  }
  return sockets;
}

interface Storm {
  readonly back: readonly PlainSocket[];
  readonly halfMs: number;
  readonly allMs: number;
}

/** All are cut, and come back. */
async function storm(
  { world, strike, accuse }: Blow,
  seats: readonly (Board | undefined)[],
  watching: readonly PlainSocket[],
): Promise<Storm> {
  strike(`${watching.length} sockets are cut and come back at once`);
  const from = performance.now();
  watching.forEach((socket) => socket.cut());
  const { back, times } = await allBack(world.nodes, seats, from);
  if (back.length < seats.length) {
    const missing = seats.length - back.length;
    accuse(`${missing} of ${seats.length} sockets did not come back in ${BACK_WITHIN_MS} ms`);
  }
  const deaf = await deafAmong(back);
  if (deaf > 0) {
    accuse(`${deaf} of ${back.length} sockets heard nothing in ${HEARD_WITHIN_MS} ms`);
  }
  return { back, halfMs: times[Math.floor(times.length / 2)] ?? 0, allMs: times.at(-1) ?? 0 };
}

async function allBack(
  nodes: readonly OwnNode[],
  seats: readonly (Board | undefined)[],
  from: number,
): Promise<{ readonly back: readonly PlainSocket[]; readonly times: readonly number[] }> {
  const late = Bun.sleep(BACK_WITHIN_MS).then(() => undefined);
  const times: number[] = [];
  const back = await Promise.all(
    seats.map(async (board, index) => {
      const sitting = sit(nodes, board, index + 1).catch(() => undefined);
      const socket = await Promise.race([sitting, late]);
      times.push(Math.round(performance.now() - from));
      return socket;
    }),
  );
  return { back: back.flatMap((socket) => socket ?? []), times };
}

/** How many hear nothing of what goes on in their session. */
async function deafAmong(sockets: readonly PlainSocket[]): Promise<number> {
  const late = Bun.sleep(HEARD_WITHIN_MS).then(() => false);
  const heard = sockets.map(({ heard }) => Promise.race([heard.then(() => true), late]));
  return (await Promise.all(heard)).filter((isHearing) => !isHearing).length;
}

interface Board {
  readonly actor: string;
  readonly token: string;
}

/** A board watches and is nobody's presence, so any number of sockets may be one. */
async function boardOf({ actor, sessionId, teacher }: Lesson): Promise<Board> {
  const path = `/sessions/${sessionId}/board`;
  const { accessToken } = await teacher.client.http.post<{ readonly accessToken: string }>(path);
  return { actor, token: accessToken };
}

/** Watching again, at whichever node lets it in. */
async function sit(
  nodes: readonly OwnNode[],
  board: Board | undefined,
  first: number,
): Promise<PlainSocket> {
  for (let attempt = 0; ; attempt += 1) {
    const node = nodes[(first + attempt) % nodes.length];
    try {
      const socket = await openPlainSocket(node?.url ?? "", board?.token ?? "");
      await socket.watch(board?.actor ?? "");
      return socket;
    } catch (error) {
      if (attempt >= TRIES_MAX) {
        throw error;
      }
      await Bun.sleep(Math.min(AGAIN_MS * 2 ** attempt, 5_000));
    }
  }
}
