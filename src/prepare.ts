/**
 * Commands that the platform completes before a machine sees them: what only Postgres knows.
 *
 * A command that turns out a duplicate or refused is undone: a code claimed for it is released.
 * `participant.join` without fields is somebody who had left: he takes his own seat again.
 * `presence.set` on a connection that watches the session is said of that connection alone.
 */
import { type ConnectionId, isId, parseUserId } from "../machines/ids.ts";
import { textField } from "../machines/json.ts";
import type { Message } from "../machines/living.ts";
import type { Standing } from "../machines/principal.ts";
import { asTenant } from "../db/as-tenant.ts";
import type { Database } from "../db/connect.ts";
import { findUser } from "../db/users.ts";
import type { Address } from "../actors/address.ts";
import type { Clock } from "../actors/clock.ts";
import { claimCode, releaseCode } from "./join-code.ts";
import { type Problem, problem } from "./problem.ts";

/**
 * Completes a command with what only the platform knows (a new join code, a user's name). `undo`
 * is called when the command was not accepted anew.
 */
export type Preparer = (
  command: Message,
  sender: {
    readonly address: Address;
    readonly standing: Standing;
    readonly connectionId: ConnectionId | undefined;
  },
) => Promise<
  | { readonly ok: true; readonly message: Message; readonly undo?: () => Promise<void> }
  | { readonly ok: false; readonly problem: Problem }
>;

export function sessionPreparers(db: Database, clock: Clock): Readonly<Record<string, Preparer>> {
  return {
    "code.rotate": async (command, { address }) => {
      const joinCode = await claimCode(db, address, clock.now());
      return {
        ok: true,
        message: { ...command, joinCode },
        undo: () => releaseCode(db, address, joinCode),
      };
    },
    "participant.promote": async (command, { address }) => {
      const given = textField(command, "userId");
      const user = isId(given)
        ? await asTenant(db, address.tenantId, (tx) => findUser(tx, parseUserId(given)))
        : undefined;
      if (user === undefined || user.disabledAt !== null) {
        const detail = "Only teachers, admins and owners of the school can be co-hosts.";
        return { ok: false, problem: problem("cannot-promote", detail) };
      }
      return { ok: true, message: { ...command, name: user.name, role: user.role } };
    },
    // Of the page that says so; by HTTP, of whatever its sender has open.
    "presence.set": (command, { connectionId }) =>
      Promise.resolve({
        ok: true,
        message: connectionId === undefined ? command : { ...command, connectionId },
      }),
    "participant.join": (command, { standing }) => {
      const { participantId } = standing;
      const type = "participant.rejoin";
      const message = participantId === undefined ? command : { type, participantId };
      return Promise.resolve({ ok: true, message });
    },
  };
}
