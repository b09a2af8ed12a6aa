/**
 * HTTP: a session looked at, and a command sent to it, through the whole server (signed token,
 * limits, validation; Redis and Postgres), beside a bare Elysia that answers the same bytes.
 */
import { startChild } from "../child.ts";
import { parsePort } from "../fan-out-task.ts";
import { type HttpMeasured, loadHttp, requestOf } from "../http-load.ts";
import { startNodes } from "../peers/nodes.ts";
import { Scope } from "../peers/scope.ts";
import { type Figure, type Row, quantile, tenths } from "../row.ts";
import { redisBinary } from "../../servers/redis.ts";

const CONNECTIONS = 32;
const TIMES = { warmMs: 1_500, ms: 3_000 } as const;
const STUDENTS = 30;
/** Of bare Elysia, for the look. */
const PROMISED_SHARE = 0.5;
const COMMAND = { type: "settings.set", settings: { amend: true } } as const;

export const http: Row = {
  name: "http",
  about: `a look at a session of ${STUDENTS}, and a command, on ${CONNECTIONS} connections`,
  run: async (progress) => {
    if (redisBinary === null) {
      progress("skipped: there is no redis-server on the PATH");
      return [];
    }
    const scope = new Scope();
    const bare = startChild("bare-elysia.ts");
    try {
      const figures: Figure[] = [];
      const { url, token, path } = await openSession(scope);
      const ours = Number(new URL(url).port);
      const look = requestOf("GET", path, { token });
      const command = requestOf("POST", `${path}/commands`, { token, body: COMMAND });
      const bearer = { authorization: `Bearer ${token}` };
      const seen = await (await fetch(`${url}${path}`, { headers: bearer })).text();
      const acknowledged = await fetch(`${url}${path}/commands`, {
        ...{ method: "POST", body: JSON.stringify(COMMAND) },
        headers: { ...bearer, "content-type": "application/json" },
      });
      const answers = { seen, acknowledged: await acknowledged.text() };
      const theirs = parsePort(await bare.ask(answers));
      for (const [name, request] of [
        ["GET of a session", look],
        ["POST of a command", command],
      ] as const) {
        const load = { connections: CONNECTIONS, request, ...TIMES };
        const limit = await loadHttp({ port: theirs, ...load });
        const found = await loadHttp({ port: ours, ...load });
        progress(`${name}: ${found.perSecond}/s, bare Elysia ${limit.perSecond}/s`);
        figures.push(...figuresOf(name, found, limit));
      }
      return figures;
    } finally {
      await bare.stop();
      await scope.end();
    }
  },
};

async function openSession(scope: Scope) {
  const { urls, teacher, token, lessonId } = await startNodes(scope, 1);
  const url = urls[0] ?? "";
  const { id, joinCode } = await teacher.http.post<Made>("/sessions", { lessonId });
  await teacher.http.post(`/sessions/${id}/commands`, { type: "session.open-lobby" });
  for (let seat = 1; seat <= STUDENTS; seat += 1) {
    const body = { code: joinCode, name: `Student ${seat}` };
    await teacher.http.post("/join", body, { anonymous: true });
  }
  return { url, token, path: `/api/v1/sessions/${id}` };
}

interface Made {
  readonly id: string;
  readonly joinCode: string;
}

function figuresOf(name: string, found: HttpMeasured, limit: HttpMeasured): readonly Figure[] {
  const share = found.perSecond / limit.perSecond;
  const bare = `${name}: bare Elysia`;
  const figures: Figure[] = [
    { name: bare, ...tail(limit) },
    { name, ...tail(found), of: bare, ratio: share },
  ];
  if (!name.startsWith("GET")) {
    return figures;
  }
  const of = `promised ${PROMISED_SHARE} of bare Elysia`;
  const promise = { unit: "1/s", of, ratio: share / PROMISED_SHARE } as const;
  return [...figures, { name: `${name}: share`, value: found.perSecond, ...promise }];
}

function tail({ perSecond, samples }: HttpMeasured) {
  const [p50Ms, p99Ms] = [quantile(samples, 0.5), quantile(samples, 0.99)].map(tenths);
  return { value: perSecond, unit: "1/s" as const, p50Ms: p50Ms ?? 0, p99Ms: p99Ms ?? 0 };
}
