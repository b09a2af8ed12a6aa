/**
 * A pasted list for a class: who is a student already is added, who is not is made one.
 *
 * Invariants:
 * CL3: All of a list are added, or nobody is, and no account is made.
 * CL4: Only owners and admins of the school make accounts; a teacher adds who has one.
 */
import { type TenantTx, asTenant } from "../../db/as-tenant.ts";
import { MEMBERS_MAX, addMembers, lockMembers, membersOf } from "../../db/class-members.ts";
import { createUser, emailKey, findCredentials, holdersOf } from "../../db/users.ts";
import { type UserId, parseUserId } from "../../machines/ids.ts";
import { nameOf } from "../../machines/learning-session/name.ts";
import type { FieldError } from "../../machines/refusal.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { problem } from "../problem.ts";
import type { Read } from "./body.ts";
import { classFull, classMissing } from "./class-access.ts";
import { type Listed, memberOf } from "./class-shapes.ts";
import { seenByOf } from "./lesson-access.ts";
import type { AppParts } from "./parts.ts";
import { FIELD_ERRORS_MAX } from "./text-guard.ts";

/** Half of what may run: who signs in meanwhile does not wait for a whole list. */
const HASHES_AT_ONCE = 2;
/** Read aloud and typed once: small letters and digits without look-alikes, 59 bits of chance. */
const PASSWORD_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";
const PASSWORD_GROUPS = 3;
const GROUP_CHARS = 4;

interface ListAsk {
  readonly classId: string;
  readonly people: readonly Listed[];
}

interface NewStudent {
  readonly id: UserId;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly passwordHash: string;
}

export async function addList(
  parts: AppParts,
  caller: VerifiedCaller,
  { classId, people }: ListAsk,
): Promise<Read<object>> {
  const listed = distinct(people);
  const isKeeper = seenByOf(caller) === undefined;
  const fresh = isKeeper
    ? await studentsToMake(parts, caller, listed)
    : new Map<string, NewStudent>();
  return asTenant(parts.db, caller.tenantId, async (tx) => {
    const there = await lockMembers(tx, classId);
    if (there === undefined) {
      return { ok: false, problem: classMissing() };
    }
    const judged = await judge(tx, listed, { fresh, isKeeper });
    if (!judged.ok) {
      return judged;
    }
    const { userIds, made } = judged.value;
    const all = new Set<string>([...there, ...userIds, ...made.map(({ id }) => id)]);
    if (all.size > MEMBERS_MAX) {
      return { ok: false, problem: classFull() };
    }
    const at = parts.clock.now();
    for (const each of made) {
      await createUser(tx, { ...each, role: "student", at });
    }
    await addMembers(tx, classId, { userIds: [...userIds, ...made.map(({ id }) => id)], at });
    const members = await membersOf(tx, classId);
    const shown = made.map(({ id, name, email, password }) => ({
      ...{ userId: id, name, email, password },
    }));
    return { ok: true, value: { items: members.map(memberOf), made: shown } };
  });
}

/** The first of each address, in order, with its place in the list. */
function distinct(people: readonly Listed[]): List {
  const listed = new Map<string, Listed & { readonly at: number }>();
  for (const [at, each] of people.entries()) {
    const key = emailKey(each.email);
    if (!listed.has(key)) {
      listed.set(key, { ...each, at });
    }
  }
  return listed;
}

type List = ReadonlyMap<string, Listed & { readonly at: number }>;

/** Hashing takes long, so it is done before anything is locked; some of it may be for nothing. */
async function studentsToMake(
  { db, ids, passwords, chance }: AppParts,
  { tenantId }: VerifiedCaller,
  listed: List,
): Promise<ReadonlyMap<string, NewStudent>> {
  const unknown = await asTenant(db, tenantId, async (tx) => {
    const found: [string, Listed][] = [];
    for (const [key, each] of listed) {
      if ((await findCredentials(tx, each.email)) === undefined) {
        found.push([key, each]);
      }
    }
    return found.filter(([, { name }]) => name !== undefined && nameOf(name) !== undefined);
  });
  const made = new Map<string, NewStudent>();
  for (let from = 0; from < unknown.length; from += HASHES_AT_ONCE) {
    const some = unknown.slice(from, from + HASHES_AT_ONCE);
    await Promise.all(
      some.map(async ([key, { email, name = "" }]) => {
        const password = drawn(chance);
        const passwordHash = await passwords.hash(password);
        const id = parseUserId(ids.next());
        made.set(key, { id, email, name: nameOf(name) ?? name, password, passwordHash });
      }),
    );
  }
  return made;
}

function drawn(chance: AppParts["chance"]): string {
  const letter = () => PASSWORD_ALPHABET[chance.below(PASSWORD_ALPHABET.length)] ?? "";
  const group = () => Array.from({ length: GROUP_CHARS }, letter).join("");
  return Array.from({ length: PASSWORD_GROUPS }, group).join("-");
}

interface Could {
  readonly fresh: ReadonlyMap<string, NewStudent>;
  readonly isKeeper: boolean;
}

interface Judged {
  readonly userIds: readonly UserId[];
  readonly made: readonly NewStudent[];
}

/** Nothing is written yet; from here on nobody else takes one of the addresses. */
async function judge(
  tx: TenantTx,
  listed: List,
  { fresh, isKeeper }: Could,
): Promise<Read<Judged>> {
  const holders = await holdersOf(
    tx,
    [...listed.values()].map(({ email }) => email),
  );
  const userIds: UserId[] = [];
  const made: NewStudent[] = [];
  const errors: FieldError[] = [];
  for (const [key, { at, name }] of listed) {
    const holder = holders.get(key);
    const student = fresh.get(key);
    const path = `/people/${at}`;
    if (holder?.role === "student") {
      userIds.push(holder.id);
    } else if (holder !== undefined) {
      errors.push({ path: `${path}/email`, message: "Expected a student's address" });
    } else if (!isKeeper) {
      const message = "Expected the address of a student; owners and admins make new ones";
      errors.push({ path: `${path}/email`, message });
    } else if (name === undefined || nameOf(name) === undefined) {
      errors.push({ path: `${path}/name`, message: "Expected 1 to 40 visible characters" });
    } else if (student === undefined) {
      return { ok: false, problem: problem("busy", "An account went meanwhile; send it again.") };
    } else {
      made.push(student);
    }
  }
  if (errors.length === 0) {
    return { ok: true, value: { userIds, made } };
  }
  const detail = "Some of the list cannot be added, so nobody was; see errors.";
  const shown = errors.slice(0, FIELD_ERRORS_MAX);
  return { ok: false, problem: problem("invalid", detail, { errors: shown }) };
}
