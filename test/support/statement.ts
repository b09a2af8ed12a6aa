/** Single statements as the superuser, past the program's own connections and walls. */
import { Client } from "pg";

/** One statement on a connection of its own, as the superuser. */
export async function run(url: string, statement: string): Promise<void> {
  await rowsOf(url, statement);
}

export async function rowsOf(
  url: string,
  statement: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
