/**
 * Passwords: argon2id, at most a few at a time.
 *
 * Owns hashing and checking. Invariants:
 * 1. Checking takes as long for somebody who does not exist as for somebody who does.
 * 2. Each run holds 64 MiB: `AT_ONCE_MAX` run, `WAITING_MAX` wait, more are refused.
 */

const AT_ONCE_MAX = 4;
/** A school's computer room that signs in at the bell; the last waits about 10 s. */
const WAITING_MAX = 200;
const ALGORITHM = "argon2id";

/** Too many are waiting already: the caller may try again. */
export class PasswordsBusy extends Error {
  override readonly name = "PasswordsBusy";
  readonly kind = "passwords.busy";
  readonly retry = "later";
}

export interface Passwords {
  hash(password: string): Promise<string>;
  /** `hash` undefined or null: nobody's, and false after the same time. */
  matches(password: string, hash: string | null | undefined): Promise<boolean>;
}

export function createPasswords(): Passwords {
  const waiting: (() => void)[] = [];
  let running = 0;
  let nobody: Promise<string> | undefined;

  async function turn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= AT_ONCE_MAX) {
      if (waiting.length >= WAITING_MAX) {
        throw new PasswordsBusy(`expected at most ${WAITING_MAX} waiting; try again`);
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) {
        running -= 1;
      } else {
        next();
      }
    }
  }

  return {
    hash: (password) => turn(() => Bun.password.hash(password, ALGORITHM)),
    async matches(password, hash) {
      nobody ??= Bun.password.hash("nobody's", ALGORITHM);
      const against = hash ?? (await nobody);
      const same = await turn(() => Bun.password.verify(password, against));
      return same && hash !== null && hash !== undefined;
    },
  };
}
