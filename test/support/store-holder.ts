/** A process that opens a SQLite store, says how that went, and holds it until it is killed. */
import { openSqliteStore } from "../../actors/sqlite/sqlite-store.ts";
import { systemClock } from "../../src/platform.ts";
import { Author } from "../contracts/author.ts";

const [file = ""] = process.argv.slice(2);
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

try {
  const store = await openSqliteStore({ file, clock: systemClock, log: quiet });
  await new Author("held").write(store, { records: ["by the child"] });
  process.stdout.write("open\n");
  process.stdin.resume();
} catch (error) {
  process.stdout.write(`${error instanceof Error ? `${error.name}: ${error.message}` : "?"}\n`);
}
