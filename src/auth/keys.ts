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

const ASK_AGAIN_MS = 5_000;

/** A key as it is stored: JWKs, newest first. */
export interface StoredKey {
  readonly kid: string;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
}

/** Where keys are kept. `offer` stores a first key unless there is one; both answer with all. */
export interface KeyShelf {
  all(): Promise<readonly StoredKey[]>;
  offer(key: StoredKey): Promise<readonly StoredKey[]>;
}

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
  readonly shelf: KeyShelf;
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
export async function createKeys({ shelf, clock, ids }: KeyParts): Promise<Keys> {
  const stored = await shelf.all();
  let loaded = await load(stored.length > 0 ? stored : await shelf.offer(await make(ids)), clock);
  return {
    current: async () => loaded.signing,
    async find(kid) {
      if (!loaded.verifying.has(kid) && clock.now() - loaded.at >= ASK_AGAIN_MS) {
        loaded = await load(await shelf.all(), clock);
      }
      return loaded.verifying.get(kid);
    },
    jwks: async () => ({ keys: loaded.published }),
  };
}

async function make(ids: Ids): Promise<StoredKey> {
  const pair = await generateKeyPair("ES256", { extractable: true });
  const kid = ids.next();
  return {
    kid,
    publicJwk: { ...(await exportJWK(pair.publicKey)), kid, alg: "ES256", use: "sig" },
    privateJwk: { ...(await exportJWK(pair.privateKey)), kid, alg: "ES256" },
  };
}

async function load(stored: readonly StoredKey[], clock: Clock): Promise<Loaded> {
  const [newest] = stored;
  if (newest === undefined) {
    throw new Error("expected at least one signing key in Postgres, found none");
  }
  const verifying = new Map<string, CryptoKey>();
  for (const { kid, publicJwk } of stored) {
    verifying.set(kid, await importKey(publicJwk));
  }
  return {
    signing: { kid: newest.kid, privateKey: await importKey(newest.privateJwk) },
    verifying,
    published: stored.map((each) => each.publicJwk),
    at: clock.now(),
  };
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, "ES256");
  if (key instanceof Uint8Array) {
    throw new Error("expected an elliptic curve key in Postgres, found a symmetric one");
  }
  return key;
}
