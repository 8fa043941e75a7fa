// Values as people read them, in their language; what a person types, as the API takes it.
import type { Schema } from "~/api/types.ts";

export type Value = Schema<"JsonValue"> | null;
type Type = Schema<"VariableType">;

/**
 * A value as text; several are a list. Years are not grouped: 2021, 12,500.
 *
 * Dates stay ISO 8601, as far as they are known: 2021-03 is a month.
 */
export function textOf(value: Value, locale: string, words: { yes: string; no: string }): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) {
    return new Intl.ListFormat(locale, { type: "unit" }).format(
      value.map((one) => textOf(one as Value, locale, words)),
    );
  }
  if (typeof value === "number") {
    return new Intl.NumberFormat(locale, { maximumFractionDigits: 12, useGrouping: "min2" }).format(value);
  }
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (typeof value === "object") return JSON.stringify(value);
  return value;
}

/** What was typed as a value of the type; undefined when it is none. */
export function parseValue(text: string, type: Type): Value | undefined {
  const typed = text.trim();
  if (type === "NUMBER") return typed !== "" && Number.isFinite(Number(typed)) ? Number(typed) : undefined;
  if (type === "BOOLEAN") return typed === "true" ? true : typed === "false" ? false : undefined;
  if (type === "DATE") return /^\d{4}(-\d{2}(-\d{2})?)?$/.test(typed) ? typed : undefined;
  return typed === "" ? undefined : typed;
}
