/**
 * Every environment variable: its default, its limits, and the sentence when it cannot be.
 *
 * Owns the one place where the environment is read. Invariants:
 * 1. `parseConfig` either gives a whole, possible configuration or throws `ConfigInvalid` with one
 *    sentence that names the variable. It never guesses and never repeats a secret.
 * 2. What the README's table says is `configTable()`.
 */
import { resolve } from "node:path";

export const NODE_ROLES = ["http", "channels", "worker", "journal"] as const;
export type NodeRole = (typeof NODE_ROLES)[number];

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const MODES = ["development", "production", "test"] as const;
export type Mode = (typeof MODES)[number];

const DURABILITIES = ["required", "unsafe"] as const;
/** `unsafe`: a Redis that may lose what it acknowledged is taken all the same. */
export type RedisDurability = (typeof DURABILITIES)[number];

/** Longer origins, passwords and URLs are mistakes, and they would be repeated in headers. */
const VALUE_CHARS_MAX = 2_048;
/** Each is compared on every request. */
const ORIGINS_MAX = 64;
/** What a person may still type, and argon2id hashes without delay. */
const PASSWORD_CHARS_MIN = 8;
const PASSWORD_CHARS_MAX = 200;

/** More than a node answers: no limit at all, for load tests. */
const REQUESTS_PER_MINUTE_MAX = 1_000_000;

export interface Config {
  readonly mode: Mode;
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDir: string;
  /** Undefined: the embedded Postgres in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** Undefined: the embedded SQLite store in `dataDir`. */
  readonly redisUrl: string | undefined;
  readonly redisDurability: RedisDurability;
  readonly roles: readonly NodeRole[];
  /** Without a slash at its end; undefined: the address that the server listens on. */
  readonly publicUrl: string | undefined;
  readonly logLevel: LogLevel;
  /** Empty: same origin only. */
  readonly corsOrigins: readonly string[];
  /** Of one principal, over HTTP. */
  readonly requestsPerMinute: number;
  /** Undefined: a random one, printed once. */
  readonly demoPassword: string | undefined;
}

export interface ConfigRow {
  readonly name: string;
  readonly byDefault: string;
  readonly meaning: string;
}

export class ConfigInvalid extends Error {
  override readonly name = "ConfigInvalid";
  readonly kind = "config.invalid";
  readonly retry = "never";
}

type Environment = Readonly<Record<string, string | undefined>>;

const TABLE = [
  { name: "PORT", byDefault: "3000", meaning: "Where to listen, 0–65535; 0 takes a free port." },
  {
    name: "HOST",
    byDefault: "127.0.0.1",
    meaning: "The address to listen on; in production 0.0.0.0.",
  },
  { name: "DATA_DIR", byDefault: "./data", meaning: "Everything that the embedded default keeps." },
  {
    name: "DATABASE_URL",
    byDefault: "embedded Postgres",
    meaning: "`postgres://…` of a PostgreSQL 15 or later.",
  },
  {
    name: "REDIS_URL",
    byDefault: "embedded SQLite",
    meaning: "`redis://…` or `rediss://…` of a Redis 7.0 or later, with `appendfsync always`.",
  },
  {
    name: "REDIS_DURABILITY",
    byDefault: "required",
    meaning: "required or unsafe: whether a Redis that may lose acknowledged answers is refused.",
  },
  {
    name: "ROLES",
    byDefault: "http,channels,worker,journal",
    meaning: "What this node does, separated by commas.",
  },
  {
    name: "PUBLIC_URL",
    byDefault: "the address listened on",
    meaning: "How browsers reach the server, in links: `https://school.example`.",
  },
  { name: "LOG_LEVEL", byDefault: "info", meaning: "trace, debug, info, warn, error or silent." },
  {
    name: "CORS_ORIGINS",
    byDefault: "empty: same origin",
    meaning: "Origins of pages elsewhere that may call HTTP and channels, separated by commas.",
  },
  {
    name: "REQUESTS_PER_MINUTE",
    byDefault: "120",
    meaning: "HTTP requests that one signed-in person or guest may make, 1–1000000.",
  },
  {
    name: "DEMO_PASSWORD",
    byDefault: "random, printed once",
    meaning: "The demo school's password, 8–200 characters; never used in production.",
  },
  {
    name: "NODE_ENV",
    byDefault: "development",
    meaning: "development, production or test; production never makes the demo school.",
  },
] as const satisfies readonly ConfigRow[];

type Name = (typeof TABLE)[number]["name"];

export function configTable(): readonly ConfigRow[] {
  return TABLE;
}

