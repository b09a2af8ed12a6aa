/**
 * What Postgres says no with, as typed errors: only `asTenant`, `asPlatform`, `connect` and
 * `migrate` throw them, so that no driver's error leaves this folder.
 */

/** Postgres could not be asked, or gave up: what was sent may or may not have been written. */
export class DatabaseUnreachable extends Error {
  override readonly name = "DatabaseUnreachable";
  readonly kind = "database.unreachable";
  readonly retry = "later";
}

/** A value that Postgres will never take (a NUL in text, a lone surrogate, a broken rule). */
export class RowRefused extends Error {
  override readonly name = "RowRefused";
  readonly kind = "database.row-refused";
  readonly retry = "never";
}

/** The database is not one that this program may run on; the message says what to do. */
export class DatabaseUnfit extends Error {
  override readonly name = "DatabaseUnfit";
  readonly kind = "database.unfit";
  readonly retry = "never";
}

/** Classes of SQLSTATE after which the same statements may succeed: the first two characters. */
const TRANSIENT_CLASSES: ReadonlySet<string> = new Set(["08", "40", "53", "55", "57", "58"]);
/** The login, or the database that it asks for: a matter of configuration. */
const CONFIGURATION_CLASSES: ReadonlySet<string> = new Set(["28", "3D"]);
/** Data and constraint errors: the same statements fail for ever. */
const REFUSED_CLASSES: ReadonlySet<string> = new Set(["22", "23", "44"]);

/** The error to throw for whatever came out of the driver; typed ones and bugs pass unchanged. */
export function failureOf(error: unknown): Error {
  if (!(error instanceof Error)) {
    return new Error("something that is no error was thrown", { cause: error });
  }
  if (isTyped(error)) {
    return error;
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const isSqlState = /^[0-9A-Z]{5}$/.test(code);
  if (isSqlState && REFUSED_CLASSES.has(code.slice(0, 2))) {
    return new RowRefused(`Postgres refused a row (${code})`, { cause: error });
  }
  if (isSqlState && CONFIGURATION_CLASSES.has(code.slice(0, 2))) {
    const why = `${error.message} (${code})`;
    return new DatabaseUnfit(`Postgres refused the login: ${why}; check DATABASE_URL`, {
      cause: error,
    });
  }
  if (isSqlState && !TRANSIENT_CLASSES.has(code.slice(0, 2))) {
    return error;
  }
  if (isSqlState || code !== "" || isLostConnection(error)) {
    const why = code === "" ? error.message : code;
    return new DatabaseUnreachable(`Postgres did not answer (${why})`, { cause: error });
  }
  return error;
}

/** Text that Postgres keeps byte for byte: without NUL and without half a character. */
export function assertKeepable(text: string): void {
  if (text.includes("\0") || !text.isWellFormed()) {
    throw new RowRefused("expected text without NUL and lone surrogates");
  }
}

function isTyped(error: Error): boolean {
  return (
    error instanceof DatabaseUnreachable ||
    error instanceof RowRefused ||
    error instanceof DatabaseUnfit
  );
}

/** What `pg` and Kysely word without a code: cut, timed out, silent, or closed by ourselves. */
function isLostConnection(error: Error): boolean {
  const words =
    /^(Connection (terminated|ended)|timeout e|Query read timeout|Client (has enc|was closed)|Cannot use a pool after|driver has already been)/;
  return words.test(error.message);
}
