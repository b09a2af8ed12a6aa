/**
 * The quiz on DBOS: each answer is a durable workflow under the command's id, so a repeated id gets
 * the first result; its one step is a transaction that locks the actor's row.
 */
import { DBOS } from "@dbos-inc/dbos-sdk";
import { PostgresDataSource } from "@dbos-inc/postgres-datasource";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import postgres from "postgres";
import { NEW, judge } from "./quiz.mjs";

const url = process.env.PEER_POSTGRES;
const admin = postgres(url, { onnotice: () => {} });
await admin`CREATE TABLE IF NOT EXISTS quiz (actor text PRIMARY KEY, state jsonb NOT NULL)`;
await admin.end();

const { hostname: host, port, username, password, pathname } = new URL(url);
const place = { host, port: Number(port), username, password, database: pathname.slice(1) };
await PostgresDataSource.initializeDBOSSchema(place);
const source = new PostgresDataSource("quiz", { ...place, max: 20 });

const answer = DBOS.registerWorkflow(
  (actor, command) =>
    source.runTransaction(
      async () => {
        const sql = PostgresDataSource.client;
        const state = sql.json(NEW);
        await sql`INSERT INTO quiz VALUES (${actor}, ${state}) ON CONFLICT DO NOTHING`;
        const [row] = await sql`SELECT state FROM quiz WHERE actor = ${actor} FOR UPDATE`;
        const { next, reply } = judge(row.state, command);
        await sql`UPDATE quiz SET state = ${sql.json(next)} WHERE actor = ${actor}`;
        return reply;
      },
      { name: "answer", isolationLevel: "READ COMMITTED" },
    ),
  { name: "answer" },
);

DBOS.setConfig({ name: "quiz", systemDatabaseUrl: url, logLevel: "error" });
await DBOS.launch();

async function respond(request, response) {
  try {
    const command = JSON.parse(await text(request));
    const start = DBOS.startWorkflow(answer, { workflowID: command.id });
    const handle = await start(request.url, command);
    response.end(JSON.stringify(await handle.getResult()));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

const server = createServer((request, response) => void respond(request, response));
server.listen(0, "127.0.0.1", () => console.log(`ready ${server.address().port}`));
