// The bars of a variable's histogram, each with the filters that leave just its cells.

import type { Schema } from "~/api/types.ts";
import { type Condition, onValue } from "./filters.ts";
import { textOf, type Value } from "./values.ts";

export interface Bar {
  /** What it stands for, for people. */
  text: string;
  count: number;
  /** None where no filter says it. */
  conditions: readonly Condition[];
}

/** Longer values make no filter. */
const LONGEST = 400;

/** Of numbers and dates ten bins; else the most frequent values. Texts that are there only once make no picture. */
export function barsOf(
  facet: Schema<"Facet">,
  type: Schema<"VariableType">,
  locale: string,
  words: { yes: string; no: string },
): Bar[] {
  if (type === "NUMBER" || type === "DATE") return facet.histogram.map((_, at) => binBar(facet, type, at, locale));
  if (type === "TEXT" && !facet.top.some(({ count }) => count > 1)) return [];
  return facet.top.map(({ value, count }) => ({
    text: textOf(value, locale, words),
    count,
    conditions: oneOf(facet.variable, value),
  }));
}

function oneOf(name: string, value: Value): Condition[] {
  const text = typeof value === "object" ? "" : String(value);
  return text && text.length <= LONGEST ? [onValue(name, "=", text)] : [];
}

function binBar(facet: Schema<"Facet">, type: "NUMBER" | "DATE", at: number, locale: string): Bar {
  const bin = facet.histogram[at] ?? { from: 0, to: 0, count: 0 };
  const isLast = at === facet.histogram.length - 1;
  const { variable } = facet;
  if (type === "DATE") {
    const from = Math.ceil(bin.from);
    const to = isLast ? Math.floor(bin.to) : Math.ceil(bin.to) - 1;
    const text = to > from ? `${from}–${to}` : String(from);
    // A bin that is narrower than a year may hold none.
    const conditions = to < from ? [] : [onValue(variable, ">=", year(from)), onValue(variable, "<=", year(to))];
    return { text, count: bin.count, conditions };
  }
  const short = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4, useGrouping: "min2" });
  if (bin.from === bin.to) {
    return { text: short.format(bin.from), count: bin.count, conditions: [onValue(variable, "=", String(bin.from))] };
  }
  return {
    text: `${short.format(bin.from)}–${short.format(bin.to)}`,
    count: bin.count,
    conditions: [onValue(variable, ">=", String(bin.from)), onValue(variable, isLast ? "<=" : "<", String(bin.to))],
  };
}

function year(number: number): string {
  return String(number).padStart(4, "0");
}
