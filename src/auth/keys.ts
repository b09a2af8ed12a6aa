/**
 * Signing keys: made once for a deployment, kept in Postgres, several valid at once.
 *
 * Owns the step from stored keys to keys that can sign and verify. Invariants:
 * 1. Every node of a deployment verifies what any of them signed: an unknown key id is asked for
 *    again, at most every `ASK_AGAIN_MS`, so that nonsense ids are no load.
 * 2. The private half leaves this file only as a `CryptoKey`; `jwks` has public halves alone.
 */
import { type JWK, exportJWK, generateKeyPair, importJWK } from "jose";
import type { Clock, Ids } from "../../actors/clock.ts";
import { asPlatform } from "../../db/as-tenant.ts";
import type { Database } from "../../db/connect.ts";
import {
  type SigningKey as KeyRow,
  ensureSigningKey,
  listSigningKeys,
} from "../../db/signing-keys.ts";

const ASK_AGAIN_MS = 5_000;

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
}

export interface Keys {
  current(): Promise<SigningKey>;
  /** The public key of this id; undefined: not ours. */
  find(kid: string): Promise<CryptoKey | undefined>;
  /** The document of `/.well-known/jwks.json`. */
  jwks(): Promise<{ readonly keys: readonly JWK[] }>;
}

interface KeyParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly ids: Ids;
}

interface Loaded {
  readonly signing: SigningKey;
  readonly verifying: ReadonlyMap<string, CryptoKey>;
  readonly published: readonly JWK[];
  readonly at: number;
}

/** Makes the deployment's first key where there is none. */
export async function createKeys({ db, clock, ids }: KeyParts): Promise<Keys> {
  const candidate = await make(ids, clock);
  let loaded = await load(await asPlatform(db, (tx) => ensureSigningKey(tx, candidate)), clock);
  return {
    current: async () => loaded.signing,
    async find(kid) {
      if (!loaded.verifying.has(kid) && clock.now() - loaded.at >= ASK_AGAIN_MS) {
        loaded = await load(await asPlatform(db, listSigningKeys), clock);
      }
      return loaded.verifying.get(kid);
    },
    jwks: async () => ({ keys: loaded.published }),
  };
}

async function make(ids: Ids, clock: Clock): Promise<Omit<KeyRow, "retiredAt">> {
  const pair = await generateKeyPair("ES256", { extractable: true });
  const kid = ids.next();
  const named = { kid, alg: "ES256", use: "sig" };
  return {
    kid,
    publicJwk: JSON.stringify({ ...(await exportJWK(pair.publicKey)), ...named }),
    privateJwk: JSON.stringify({ ...(await exportJWK(pair.privateKey)), ...named }),
    createdAt: clock.now(),
  };
}

async function load(rows: readonly KeyRow[], clock: Clock): Promise<Loaded> {
  const newest = rows.find((row) => row.retiredAt === null);
  if (newest === undefined) {
    throw new Error("expected a signing key in Postgres that is not retired, found none");
  }
  const verifying = new Map<string, CryptoKey>();
  const published: JWK[] = [];
  for (const row of rows) {
    const jwk = parseJwk(row.publicJwk);
    published.push(jwk);
    verifying.set(row.kid, await importKey(jwk));
  }
  const privateKey = await importKey(parseJwk(newest.privateJwk));
  return { signing: { kid: newest.kid, privateKey }, verifying, published, at: clock.now() };
}

function parseJwk(text: string): JWK {
  return JSON.parse(text) as JWK;
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, "ES256");
  if (key instanceof Uint8Array) {
    throw new Error("expected an elliptic curve key in Postgres, found a symmetric one");
  }
  return key;
}
