/**
 * The people of the demo: a teacher and students, each a real client with a connection of its own.
 *
 * A student who is `shaky` loses the connection: before answering, or with the answer under way,
 * and goes on by himself once he is back, from where he was.
 */
import { pause } from "../../actors/clock.ts";
import { systemClock } from "../../src/platform.ts";
import type { Acknowledged, RefusedAnswer } from "../../src/client/wire.ts";
import { type Client, createClient } from "../../src/client/client.ts";
import type { Watched } from "../../src/client/watched.ts";
import type { SessionCommand } from "../../machines/learning-session/commands.ts";
import type { PlannedAnswer } from "./plan.ts";
import { Hearing, factKey } from "./hearing.ts";

export interface Person {
  readonly name: string;
  readonly client: Client;
  readonly session: Watched;
  readonly hearing: Hearing;
  /** Views in place of records: a gap that could not be resumed. */
  readonly resets: { count: number };
}

export interface Student extends Person {
  readonly participantId: string;
}

/** `steady`, or at which moment the connection goes. */
export type Network = "steady" | "drops-before" | "drops-under-way";

/** When the answer was sent and when it was acknowledged, by `performance.now()`. */
export interface Sent {
  readonly sentAt: number;
  readonly acknowledgedAt: number;
  readonly isShaky: boolean;
}

/** Watches as records: it hears every fact, and after a drop those that it missed. */
export function watching(name: string, client: Client, sessionId: string): Person {
  const hearing = new Hearing(name);
  const resets = { count: 0 };
  const session = client.watch(`session/${sessionId}`, {
    onRecord: (record) => hearing.record(record),
    onReset: () => {
      resets.count += 1;
    },
  });
  return { name, client, session, hearing, resets };
}

export async function joinedStudent(url: string, code: string, name: string): Promise<Student> {
  const client = createClient({ url });
  const { sessionId, participantId } = await client.join({ code, name });
  const person = watching(name, client, sessionId);
  await isLive(person);
  return { ...person, participantId };
}

/** The command has to be accepted; a refusal is a fault of the demo or of the server. */
export async function accepted(
  { name, session }: Person,
  command: SessionCommand,
): Promise<Acknowledged> {
  const answer = await session.send(command);
  if (!answer.ok) {
    throw new Error(`${name} sent ${command.type}, found ${refusalOf(answer)}`);
  }
  return answer;
}

export async function answering(
  student: Student,
  roundId: string,
  told: {
    readonly planned: PlannedAnswer | undefined;
    readonly network: Network;
    /** He thinks so long. */
    readonly afterMs: number;
  },
): Promise<Sent | undefined> {
  const { planned, network, afterMs } = told;
  await student.hearing.until(factKey("round.opened", roundId));
  await pause(systemClock, afterMs);
  if (network === "drops-before" || (network !== "steady" && planned === undefined)) {
    await droppedAndBack(student);
  }
  if (planned === undefined) {
    return undefined;
  }
  const sentAt = performance.now();
  const { answer } = planned;
  const sending = accepted(student, { type: "answer.submit", roundId, answer });
  if (network === "drops-under-way") {
    await droppedAndBack(student);
  }
  await sending;
  return { sentAt, acknowledgedAt: performance.now(), isShaky: network !== "steady" };
}

/** Resolves when the session is watched, as fresh as it gets. */
export async function isLive({ name, session }: Person): Promise<void> {
  const { status, problem } = await session.until(
    (snapshot) => snapshot.status === "live" || snapshot.status === "ended",
  );
  if (status === "ended") {
    throw new Error(`${name} may not watch the session: ${problem?.detail ?? "it ended"}`);
  }
}

async function droppedAndBack(person: Person): Promise<void> {
  const lost = person.session.until((snapshot) => snapshot.status === "away");
  person.client.drop();
  await lost;
  await isLive(person);
}

function refusalOf({ problem }: RefusedAnswer): string {
  const [first] = problem.errors ?? [];
  const field = first === undefined ? "" : ` (${first.path} ${first.message})`;
  return `${problem.code}: ${problem.detail}${field}`;
}
