/** A lesson that is under way: a session of the demo lesson, its teacher and its guests. */
import { type Client, type ClientOptions, createClient } from "../../src/client/client.ts";
import type { Watched } from "../../src/client/watched.ts";
import { PASSWORD, type School, type SchoolServer } from "./server.ts";
import { type Talker, connect } from "./talker.ts";

export interface Lesson {
  readonly id: string;
  readonly actor: string;
  readonly joinCode: string;
  readonly teacher: Client;
  /** The teacher's own store; the teacher is present through it. */
  readonly room: Watched;
  /** A guest with tokens, in no socket yet. */
  guest(name: string, options?: Partial<ClientOptions>): Promise<Guest>;
  /** A plain socket of this client's holder. */
  talker(client: Client): Promise<Talker>;
  close(): void;
}

export interface Guest {
  readonly client: Client;
  readonly participantId: string;
}

interface Created {
  readonly id: string;
  readonly joinCode: string;
}

/** Running: the lobby was opened and the lesson started. */
export async function openLesson(
  server: Pick<SchoolServer, "url" | "schools">,
  { settings = {}, school = server.schools[0] }: { settings?: object; school?: School } = {},
): Promise<Lesson> {
  const { url } = server;
  const teacher = createClient({ url });
  await teacher.signIn({
    tenant: school.slug,
    email: "teacher@school.example",
    password: PASSWORD,
  });
  const { lessonId } = school;
  const created = await teacher.http.post<Created>("/sessions", { lessonId, settings });
  const actor = `session/${created.id}`;
  const room = teacher.watch(actor);
  await room.until(({ status }) => status === "live");
  await room.send({ type: "session.open-lobby" });
  await room.send({ type: "session.start" });
  const clients: Client[] = [teacher];
  return {
    ...created,
    actor,
    teacher,
    room,
    async guest(name, options = {}) {
      const client = createClient({ url, ...options });
      clients.push(client);
      const seat = await client.join({ code: created.joinCode, name });
      return { client, participantId: seat.participantId };
    },
    talker: (client) => connect(url, { token: client.accessToken }),
    close: () => {
      for (const client of clients) {
        client.close();
      }
    },
  };
}

/** Opens a round on a step of the demo lesson; its id. */
export async function openRound(lesson: Lesson, stepId = "ocean", limitMs?: number) {
  const limit = limitMs === undefined ? {} : { limitMs };
  const answer = await lesson.room.send({ type: "round.open", stepId, ...limit });
  const fact = answer.ok ? answer.facts.find(({ type }) => type === "round.opened") : undefined;
  if (fact === undefined) {
    throw new Error(`expected a round, found ${JSON.stringify(answer)}`);
  }
  return String(fact["roundId"]);
}
