/**
 * The tables as Kysely sees them: one interface a table, columns as Postgres names them.
 *
 * Owns the column types; the migrations own the tables themselves. Invariants:
 * 1. Every table but `signing_keys` has `tenant_id`, and its primary key starts with it
 *    (`join_codes` excepted: a code is one session's in the whole platform).
 * 2. Times are bigint ms since 1970, the unit of the actors: no zone, no rounding.
 * 3. Envelopes and records are text, byte for byte as they were hashed; there is no `jsonb` copy,
 *    because `jsonb` reorders and refuses an escaped NUL that text keeps.
 */
import type { ColumnType, GeneratedAlways } from "kysely";
import type { Json } from "../machines/json.ts";
import type { Role } from "../machines/principal.ts";

/** Read as JSON, written as its text. */
type JsonColumn = ColumnType<Json, string, string>;

export interface TenantsTable {
  tenant_id: string;
  slug: string;
  name: string;
  time_zone: string;
  created_at: number;
}

export interface UsersTable {
  tenant_id: string;
  id: string;
  email: string;
  /** The address as compared: NFKC, lower case. */
  email_key: string;
  name: string;
  role: Role;
  password_hash: string | null;
  created_at: number;
  disabled_at: number | null;
}

export type TokenKind = "user" | "guest" | "board";

export interface RefreshTokensTable {
  tenant_id: string;
  hash: string;
  family: string;
  kind: TokenKind;
  user_id: string | null;
  session_id: string | null;
  /** The participant of a guest, the board of a board. */
  seat_id: string | null;
  salt: string;
  created_at: number;
  expires_at: number;
  used_at: number | null;
  replaced_by: string | null;
  revoked_at: number | null;
}

export interface SigningKeysTable {
  kid: string;
  private_jwk: string;
  public_jwk: string;
  created_at: number;
  retired_at: number | null;
}

export type LessonStatus = "draft" | "published";

/** Who of a school's teachers finds and reads it: its author alone, or all of them. */
export type LessonVisibility = "private" | "school";

export interface LessonsTable {
  tenant_id: string;
  id: string;
  owner_id: string;
  title: string;
  language: string;
  status: LessonStatus;
  version: number;
  steps: JsonColumn;
  tags: string[];
  standards: JsonColumn;
  visibility: LessonVisibility;
  /** The newest that was published; its copy is in `lesson_versions`. */
  published_version: number | null;
  based_on_id: string | null;
  based_on_version: number | null;
  /** Its words: Postgres makes them of title, tags, standards and steps. */
  search: GeneratedAlways<string>;
  stems: GeneratedAlways<string>;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
}

/** Published versions: rows are added, and never updated. */
export interface LessonVersionsTable {
  tenant_id: string;
  lesson_id: string;
  version: number;
  published_by: string;
  published_at: number;
  title: string;
  language: string;
  steps: JsonColumn;
  tags: string[];
  standards: JsonColumn;
  based_on_id: string | null;
  based_on_version: number | null;
}

export interface MediaTable {
  tenant_id: string;
  id: string;
  media_type: string;
  width: number;
  height: number;
  bytes: Buffer;
  created_by: string;
  created_at: number;
  unused_since: number | null;
  checked_at: number;
}

/** Who of a school's teachers finds a class and starts sessions for it: one, or all of them. */
export type ClassVisibility = "private" | "school";

export interface ClassesTable {
  tenant_id: string;
  id: string;
  owner_id: string;
  title: string;
  visibility: ClassVisibility;
  created_at: number;
  archived_at: number | null;
}

export interface ClassMembersTable {
  tenant_id: string;
  class_id: string;
  user_id: string;
  added_at: number;
}

/** Which class a session is held for; a session of none has no row. */
export interface ClassSessionsTable {
  tenant_id: string;
  session_id: string;
  class_id: string;
}

export interface SessionsTable {
  tenant_id: string;
  id: string;
  lesson_id: string;
  lesson_version: number | null;
  host_user_id: string;
  co_host_user_ids: string[];
  title: string;
  phase: string;
  join_code: string | null;
  starts_at: number | null;
  created_at: number;
  ended_at: number | null;
  seq: number;
}

export interface ParticipantsTable {
  tenant_id: string;
  session_id: string;
  participant_id: string;
  user_id: string | null;
  name: string;
  status: string;
  joined_at: number;
}

export interface AnswersTable {
  tenant_id: string;
  session_id: string;
  round_id: string;
  participant_id: string;
  step_id: string | null;
  answer: ColumnType<Json, string | null, string | null>;
  correct: boolean | null;
  points: number | null;
  at_ms: number;
  auto: boolean;
}

export interface ActorsTable {
  tenant_id: string;
  kind: string;
  id: string;
  resident: boolean;
  epoch: string;
  seq: number;
  head: string;
  envelope: string;
  owed_due_at: number | null;
  updated_at: number;
  parked_at: number | null;
  parked_reason: string | null;
  /** The epoch in which it was last built again; null: never. */
  rebuilt_in: string | null;
}

export interface RecordsTable {
  tenant_id: string;
  kind: string;
  id: string;
  seq: number;
  line: string;
}

export interface ActorIdsTable {
  tenant_id: string;
  kind: string;
  id: string;
  id_key: string;
  digest: string;
  seq: number;
}

export interface JoinCodesTable {
  code: string;
  tenant_id: string;
  session_id: string;
  claimed_at: number;
}

export interface IdempotencyKeysTable {
  tenant_id: string;
  principal: string;
  key: string;
  digest: string;
  status: number | null;
  body: string | null;
  created_at: number;
}

export interface SeatPinsTable {
  tenant_id: string;
  session_id: string;
  participant_id: string;
  hash: string;
  created_at: number;
  expires_at: number;
  wrong_tries: number;
}

export interface Tables {
  tenants: TenantsTable;
  users: UsersTable;
  refresh_tokens: RefreshTokensTable;
  signing_keys: SigningKeysTable;
  lessons: LessonsTable;
  lesson_versions: LessonVersionsTable;
  media: MediaTable;
  classes: ClassesTable;
  class_members: ClassMembersTable;
  class_sessions: ClassSessionsTable;
  sessions: SessionsTable;
  participants: ParticipantsTable;
  answers: AnswersTable;
  actors: ActorsTable;
  records: RecordsTable;
  actor_ids: ActorIdsTable;
  join_codes: JoinCodesTable;
  idempotency_keys: IdempotencyKeysTable;
  seat_pins: SeatPinsTable;
}
