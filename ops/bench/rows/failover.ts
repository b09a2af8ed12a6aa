/**
 * From the SIGKILL of a node to the next acknowledgement: two nodes of the real server on one Redis
 * and Postgres, a client that sends one command after the other to the first, and the same one,
 * under the same id, to the second as soon as its connection breaks.
 */
import { join } from "node:path";
import { connect } from "../../../db/connect.ts";
import { createClient } from "../../../src/client/client.ts";
import { systemIds } from "../../../src/platform.ts";
import { makeSchool } from "../../chaos/school.ts";
import { createOwnNode } from "../../servers/node.ts";
import { redisBinary } from "../../servers/redis.ts";
import { Scope } from "../peers/scope.ts";
import { type Row, quantile, tenths } from "../row.ts";

const KILLS = 6;
/** Commands before each kill. */
const WARM_COMMANDS = 100;
const PROMISED_MS = 100;
/** Each attempt at a command; a node that is gone says so at once. */
const ANSWER_WITHIN_MS = 5_000;
const COMMAND = { type: "settings.set", settings: { amend: true } } as const;

export const failover: Row = {
  name: "failover",
  about: `SIGKILL of one of two nodes, ${KILLS} times, to the next acknowledgement`,
  run: async (progress) => {
    if (redisBinary === null) {
      progress("skipped: there is no redis-server on the PATH");
      return [];
    }
    const scope = new Scope();
    try {
      const samples = await measure(scope, progress);
      const p50Ms = tenths(quantile(samples, 0.5));
      const worst = tenths(Math.max(...samples));
      return [
        {
          ...{ name: "SIGKILL → next acknowledgement, the slowest", value: worst, unit: "ms" },
          ...{ of: `promised under ${PROMISED_MS} ms`, ratio: worst / PROMISED_MS },
          ...{ p50Ms, p99Ms: worst },
        },
      ];
    } finally {
      await scope.end();
    }
  },
};

async function measure(scope: Scope, progress: (line: string) => void) {
  const databaseUrl = await scope.postgres();
  const redisUrl = await scope.redis();
  const shared = { databaseUrl, redisUrl };
  const open = async (name: string) => {
    const logFile = join(scope.directory, `${name}.log`);
    const node = await createOwnNode({ ...shared, name, logFile });
    scope.atEnd(() => node.kill());
    await node.start();
    return node;
  };
  const [first, second] = [await open("first"), await open("second")];
  const db = connect(databaseUrl, { poolMax: 1 });
  scope.atEnd(() => db.close());
  const school = await makeSchool(db);
  const teacher = createClient({ url: first.url });
  scope.atEnd(async () => teacher.close());
  await teacher.signIn(school.teacher);
  const { lessonId } = school;
  const { id } = await teacher.http.post<{ readonly id: string }>("/sessions", { lessonId });
  const path = `/api/v1/sessions/${id}/commands`;
  const say = (url: string, key: string) => post(`${url}${path}`, teacher.accessToken ?? "", key);
  const samples: number[] = [];
  for (let kill = 1; kill <= KILLS; kill += 1) {
    for (let command = 0; command < WARM_COMMANDS; command += 1) {
      await say(first.url, systemIds.next());
    }
    const sending = keepSending(say, [first.url, second.url]);
    await Bun.sleep(kill * 7);
    const killedAt = performance.now();
    const dead = first.kill();
    const acknowledgedAt = await sending;
    await dead;
    samples.push(acknowledgedAt - killedAt);
    progress(`kill ${kill} of ${KILLS}: ${tenths(acknowledgedAt - killedAt)} ms`);
    await first.start();
  }
  return samples;
}

/** Resolves with when the first command was acknowledged by the second node. */
async function keepSending(
  say: (url: string, key: string) => Promise<boolean>,
  [first, second]: readonly [string, string],
): Promise<number> {
  for (;;) {
    const key = systemIds.next();
    if (!(await say(first, key)) && (await say(second, key))) {
      return performance.now();
    }
  }
}

/** False: the node is not there. */
async function post(url: string, token: string, key: string): Promise<boolean> {
  const headers = {
    ...{ authorization: `Bearer ${token}`, "content-type": "application/json" },
    "idempotency-key": key,
  };
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const body = JSON.stringify(COMMAND);
  let response: Response;
  try {
    response = await fetch(url, { method: "POST", headers, body, signal });
  } catch {
    return false;
  }
  if (!response.ok) {
    throw new Error(`expected an acknowledgement, found ${response.status}`);
  }
  await response.arrayBuffer();
  return true;
}
