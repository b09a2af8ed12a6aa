/** The seat, or the account, that this browser keeps for the page at `/`. */
import { keep, kept } from "./kept.ts";

/** Holds the refresh token. */
export const STORED = "toolboxai.seat";
/** By which code the stored seat was taken: the address of another lesson means another seat. */
const STORED_CODE = "toolboxai.seat.code";
/** The stored token is an account's, and good for every lesson. */
const STORED_ACCOUNT = "toolboxai.seat.account";

/** Is there a seat, and does the address not ask for another one? */
export function mayRestore(path: string): boolean {
  const code = linkedCode(path);
  const fits = code === "" || code === keptCode() || kept(STORED_ACCOUNT) !== undefined;
  return kept(STORED) !== undefined && fits;
}

/** Of an address such as a QR code has. */
export function linkedCode(path: string): string {
  return (/^\/join\/(\w+)$/.exec(path)?.[1] ?? "").toUpperCase();
}

export function keptCode(): string | undefined {
  return kept(STORED_CODE);
}

export function keepCode(code: string | undefined): void {
  keep(STORED_CODE, code?.replaceAll(/[\s-]/g, "").toUpperCase());
}

export function keepAccount(isOne: boolean): void {
  keep(STORED_ACCOUNT, isOne ? "yes" : undefined);
}
