/**
 * Redis' append-only file, to be damaged on purpose while Redis is down.
 *
 * Owns where its commands end: a transaction is whole or it is not there.
 */
import { readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = "appendonlydir";
const INCREMENT = /\.incr\.aof$/;

/** One command of the file. */
export interface Entry {
  readonly words: readonly Buffer[];
  /** Where each word begins in the file. */
  readonly starts: readonly number[];
  readonly end: number;
}

/** The part that grows. */
export function growingFile(dir: string): string {
  const names = readdirSync(join(dir, FOLDER)).filter((name) => INCREMENT.test(name));
  const newest = names.toSorted().at(-1);
  if (newest === undefined) {
    throw new Error(`expected an append-only file in ${dir}`);
  }
  return join(dir, FOLDER, newest);
}

export function entriesOf(file: string): readonly Entry[] {
  const bytes = readFileSync(file);
  const entries: Entry[] = [];
  let at = 0;
  const line = (): string => {
    const end = bytes.indexOf("\r\n", at);
    const text = bytes.toString("latin1", at, end);
    at = end + 2;
    return text;
  };
  while (at < bytes.length) {
    const count = Number(line().slice(1));
    const words: Buffer[] = [];
    const starts: number[] = [];
    for (let word = 0; word < count; word += 1) {
      const length = Number(line().slice(1));
      starts.push(at);
      words.push(bytes.subarray(at, at + length));
      at += length + 2;
    }
    entries.push({ words, starts, end: at });
  }
  return entries;
}

/** Where transactions end, and commands outside of any; the first is where all begins. */
export function endsOf(entries: readonly Entry[]): readonly number[] {
  const ends: number[] = [];
  let isOpen = false;
  for (const { words, end } of entries) {
    const name = words[0]?.toString("latin1").toUpperCase();
    isOpen = name === "MULTI" || (isOpen && name !== "EXEC");
    if (!isOpen) {
      ends.push(end);
    }
  }
  return ends;
}

export function cutAt(file: string, end: number): void {
  truncateSync(file, end);
}

export function flipBit(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

/** As if there had never been one. */
export function removeAll(dir: string): void {
  rmSync(join(dir, FOLDER), { recursive: true, force: true });
}