/** Variables of other programs are left alone; an empty one counts as absent. */
export function parseConfig(environment: Environment): Config {
  const given = (name: Name): string | undefined => valueOf(environment, name);
  const mode = oneOf("NODE_ENV", MODES, given("NODE_ENV") ?? "development");
  const config: Config = {
    mode,
    port: portOf(given("PORT") ?? "3000"),
    host: hostOf(given("HOST") ?? (mode === "production" ? "0.0.0.0" : "127.0.0.1")),
    dataDir: resolve(given("DATA_DIR") ?? "./data"),
    databaseUrl: urlOf("DATABASE_URL", given("DATABASE_URL"), ["postgres:", "postgresql:"]),
    redisUrl: urlOf("REDIS_URL", given("REDIS_URL"), ["redis:", "rediss:"]),
    redisDurability: oneOf(
      "REDIS_DURABILITY",
      DURABILITIES,
      given("REDIS_DURABILITY") ?? "required",
    ),
    roles: rolesOf(given("ROLES") ?? NODE_ROLES.join(",")),
    publicUrl: publicUrlOf(given("PUBLIC_URL")),
    logLevel: oneOf("LOG_LEVEL", LOG_LEVELS, given("LOG_LEVEL") ?? "info"),
    corsOrigins: originsOf(given("CORS_ORIGINS") ?? ""),
    requestsPerMinute: rateOf(given("REQUESTS_PER_MINUTE") ?? "120"),
    demoPassword: passwordOf(given("DEMO_PASSWORD")),
  };
  refuseHalves(config);
  return config;
}

function valueOf(environment: Environment, name: Name): string | undefined {
  const value = environment[name]?.trim();
  if (value === undefined || value === "") {
    return undefined;
  }
  if (value.length > VALUE_CHARS_MAX || value.includes("\0")) {
    throw new ConfigInvalid(`${name} must be text of at most ${VALUE_CHARS_MAX} characters.`);
  }
  return value;
}

function oneOf<T extends string>(name: Name, known: readonly T[], value: string): T {
  const found = known.find((each) => each === value);
  if (found === undefined) {
    throw new ConfigInvalid(`${name} must be one of ${known.join(", ")}, found "${value}".`);
  }
  return found;
}

function portOf(value: string): number {
  const port = Number(value);
  if (!/^\d{1,5}$/.test(value) || port > 65_535) {
    throw new ConfigInvalid(`PORT must be a whole number from 0 to 65535, found "${value}".`);
  }
  return port;
}

function hostOf(value: string): string {
  if (!/^[A-Za-z0-9.:_-]{1,253}$/.test(value)) {
    throw new ConfigInvalid(`HOST must be an address or a host name, found "${value}".`);
  }
  return value;
}

/** A database's URL may hold a password: what was found is not repeated. */
function urlOf(name: Name, value: string | undefined, protocols: readonly string[]) {
  if (value === undefined) {
    return undefined;
  }
  const protocol = URL.canParse(value) ? new URL(value).protocol : "";
  if (!protocols.includes(protocol)) {
    throw new ConfigInvalid(
      `${name} must be a URL that begins with ${protocols.join("// or ")}//.`,
    );
  }
  return value;
}

function rolesOf(value: string): readonly NodeRole[] {
  const names = value.split(",").map((each) => each.trim());
  const roles = names.map((each) => oneOf("ROLES", NODE_ROLES, each));
  if (new Set(roles).size !== roles.length) {
    throw new ConfigInvalid(`ROLES must name each role once, found "${value}".`);
  }
  return roles;
}

function publicUrlOf(value: string | undefined): string | undefined {
  if (value === undefined) {
    return undefined;
  }
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const plain = url !== undefined && url.search === "" && url.hash === "" && url.username === "";
  if (!plain || !["http:", "https:"].includes(url.protocol)) {
    throw new ConfigInvalid("PUBLIC_URL must be a plain http:// or https:// URL.");
  }
  return url.href.replace(/\/+$/, "");
}

function originsOf(value: string): readonly string[] {
  const origins = value
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  const odd = origins.find((each) => !URL.canParse(each) || new URL(each).origin !== each);
  if (odd !== undefined) {
    throw new ConfigInvalid(
      `CORS_ORIGINS must be origins such as https://app.example, found "${odd}".`,
    );
  }
  if (origins.length > ORIGINS_MAX) {
    throw new ConfigInvalid(`CORS_ORIGINS must be at most ${ORIGINS_MAX} origins.`);
  }
  return origins;
}

function rateOf(value: string): number {
  const rate = Number(value);
  if (!/^[1-9]\d{0,6}$/.test(value) || rate > REQUESTS_PER_MINUTE_MAX) {
    throw new ConfigInvalid(
      `REQUESTS_PER_MINUTE must be a whole number from 1 to ${REQUESTS_PER_MINUTE_MAX}, found "${value}".`,
    );
  }
  return rate;
}

function passwordOf(value: string | undefined): string | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (value.length < PASSWORD_CHARS_MIN || value.length > PASSWORD_CHARS_MAX) {
    throw new ConfigInvalid(
      `DEMO_PASSWORD must have ${PASSWORD_CHARS_MIN} to ${PASSWORD_CHARS_MAX} characters.`,
    );
  }
  return value;
}

/** Several nodes on an embedded store would each be a school of their own. */
function refuseHalves(config: Config): void {
  const embedded = config.databaseUrl === undefined || config.redisUrl === undefined;
  if (embedded && config.roles.length < NODE_ROLES.length) {
    throw new ConfigInvalid(
      "ROLES must be left at its default while DATABASE_URL or REDIS_URL is not set.",
    );
  }
}
