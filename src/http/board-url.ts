/** A board's address: its token is in the fragment, which no server is ever sent. */
import type { ActorId } from "../../machines/ids.ts";

export function boardUrl(publicUrl: string, sessionId: ActorId, token: string): string {
  return `${publicUrl}/board/${sessionId}#token=${token}`;
}
