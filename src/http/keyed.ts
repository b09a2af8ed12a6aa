/**
 * Keyed writes: the same `Idempotency-Key` gives the same answer for a day.
 *
 * Invariants:
 * 1. Only what was done is remembered: a refused or failed write frees its key.
 * 2. A stored answer can hold tokens and pins, so it is sealed with the key itself, of which only
 *    a hash is stored.
 */
import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import type { Clock } from "../../actors/clock.ts";
import { sha256 } from "../../actors/envelope.ts";
import { asTenant } from "../../db/as-tenant.ts";
import {
  type Claimed,
  type KeyClaim,
  claimKey,
  releaseKey,
  settleKey,
} from "../../db/idempotency-keys.ts";
import { principalKey } from "../../machines/principal.ts";
import { problem } from "../problem.ts";
import { type Answer, empty, no } from "./answer.ts";
import type { AppParts } from "./parts.ts";
import type { Once } from "./route.ts";

/** While the first request with a key is at work, the second asks again this often … */
const ASK_AGAIN_MS = 50;
/** … and this many times: 5 s, longer than any write takes that is not stuck. */
const ASKS_MAX = 100;
const UNDER_WAY_MS = 1_000;
const IV_BYTES = 12;
const TAG_BYTES = 16;

export function createOnce(parts: AppParts): Once {
  const { db, clock } = parts;
  return async ({ caller, key, content }, work) => {
    const principal = principalKey(caller.principal);
    const claim: KeyClaim = {
      principal,
      key: sha256(`key\n${key}`),
      digest: sha256(content),
      at: clock.now(),
    };
    const { tenantId } = caller;
    const seal = createSeal(`${tenantId}\n${principal}\n${key}`);
    const claimed = await claimPatiently(clock, () =>
      asTenant(db, tenantId, (tx) => claimKey(tx, claim)),
    );
    switch (claimed.kind) {
      case "answered":
        return replay(claimed.status, claimed.body, seal);
      case "key-reused":
        return no(problem("key-reused", "This Idempotency-Key was used with other content."));
      case "under-way":
        return no(
          problem("busy", "The first request with this Idempotency-Key is still under way.", {
            retryAfterMs: UNDER_WAY_MS,
          }),
        );
      case "claimed":
        return perform(parts, { ...claim, tenantId }, seal, work);
    }
  };
}

async function claimPatiently(clock: Clock, claim: () => Promise<Claimed>): Promise<Claimed> {
  for (let asks = 1; ; asks += 1) {
    const claimed = await claim();
    if (claimed.kind !== "under-way" || asks >= ASKS_MAX) {
      return claimed;
    }
    await new Promise<void>((resolve) => {
      clock.after(ASK_AGAIN_MS, resolve);
    });
  }
}

type Held = KeyClaim & { readonly tenantId: Parameters<typeof asTenant>[1] };

async function perform(
  { db }: AppParts,
  claim: Held,
  seal: Seal,
  work: () => Promise<Answer>,
): Promise<Answer> {
  let kept: { readonly status: number; readonly body: string } | undefined;
  try {
    const answer = await work();
    kept = keptOf(answer, seal);
    return answer;
  } finally {
    const done = kept;
    await asTenant(db, claim.tenantId, (tx) =>
      done === undefined ? releaseKey(tx, claim) : settleKey(tx, claim, done),
    );
  }
}

function keptOf(answer: Answer, seal: Seal) {
  switch (answer.kind) {
    case "json":
      return { status: answer.status, body: seal.close(JSON.stringify(answer.body)) };
    case "empty":
      return { status: 204, body: "" };
    default:
      return undefined;
  }
}

function replay(status: number, body: string, seal: Seal): Answer {
  return status === 204 ? empty() : { kind: "json", status, body: parseKept(seal.open(body)) };
}

function parseKept(text: string): object {
  return JSON.parse(text) as object;
}

interface Seal {
  close(text: string): string;
  open(sealed: string): string;
}

/** One key seals one answer, so its hash serves as key and as nonce. */
function createSeal(secret: string): Seal {
  const hash = createHash("sha512").update(secret).digest();
  const key = hash.subarray(0, 32);
  const iv = hash.subarray(32, 32 + IV_BYTES);
  return {
    close(text) {
      const cipher = createCipheriv("aes-256-gcm", key, iv);
      const bytes = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([cipher.getAuthTag(), bytes]).toString("base64");
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, "base64");
      const decipher = createDecipheriv("aes-256-gcm", key, iv);
      decipher.setAuthTag(bytes.subarray(0, TAG_BYTES));
      const text = decipher.update(bytes.subarray(TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString("utf8");
    },
  };
}
