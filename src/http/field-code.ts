/** What a schema found wrong with a field, as one of our codes: TypeBox's own are its business. */
import { type ValueError, ValueErrorType } from "@sinclair/typebox/errors";
import type { FieldCode, FieldError } from "../../machines/refusal.ts";

const CODES: Readonly<Partial<Record<ValueErrorType, FieldCode>>> = {
  [ValueErrorType.ObjectRequiredProperty]: "missing",
  [ValueErrorType.ObjectAdditionalProperties]: "unexpected",
  [ValueErrorType.StringPattern]: "bad-form",
  [ValueErrorType.StringFormat]: "bad-form",
};

/** With the keyword of the schema that holds the bound. */
const BOUNDS: Readonly<
  Partial<Record<ValueErrorType, readonly [code: FieldCode, keyword: string]>>
> = {
  [ValueErrorType.StringMinLength]: ["too-short", "minLength"],
  [ValueErrorType.StringMaxLength]: ["too-long", "maxLength"],
  [ValueErrorType.ArrayMinItems]: ["too-few", "minItems"],
  [ValueErrorType.ArrayMaxItems]: ["too-many", "maxItems"],
  [ValueErrorType.NumberMinimum]: ["too-small", "minimum"],
  [ValueErrorType.IntegerMinimum]: ["too-small", "minimum"],
  [ValueErrorType.NumberMaximum]: ["too-great", "maximum"],
  [ValueErrorType.IntegerMaximum]: ["too-great", "maximum"],
};

export function fieldCodeOf({
  type,
  schema,
  value,
}: ValueError): Omit<FieldError, "path" | "message"> {
  const [code, keyword = ""] = BOUNDS[type] ?? [];
  if (code === undefined) {
    return { code: CODES[type] ?? "wrong-type" };
  }
  if (code === "too-short" && value === "") {
    return { code: "empty" };
  }
  const limit: unknown = schema[keyword];
  return typeof limit === "number" ? { code, limit } : { code };
}
