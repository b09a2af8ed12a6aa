/**
 * The rules say no: every code that a client may ever see, and the shape of a refusal.
 *
 * Codes are kebab-case and never renamed. `src/problem.ts` maps each to a status and a title;
 * `src/pages/fault-text.ts` says those of fields in the reader's language.
 */
import type { Json } from "./json.ts";

export const CODES = [
  "malformed",
  "unauthenticated",
  "not-allowed",
  "banned",
  "removed",
  "tenant-suspended",
  "consent-required",
  "not-found",
  "unknown-code",
  "method-not-allowed",
  "not-accepted",
  "not-open-yet",
  "admission-locked",
  "session-full",
  "session-over",
  "name-taken",
  "not-admitted",
  "paused",
  "round-not-open",
  "wrong-round",
  "too-late",
  "already-answered",
  "round-already-open",
  "round-closing",
  "already-revealed",
  "cannot-promote",
  "moved-on",
  "version-conflict",
  "too-large",
  "unsupported-media-type",
  "unsupported-version",
  "invalid",
  "bad-answer",
  "key-reused",
  "rate-limited",
  "internal",
  "busy",
  "draining",
  "unavailable",
] as const;

export type Code = (typeof CODES)[number];

/** What may be wrong with one field; the last eight, what became of it in another format. */
export const FIELD_CODES = [
  "missing",
  "unexpected",
  "wrong-type",
  "unknown-kind",
  "bad-form",
  "bad-text",
  "empty",
  "too-short",
  "too-long",
  "too-few",
  "too-many",
  "too-small",
  "too-great",
  "decimals",
  "twice",
  "reversed",
  "reserved",
  "no-right-choice",
  "no-weight",
  "no-step",
  "not-here",
  "fixed",
  "changed",
  "no-place",
  "no-kind",
  "no-picture",
  "bad-picture",
  "no-media",
  "unreadable",
  "no-question",
] as const;

export type FieldCode = (typeof FIELD_CODES)[number];

export interface FieldError {
  /** RFC 6901 pointer into the command: `/answer/choice`. */
  readonly path: string;
  readonly message: string;
  /** Absent where nobody has told this mistake from others yet. */
  readonly code?: FieldCode;
  /** Of what is too short, long, few, many, small or great: the bound that was not kept. */
  readonly limit?: number;
  /** Of a text that was sent as a file, from 1; its `path` is empty. */
  readonly line?: number;
}

export interface Refusal {
  readonly code: Code;
  /** One English sentence: what was held, what was found, what to do. */
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  /** More members of the problem document: `answer`, `retryAfterMs`, `startsAt`, `suggestion`. */
  readonly more?: { readonly [key: string]: Json };
}
