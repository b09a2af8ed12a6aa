/**
 * Query strings as objects: whole numbers where the schema wants one, text everywhere else.
 *
 * A name given twice becomes a list, which no schema here accepts: it is refused by name.
 */
import type { TObject } from "@sinclair/typebox";

export function parseQuery(search: URLSearchParams, schema: TObject): object {
  // Nearly every request: no lists are made for it.
  if (search.size === 0) {
    return {};
  }
  const entries = [...new Set(search.keys())].map((name): readonly [string, unknown] => {
    const given = search.getAll(name);
    const [first = ""] = given;
    return [name, given.length > 1 ? given : valueFor(schema, name, first)];
  });
  return Object.fromEntries(entries);
}

function valueFor(schema: TObject, name: string, text: string): unknown {
  const wanted = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
  const isWhole = wanted?.["type"] === "integer" && /^\d{1,15}$/.test(text);
  return isWhole ? Number(text) : text;
}
