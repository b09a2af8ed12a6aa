/**
 * A lesson as a stranger would teach it: plain HTTP and plain sockets, nothing of our own client.
 *
 * The lesson has one item of every kind; documents are looked into by path, so that a test says
 * which member of which document it expects.
 */
import { expect } from "bun:test";
import { type Reply, type School, parsePart } from "./school.ts";
import { type Talker, connect } from "./talker.ts";

export const ITEMS = {
  single: {
    kind: "single-choice",
    prompt: "What makes a leaf green?",
    points: 2,
    explanation: "Chlorophyll absorbs red and blue.",
    choices: [
      { id: "a", text: "Chlorophyll", correct: true, feedback: "Right." },
      { id: "b", text: "Water", correct: false, feedback: "Water is clear." },
    ],
  },
  multiple: {
    kind: "multiple-choice",
    prompt: "Which are primes?",
    points: 3,
    choices: [
      { id: "two", text: "2", correct: true },
      { id: "three", text: "3", correct: true },
      { id: "four", text: "4", correct: false },
    ],
  },
  weighted: {
    kind: "multiple-choice",
    prompt: "Which are mammals?",
    points: 4,
    choices: [
      { id: "cat", text: "Cat", correct: true, weight: 0.75 },
      { id: "bat", text: "Bat", correct: true, weight: 0.25 },
      { id: "ant", text: "Ant", correct: false, weight: -1 },
    ],
  },
  boolean: { kind: "true-false", prompt: "The sun is a star.", correct: true },
  text: {
    kind: "short-text",
    prompt: "Capital of France?",
    points: 2,
    accepted: [
      { text: "Paris", weight: 1 },
      { text: "Lutetia", weight: 0.5 },
    ],
  },
  numeric: {
    kind: "numeric",
    prompt: "Pi?",
    accepted: [
      { value: 3.14, tolerance: 0.01, weight: 1 },
      { min: 3, max: 4, weight: 0.5 },
    ],
  },
  matching: {
    kind: "matching",
    prompt: "Capitals",
    points: 2,
    pairs: [
      { left: "France", right: "Paris" },
      { left: "Italy", right: "Rome" },
    ],
    extra: ["Bern"],
  },
  ordering: {
    kind: "ordering",
    prompt: "Smallest first",
    items: [
      { id: "i1", text: "1" },
      { id: "i2", text: "2" },
      { id: "i3", text: "3" },
    ],
  },
  poll: {
    kind: "poll",
    prompt: "Tea or coffee?",
    choices: [
      { id: "tea", text: "Tea" },
      { id: "coffee", text: "Coffee" },
    ],
  },
  open: { kind: "open-text", prompt: "Why?", points: 5, rubric: "Mentions light." },
} as const;

export const STEPS = [
  { id: "intro", kind: "content", title: "Leaves", body: "Leaves are **green**." },
  ...Object.entries(ITEMS).map(([id, item]) => ({ id, kind: "item", item })),
];

/** Looks into a document: `at(body, "view", "participants", 0, "name")`. */
export function at(document: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, name) => parsePart(value)[name], document);
}

export function listAt(document: unknown, ...path: readonly (string | number)[]): unknown[] {
  const found = at(document, ...path);
  return Array.isArray(found) ? found : [];
}

/** Those of these names that a document has no member of. */
export function lacking(document: unknown, names: readonly string[]): readonly string[] {
  return names.filter((name) => !Object.hasOwn(parsePart(document), name));
}

/** A refusal as a problem document, with all that every such document has. */
export function expectProblem(reply: Reply, status: number, code: string): void {
  expect({ status: reply.status, code: reply.body["code"] }).toEqual({ status, code });
  expect(reply.headers.get("content-type")).toContain("application/problem+json");
  expect(structuredClone(reply.body)).toMatchObject({
    ...{ type: `/problems/${code}`, title: expect.any(String), status },
    detail: expect.any(String),
    requestId: reply.headers.get("x-request-id"),
  });
}

/** The one fact of this type among those of an acknowledgement or a record. */
export function factOf(document: unknown, type: string): Readonly<Record<string, unknown>> {
  const found = listAt(document, "facts").find((fact) => at(fact, "type") === type);
  if (found === undefined) {
    throw new Error(`expected ${type}, found ${JSON.stringify(at(document, "facts"))}`);
  }
  return parsePart(found);
}

