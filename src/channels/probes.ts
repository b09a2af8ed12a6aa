/**
 * Probes: the WebSocket that is tried beside a session that polls, before it takes its place.
 *
 * bun-engine takes a session for one that is being upgraded from its first probe on, also when that
 * has failed, and closes every later one: it polls until it ends. Invariant: a probe that ends
 * before the session has moved to it leaves the session as it was, and may be followed by another;
 * of two at a time the later is closed.
 */
import type { Server as Engine } from "@socket.io/bun-engine";

/** What bun-engine calls a session that polls; the field is its own, hence by name. */
const STATE = "upgradeState";
const POLLING = "not_upgraded";

export function forgetFailedProbes(engine: Engine): void {
  engine.on("connection", (session) => {
    // oxlint-disable-next-line no-underscore-dangle -- the name is bun-engine's
    const upgrade = session._maybeUpgrade.bind(session);
    let isProbed = false;
    // oxlint-disable-next-line no-underscore-dangle -- the name is bun-engine's
    session._maybeUpgrade = (transport) => {
      if (!isProbed) {
        isProbed = true;
        // When the session moves to it, and when it ends, bun-engine takes all listeners away: this
        // one comes before that.
        transport.on("close", () => {
          isProbed = false;
          Reflect.set(session, STATE, POLLING);
        });
      }
      upgrade(transport);
    };
  });
}
