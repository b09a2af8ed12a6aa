/** Nodes of the real server that share a Redis and a Postgres, with a teacher who has a lesson. */
import { join } from "node:path";
import { connect } from "../../../db/connect.ts";
import { type Client, createClient } from "../../../src/client/client.ts";
import { makeSchool } from "../../chaos/school.ts";
import { createOwnNode } from "../../servers/node.ts";
import type { Scope } from "./scope.ts";

export interface OwnNodes {
  readonly urls: readonly string[];
  /** Signed in at the first. */
  readonly teacher: Client;
  /** The teacher's, for sockets by hand. */
  readonly token: string;
  readonly lessonId: string;
}

export async function startNodes(scope: Scope, count: number): Promise<OwnNodes> {
  const databaseUrl = await scope.postgres();
  const redisUrl = await scope.redis();
  const urls: string[] = [];
  for (let nth = 1; nth <= count; nth += 1) {
    const name = `node-${nth}`;
    const logFile = join(scope.directory, `${name}.log`);
    const node = await createOwnNode({ name, logFile, databaseUrl, redisUrl });
    scope.atEnd(() => node.kill());
    await node.start();
    urls.push(node.url);
  }
  const db = connect(databaseUrl, { poolMax: 1 });
  scope.atEnd(() => db.close());
  const school = await makeSchool(db);
  const teacher = createClient({ url: urls[0] ?? "" });
  scope.atEnd(async () => teacher.close());
  await teacher.signIn(school.teacher);
  const { accessToken } = await teacher.http.post<{ readonly accessToken: string }>(
    "/auth/sign-in",
    school.teacher,
    { anonymous: true },
  );
  return { urls, teacher, token: accessToken, lessonId: school.lessonId };
}
