/** Cursors of lists that run newest first: opaque to clients, exact when rows share a time. */
import { type Expression, type SqlBool, sql } from "kysely";

/** The most rows that one page of any list has. */
export const PAGE_MAX = 200;

/** The last row of the page before. */
export interface Cursor {
  readonly at: number;
  readonly id: string;
}

export interface Page {
  readonly after: Cursor | undefined;
  readonly limit: number;
}

export interface Paged<T> {
  readonly items: readonly T[];
  /** What a client sends as `after` for the next page; null: this was the last. */
  readonly next: string | null;
}

const CURSOR = /^(\d{1,16})\.([A-Za-z0-9_-]{1,64})$/;

/** Undefined: not a cursor that this server made. */
export function parseCursor(text: string): Cursor | undefined {
  const found = CURSOR.exec(Buffer.from(text, "base64url").toString("latin1"));
  const [, at, id] = found ?? [];
  return at === undefined || id === undefined ? undefined : { at: Number(at), id };
}

/** Rows beyond the cursor, as a row comparison that the index on both columns serves. */
export function isBeyond(cursor: Cursor | undefined): Expression<SqlBool> {
  return cursor === undefined
    ? sql<SqlBool>`true`
    : sql<SqlBool>`(created_at, id) < (${cursor.at}, ${cursor.id})`;
}

/** How many rows to ask for: one more than the page has tells whether another page follows. */
export function rowsToAsk(page: Page): number {
  return limitOf(page) + 1;
}

export function pagedOf<T extends { readonly id: string; readonly createdAt: number }>(
  rows: readonly T[],
  page: Page,
): Paged<T> {
  const items = rows.slice(0, limitOf(page));
  const last = items.at(-1);
  const more = rows.length > items.length && last !== undefined;
  return { items, next: more ? encode({ at: last.createdAt, id: last.id }) : null };
}

function limitOf(page: Page): number {
  return Math.max(1, Math.min(page.limit, PAGE_MAX));
}

function encode(cursor: Cursor): string {
  return Buffer.from(`${cursor.at}.${cursor.id}`, "latin1").toString("base64url");
}
