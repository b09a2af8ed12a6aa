/** A bare Elysia with the two routes of the HTTP row: they answer given texts and do nothing. */
import { Elysia } from "elysia";
import { serveTasks } from "../child.ts";

interface Answers {
  readonly seen: string;
  readonly acknowledged: string;
}

serveTasks(async (task) => {
  const { seen, acknowledged } = decodeAnswers(task);
  const [look, told] = [parseObject(seen), parseObject(acknowledged)];
  const app = new Elysia()
    .get("/api/v1/sessions/:id", () => look)
    .post("/api/v1/sessions/:id/commands", ({ body }) => (body === null ? undefined : told));
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: app.fetch });
  return server.port;
});

function decodeAnswers(task: unknown): Answers {
  return task as Answers;
}

function parseObject(text: string): object {
  return JSON.parse(text) as object;
}
