/**
 * Join codes: drawn, claimed in Postgres, and only then shown.
 *
 * Invariant: a code that `claimCode` returned belongs to this session until it is released (C21).
 */
import { asTenant } from "../db/as-tenant.ts";
import type { Database } from "../db/connect.ts";
import { claimJoinCode, releaseJoinCode } from "../db/join-codes.ts";
import type { Address } from "../actors/address.ts";
import { randomBelow } from "./platform.ts";

/** Without vowels and look-alikes: no words, no 0 and O, no 1 and I. */
export const CODE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ";
export const CODE_LENGTH = 6;
/** With 28⁶ codes, this many clashes in a row mean that the platform is full of sessions. */
const DRAWS_MAX = 20;

export class CodesExhausted extends Error {
  override readonly name = "CodesExhausted";
  readonly kind = "codes.exhausted";
  readonly retry = "later";
}

export async function claimCode(db: Database, session: Address, at: number): Promise<string> {
  for (let draw = 0; draw < DRAWS_MAX; draw += 1) {
    const code = Array.from(
      { length: CODE_LENGTH },
      () => CODE_ALPHABET[randomBelow(CODE_ALPHABET.length)],
    ).join("");
    const claim = { code, sessionId: session.id, at };
    if (await asTenant(db, session.tenantId, (tx) => claimJoinCode(tx, claim))) {
      return code;
    }
  }
  throw new CodesExhausted(`no free join code in ${DRAWS_MAX} draws`);
}

export async function releaseCode(db: Database, session: Address, code: string): Promise<void> {
  await asTenant(db, session.tenantId, (tx) =>
    releaseJoinCode(tx, { code, sessionId: session.id }),
  );
}
