/** Whether this Redis would keep what it acknowledged, as sentences on what is wrong. */
import { ErrorReply } from "redis";
import { decodeFields } from "./replies.ts";

type Send = (args: readonly string[]) => Promise<unknown>;

/** Functions and sharded channels came with 7.0. */
const VERSION_MIN = 7;

const SETTINGS: Readonly<Record<string, { readonly want: string; readonly else: string }>> = {
  appendonly: { want: "yes", else: "a restart of Redis forgets everything" },
  appendfsync: { want: "always", else: "a power cut loses what was acknowledged" },
  "aof-load-truncated": { want: "no", else: "a cut append-only file is loaded without a word" },
  "maxmemory-policy": { want: "noeviction", else: "a full Redis drops actors to make room" },
};

export async function durabilityOf(send: Send): Promise<readonly string[]> {
  const checks = Object.entries(SETTINGS).map(async ([name, setting]) => {
    const found = await settingOf(send, name);
    if (found === setting.want) {
      return [];
    }
    const shown = found ?? "something that it does not tell";
    return [`expected ${name} ${setting.want}, found ${shown}: ${setting.else}`];
  });
  return (await Promise.all([versionOf(send), ...checks])).flat();
}

async function versionOf(send: Send): Promise<readonly string[]> {
  const info = String(await send(["INFO", "server"]));
  const found = /^redis_version:(\d+)\S*/m.exec(info);
  return Number(found?.[1]) >= VERSION_MIN
    ? []
    : [`expected Redis ${VERSION_MIN} or newer, found ${found?.[0] ?? "no version"}`];
}

/** Undefined where Redis does not tell, as some hosts forbid CONFIG. */
async function settingOf(send: Send, name: string): Promise<string | undefined> {
  const reply = await send(["CONFIG", "GET", name]).catch((error: unknown) => {
    // One that is away says nothing of its settings, and is not to be judged by that.
    if (error instanceof Error && error.cause instanceof ErrorReply) {
      return undefined;
    }
    throw error;
  });
  const found = decodeFields(reply ?? []).get(name);
  return typeof found === "string" ? found : undefined;
}