/** Somebody in a lesson, with a token. */
export interface Person {
  readonly token: string;
  /** Of a student. */
  readonly participantId: string;
  /** The whole answer to joining. */
  readonly joined: Readonly<Record<string, unknown>>;
  try(command: object, key?: string): Promise<Reply>;
  /** A command that has to be accepted: its acknowledgement. */
  send(command: object, key?: string): Promise<Readonly<Record<string, unknown>>>;
  look(): Promise<Readonly<Record<string, unknown>>>;
  view(): Promise<Readonly<Record<string, unknown>>>;
  talk(): Promise<Talker>;
  /** A socket that watches the session already. */
  watch(asked?: object): Promise<Talker>;
}

export interface Taught {
  readonly id: string;
  readonly actor: string;
  readonly code: string;
  readonly created: Readonly<Record<string, unknown>>;
  readonly teacher: Person;
  person(token: string, joined?: Readonly<Record<string, unknown>>): Person;
  join(name: string, more?: object): Promise<Person>;
  /** Opens a round on this step; its id. */
  open(stepId: string, more?: object): Promise<string>;
  /** Closes it, and waits until it is scored. */
  score(roundId: string): Promise<void>;
}

export interface TeachOptions {
  readonly settings?: object;
  readonly phase?: "draft" | "lobby" | "live";
  /** The class that it is for. */
  readonly classId?: string;
}

/** A session of the lesson with every kind of item, by the teacher of `north`. */
export async function teach(
  school: School,
  { settings = {}, phase = "live", ...more }: TeachOptions = {},
): Promise<Taught> {
  const token = await school.tokenOf("north", "teacher");
  const lessonId = await lessonOf(school, token);
  const made = await school.ask("POST", "/api/v1/sessions", {
    token,
    json: { lessonId, settings: { graceMs: 0, ...settings }, ...more },
  });
  if (made.status !== 201) {
    throw new Error(`expected a session, found ${made.text}`);
  }
  const id = String(made.body["id"]);
  const person = personIn(school, id);
  const teacher = person(token, {});
  const words = { draft: [], lobby: ["open-lobby"], live: ["open-lobby", "start"] }[phase];
  for (const word of words) {
    await teacher.send({ type: `session.${word}` });
  }
  return {
    id,
    actor: `session/${id}`,
    code: String(made.body["joinCode"]),
    created: made.body,
    teacher,
    person: (of, joined = {}) => person(of, joined),
    async join(name, more = {}) {
      const code = String(made.body["joinCode"]);
      const joined = await school.ask("POST", "/api/v1/join", { json: { code, name, ...more } });
      if (joined.status !== 201) {
        throw new Error(`expected ${name} to join, found ${joined.text}`);
      }
      return person(String(joined.body["accessToken"]), joined.body);
    },
    async open(stepId, more = {}) {
      const opened = await teacher.send({ type: "round.open", stepId, ...more });
      return String(factOf(opened, "round.opened")["roundId"]);
    },
    async score(roundId) {
      await teacher.send({ type: "round.close", roundId });
      for (;;) {
        if (at(await teacher.look(), "state", "activity") === "scored") {
          return;
        }
      }
    },
  };
}

const lessons = new WeakMap<School, Promise<string>>();

function lessonOf(school: School, token: string): Promise<string> {
  const json = { title: "Every kind", language: "en", status: "published", steps: STEPS };
  const made =
    lessons.get(school) ??
    school.ask("POST", "/api/v1/lessons", { token, json }).then(({ body, status, text }) => {
      if (status !== 201) {
        throw new Error(`expected a lesson, found ${text}`);
      }
      return String(body["id"]);
    });
  lessons.set(school, made);
  return made;
}

function personIn(school: School, id: string) {
  const path = `/api/v1/sessions/${id}`;
  return (token: string, joined: Readonly<Record<string, unknown>>): Person => {
    const attempt: Person["try"] = (json, key) =>
      school.ask("POST", `${path}/commands`, {
        token,
        json,
        ...(key === undefined ? {} : { headers: { "idempotency-key": key } }),
      });
    const look = async () => (await school.ask("GET", path, { token })).body;
    const talk = () => connect(school.url, { token });
    return {
      token,
      joined,
      participantId: String(joined["participantId"]),
      try: attempt,
      async send(json, key) {
        const reply = await attempt(json, key);
        if (reply.status !== 200) {
          throw new Error(`expected ${JSON.stringify(json)} to be accepted, found ${reply.text}`);
        }
        return reply.body;
      },
      look,
      view: async () => parsePart((await look())["view"]),
      talk,
      async watch(asked = {}) {
        const talker = await talk();
        const answer = await talker.ask("watch", { actor: `session/${id}`, ...asked });
        if (!answer.ok) {
          throw new Error(`expected to watch, found ${JSON.stringify(answer)}`);
        }
        return talker;
      },
    };
  };
}
