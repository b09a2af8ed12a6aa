/**
 * The store's functions inside Redis: one library, its version in its name, never replaced.
 *
 * A change of any `.lua` file after a release is a new library beside the old one, since nodes of
 * both versions run during a deploy. A library of this name with other code is refused.
 */
import { join } from "node:path";
import { StoreUnreachable } from "../store.ts";
import { decodeLibraryCode } from "./replies.ts";

export const LIBRARY = "toolboxai_2";
const PARTS = ["names", "commit", "residence", "recovery", "agenda", "watch"] as const;

type Send = (args: readonly string[]) => Promise<unknown>;

export async function loadLibrary(send: Send): Promise<void> {
  const code = await libraryCode();
  const found = await codeOfLoaded(send);
  if (found === undefined) {
    // Two nodes may start at once: the second load is refused, and then must be the same code.
    await send(["FUNCTION", "LOAD", code]).catch(() => undefined);
  }
  if ((await codeOfLoaded(send)) !== code) {
    throw new StoreUnreachable(`Redis holds other functions under the name ${LIBRARY}`);
  }
}

async function codeOfLoaded(send: Send): Promise<string | undefined> {
  return decodeLibraryCode(await send(["FUNCTION", "LIST", "LIBRARYNAME", LIBRARY, "WITHCODE"]));
}

async function libraryCode(): Promise<string> {
  const parts = await Promise.all(
    PARTS.map((part) => Bun.file(join(import.meta.dir, `${part}.lua`)).text()),
  );
  return `#!lua name=${LIBRARY}\n${parts.join("\n")}`;
}
