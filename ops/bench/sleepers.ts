/**
 * Lessons that sleep: rows in Postgres and nothing else, copied from one that is there, since all
 * that a node knows of them is what it asks of these rows.
 */
import { Pool } from "pg";

/** A tenth of them owe something, in a month: whoever looks for what falls due has to pass them. */
const SLEEPERS = `
  insert into actors (tenant_id, kind, id, resident, epoch, seq, head, envelope, owed_due_at, updated_at)
  select tenant_id, kind, 'asleep' || nth, false, epoch, seq, head, envelope,
    case when nth % 10 = 0 then updated_at + 2592000000 end, updated_at
  from (select * from actors limit 1) as one, generate_series(1, $1::int) as nth`;

export async function putToSleep(databaseUrl: string, count: number): Promise<void> {
  const pool = new Pool({ connectionString: databaseUrl, max: 1 });
  try {
    await pool.query(SLEEPERS, [count]);
  } finally {
    await pool.end();
  }
}
