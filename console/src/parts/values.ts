// Values as people read them, in their language.
import type { Schema } from "~/api/types.ts";

export type Value = Schema<"JsonValue"> | null;

/** Why a person may say that there is no value. */
export const MISSING_REASONS = ["NOT_STATED", "NOT_APPLICABLE", "AMBIGUOUS", "VAGUE"] as const;

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
  if (typeof value === "number") return numbersOf(locale).format(value);
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (typeof value === "object") return rangeText(value, (end) => textOf(end, locale, words)) ?? JSON.stringify(value);
  return value;
}

/** A number or date with two ends, one of which may be open: 400–500, ≥ 60, < 10; null where the value is none. */
function rangeText(value: { [key: string]: Value | undefined }, endText: (end: Value) => string): string | null {
  if (!("low" in value && "high" in value)) return null;
  const { low = null, high = null, low_closed: isLowIn, high_closed: isHighIn } = value;
  if (low !== null && high !== null) return `${endText(low)}–${endText(high)}`;
  return low !== null ? `${isLowIn ? "≥" : ">"} ${endText(low)}` : `${isHighIn ? "≤" : "<"} ${endText(high)}`;
}

const formats = new Map<string, Intl.NumberFormat>();

/** Kept, as making one takes far longer than using it, and a table has many numbers. */
function numbersOf(locale: string): Intl.NumberFormat {
  const kept = formats.get(locale);
  if (kept) return kept;
  const made = new Intl.NumberFormat(locale, { maximumFractionDigits: 12, useGrouping: "min2" });
  formats.set(locale, made);
  return made;
}
