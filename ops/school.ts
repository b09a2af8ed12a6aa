/**
 * `bun run school:create`: a tenant and its owner, in the database of `DATABASE_URL`.
 *
 * The way to the first account of a production deployment, where no demo school is ever made. The
 * password is read from `OWNER_PASSWORD`, so that it stands in no shell's history.
 */
import { parseArgs } from "node:util";
import { asPlatform, asTenant } from "../db/as-tenant.ts";
import { connect } from "../db/connect.ts";
import { migrate } from "../db/migrate.ts";
import { createTenant } from "../db/tenants.ts";
import { createUser } from "../db/users.ts";
import { parseTenantId, parseUserId } from "../machines/ids.ts";
import { systemClock, systemIds } from "../src/platform.ts";

const USAGE = `Usage: DATABASE_URL=postgres://… OWNER_PASSWORD=… bun run school:create \\
         --slug SLUG --name "NAME OF THE SCHOOL" --email OWNER [--time-zone Europe/Berlin]`;
const SLUG = /^[a-z0-9][a-z0-9-]{1,39}$/;
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,189}$/;
const PASSWORD_CHARS_MIN = 10;

interface Wanted {
  readonly url: string;
  readonly slug: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly timeZone: string;
}

try {
  const wanted = parseWanted(process.argv.slice(2));
  await make(wanted);
  console.log(`The school "${wanted.slug}" is there; its owner signs in as ${wanted.email}.`);
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exit(1);
}

function parseWanted(words: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...words],
    options: {
      slug: { type: "string" },
      name: { type: "string" },
      email: { type: "string" },
      "time-zone": { type: "string", default: "UTC" },
    },
  });
  const { slug = "", name = "", email = "", "time-zone": timeZone } = values;
  const url = process.env["DATABASE_URL"] ?? "";
  const password = process.env["OWNER_PASSWORD"] ?? "";
  refuseUnless(/^postgres(ql)?:\/\//.test(url), "DATABASE_URL must be a postgres:// URL.");
  refuseUnless(SLUG.test(slug), "--slug must be 2 to 40 of a–z, 0–9 and -, not beginning with -.");
  refuseUnless(name.trim() !== "" && name.length <= 200, "--name must have 1 to 200 characters.");
  refuseUnless(EMAIL.test(email), "--email must be an e-mail address.");
  refuseUnless(
    Intl.supportedValuesOf("timeZone").includes(timeZone) || timeZone === "UTC",
    "--time-zone must be an IANA time zone such as Europe/Berlin.",
  );
  refuseUnless(
    password.length >= PASSWORD_CHARS_MIN,
    `OWNER_PASSWORD must have at least ${PASSWORD_CHARS_MIN} characters.`,
  );
  return { url, slug, name: name.trim(), email, password, timeZone };
}

function refuseUnless(holds: boolean, sentence: string): void {
  if (!holds) {
    throw new RangeError(sentence);
  }
}

async function make(wanted: Wanted): Promise<void> {
  await migrate(wanted.url);
  const db = connect(wanted.url);
  const at = systemClock.now();
  const tenantId = parseTenantId(systemIds.next());
  const passwordHash = await Bun.password.hash(wanted.password, "argon2id");
  try {
    const { slug, name, timeZone } = wanted;
    const made = await asPlatform(db, (tx) =>
      createTenant(tx, { id: tenantId, slug, name, timeZone, createdAt: at }),
    );
    refuseUnless(made, `A school with the slug "${slug}" is there already.`);
    await asTenant(db, tenantId, (tx) =>
      createUser(tx, {
        id: parseUserId(systemIds.next()),
        email: wanted.email,
        name: "Owner",
        role: "owner",
        passwordHash,
        at,
      }),
    );
  } finally {
    await db.close();
  }
}
