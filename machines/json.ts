/** JSON as a type: what may be stored, sent and compared. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** A text that is known to be there, because this program wrote it; anything else is a bug. */
export function textField(object: JsonObject, name: string): string {
  const value = object[name];
  if (typeof value !== "string") {
    throw new TypeError(`expected a text in ${name}, found ${typeof value}`);
  }
  return value;
}
