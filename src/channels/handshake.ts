/**
 * The handshake: who is this, and do we speak the same version?
 *
 * Owns the codes of `connect_error`. A client sends `auth: { token, v? }`; unknown fields are
 * refused, because a version that adds one would be misread.
 */
import { Type } from "@sinclair/typebox";
import type { Code } from "../../machines/refusal.ts";
import type { Caller } from "../desk.ts";
import { createValidator } from "../http/valid.ts";
import type { ChannelsParts } from "./parts.ts";
import { type ChannelSocket, VERSIONS_SUPPORTED } from "./wire.ts";

const AUTH = createValidator(
  Type.Object(
    { token: Type.String({ minLength: 1, maxLength: 4_096 }), v: Type.Optional(Type.Unknown()) },
    { additionalProperties: false },
  ),
);
const UNAVAILABLE_RETRY_MS = 1_000;

/** What `connect_error` carries in `data`. */
export interface HandshakeRefusal {
  readonly code: Code;
  readonly supported?: readonly number[];
  readonly retryAfterMs?: number;
}

class Refused extends Error {
  override readonly name = "Refused";
  readonly data: HandshakeRefusal;

  constructor(data: HandshakeRefusal) {
    super(data.code);
    this.data = data;
  }
}

export interface Holder {
  readonly caller: Caller;
  readonly token: string;
}

export interface Handshake {
  /** Of a socket that was let in; undefined for every other. */
  holderOf(socket: ChannelSocket): Holder | undefined;
  middleware(socket: ChannelSocket, next: (error?: Error) => void): Promise<void>;
}

export function createHandshake(
  parts: ChannelsParts,
  draining: () => number | undefined,
): Handshake {
  const holders = new WeakMap<ChannelSocket, Holder>();
  /** One socket a connection: a second CONNECT would escape the limits of the first. */
  const taken = new WeakSet<object>();

  const admit = async (socket: ChannelSocket): Promise<HandshakeRefusal | undefined> => {
    const retryAfterMs = draining();
    if (retryAfterMs !== undefined) {
      return { code: "draining", retryAfterMs };
    }
    const auth: unknown = socket.handshake.auth;
    const version = versionOf(auth);
    if (!VERSIONS_SUPPORTED.some((supported) => supported === version)) {
      return { code: "unsupported-version", supported: VERSIONS_SUPPORTED };
    }
    const valid = AUTH.validate(auth);
    if (!valid.ok || taken.has(socket.conn)) {
      return { code: "unauthenticated" };
    }
    taken.add(socket.conn);
    const { token } = valid.value;
    const caller = await parts.verify(token);
    if (caller === undefined) {
      taken.delete(socket.conn);
      return { code: "unauthenticated" };
    }
    holders.set(socket, { caller, token });
    return undefined;
  };

  const outcomeOf = async (socket: ChannelSocket): Promise<Refused | undefined> => {
    try {
      const refusal = await admit(socket);
      return refusal === undefined ? undefined : new Refused(refusal);
    } catch (error) {
      taken.delete(socket.conn);
      parts.log.error("handshake.failed", { error });
      return new Refused({ code: "unavailable", retryAfterMs: UNAVAILABLE_RETRY_MS });
    }
  };

  return {
    holderOf: (socket) => holders.get(socket),
    async middleware(socket, next) {
      next(await outcomeOf(socket));
    },
  };
}

function versionOf(auth: unknown): unknown {
  const isObject = typeof auth === "object" && auth !== null;
  return isObject && "v" in auth ? auth.v : VERSIONS_SUPPORTED[0];
}
