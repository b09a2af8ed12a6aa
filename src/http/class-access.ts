/**
 * Who may see and change which class.
 *
 * Invariants:
 * CL1: For guests, boards and guardians, and of private classes for colleagues, there is nothing
 *   there; a student is told the titles of the classes that he is in, and nothing else of them.
 * CL2: Its owner, admins and owners of the school change a class and its list; a colleague may see
 *   what is shared, and start sessions for it.
 */
import { asTenant } from "../../db/as-tenant.ts";
import { MEMBERS_MAX, isMember } from "../../db/class-members.ts";
import { type SchoolClass, findClass } from "../../db/classes.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { type Problem, problem } from "../problem.ts";
import type { Read } from "./body.ts";
import { authorOf, seenByOf } from "./lesson-access.ts";
import type { AppParts } from "./parts.ts";
import { teaches } from "./access.ts";

/** Whoever does not teach is told what a stranger is told. */
export function classesHidden({ principal }: VerifiedCaller): Problem | undefined {
  return teaches(principal) ? undefined : classMissing();
}

export function mayChangeClass(caller: VerifiedCaller, { ownerId }: SchoolClass): boolean {
  const teacher = seenByOf(caller);
  return teaches(caller.principal) && (teacher === undefined || teacher === ownerId);
}

/** A class that this teacher, admin or owner may see. */
export async function classFor(
  { db, log }: AppParts,
  caller: VerifiedCaller,
  id: string,
): Promise<Read<SchoolClass>> {
  const author = authorOf(caller);
  const { tenantId } = caller;
  const found = author.ok ? await asTenant(db, tenantId, (tx) => findClass(tx, id)) : undefined;
  const isOthers = found?.visibility === "private" && author.ok && found.ownerId !== author.value;
  if (found === undefined || (isOthers && !mayChangeClass(caller, found))) {
    return { ok: false, problem: classMissing() };
  }
  if (isOthers) {
    log.info("class.read-by-office", { tenantId, userId: author.value, classId: id });
  }
  return { ok: true, value: found };
}

/** Of a class that he is in, as long as it is not archived. */
export async function classOfStudent(
  { db }: AppParts,
  { principal, tenantId }: VerifiedCaller,
  id: string,
): Promise<SchoolClass | undefined> {
  if (principal.kind !== "user" || principal.role !== "student") {
    return undefined;
  }
  const { userId } = principal;
  const found = await asTenant(db, tenantId, async (tx) =>
    (await isMember(tx, id, userId)) ? findClass(tx, id) : undefined,
  );
  return found?.archivedAt === null ? found : undefined;
}

export async function classToChange(
  parts: AppParts,
  caller: VerifiedCaller,
  id: string,
): Promise<Read<SchoolClass>> {
  const found = await classFor(parts, caller, id);
  return !found.ok || mayChangeClass(caller, found.value)
    ? found
    : {
        ok: false,
        problem: problem("not-allowed", "Only its owner and the office change a class."),
      };
}

/** Why this caller may not change this class; undefined: he may. */
export async function classClosed(
  parts: AppParts,
  caller: VerifiedCaller,
  id: string,
): Promise<Problem | undefined> {
  const found = await classToChange(parts, caller, id);
  return found.ok ? undefined : found.problem;
}

export function classMissing(): Problem {
  return problem("not-found", "There is no such class, or it is not yours.");
}

export function classFull(): Problem {
  return problem("not-accepted", `A class has at most ${MEMBERS_MAX} members; make a second one.`);
}
