/** A call of one of the library's functions, of one actor. */
import type { Address } from "../address.ts";
import { placeOf } from "./names.ts";
import { decodeText } from "./replies.ts";
import type { Servers } from "./servers.ts";

export interface Call {
  readonly name: string;
  readonly args: readonly string[];
}

export async function callOf(
  servers: Pick<Servers, "of" | "keysOf">,
  address: Address,
  { name, args }: Call,
): Promise<string> {
  const place = placeOf(address);
  const [link, keys] = [servers.of(place.bucket), servers.keysOf(place)];
  return decodeText(await link.call(name, keys, [place.address, ...args]));
}
