/** A memento: all that is in a database at one moment, as a backup has it. */
import type { Database, SQLQueryBindings } from "bun:sqlite";

type Row = Readonly<Record<string, SQLQueryBindings>>;

export class Memento {
  readonly #tables: ReadonlyMap<string, readonly Row[]>;

  private constructor(tables: ReadonlyMap<string, readonly Row[]>) {
    this.#tables = tables;
  }

  static of(db: Database): Memento {
    return new Memento(
      new Map(namesOf(db).map((name) => [name, db.query<Row, []>(`SELECT * FROM ${name}`).all()])),
    );
  }

  /** What is owed in it, as `<address> <key>`, and was not begun then. */
  get unbegun(): ReadonlySet<string> {
    const owed = this.#tables.get("owed") ?? [];
    const rows = owed.filter(({ begun }) => begun === 0);
    return new Set(rows.map(({ address, key }) => `${String(address)} ${String(key)}`));
  }

  /** What was written since is gone. */
  restore(db: Database): void {
    db.transaction(() => {
      for (const [name, rows] of this.#tables) {
        db.run(`DELETE FROM ${name}`);
        for (const row of rows) {
          const columns = Object.keys(row);
          const places = columns.map(() => "?").join(", ");
          const insert = `INSERT INTO ${name} (${columns.join(", ")}) VALUES (${places})`;
          db.query<null, SQLQueryBindings[]>(insert).run(...Object.values(row));
        }
      }
    })();
  }
}

function namesOf(db: Database): readonly string[] {
  const tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
  return db
    .query<{ readonly name: string }, []>(tables)
    .all()
    .map(({ name }) => name);
}
