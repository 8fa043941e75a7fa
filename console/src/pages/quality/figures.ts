// What the figures of quality come to on the page: tables and places of marks in charts.
import type { Schema } from "~/api/types.ts";
import type { Value } from "~/parts/values.ts";

/** A confusion table: `counts[row][column]` cells of which `labels[row]` is right and `labels[column]` was given. */
export interface Table {
  labels: readonly Value[];
  counts: readonly (readonly number[])[];
  /** Cells by what is right. */
  totals: readonly number[];
}

/** The table of what was counted; null stands for no value, and comes last. */
export function confusionTable(confused: readonly Schema<"ConfusedCells">[]): Table {
  const seen = confused.flatMap(({ right, given }) => [right, given]);
  const labels = [...new Set(seen)].sort((one, other) => Number(one === null) - Number(other === null));
  const counts = labels.map((right) =>
    labels.map((given) => confused.find((one) => one.right === right && one.given === given)?.cells ?? 0),
  );
  return { labels, counts, totals: counts.map((row) => row.reduce((sum, count) => sum + count, 0)) };
}

/** How far along an axis of this length a share lies, 0..1 kept within it. */
export function along(share: number, length: number): number {
  return Math.min(1, Math.max(0, share)) * length;
}

/** The radius of a dot whose area stands for `cells` of `most`; never too small to be seen. */
export function radiusOf(cells: number, most: number, largest: number): number {
  const least = largest / 3;
  return most > 0 ? Math.max(least, Math.sqrt(cells / most) * largest) : least;
}

/** The share of a whole; null of nothing. */
export const shareOf = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

/** All reasons that occur in any of the rows, the most frequent first. */
export function reasonsOf(rows: readonly { missing: Record<string, number> }[]): string[] {
  const totals = new Map<string, number>();
  for (const { missing } of rows) {
    for (const [reason, count] of Object.entries(missing)) totals.set(reason, (totals.get(reason) ?? 0) + count);
  }
  return [...totals]
    .filter(([, count]) => count > 0)
    .sort((one, other) => other[1] - one[1])
    .map(([reason]) => reason);
}

/** How many cells more would make the widest estimate ±5 points; 0 when all are as narrow. */
export function moreCells(items: readonly Schema<"VariableQuality">[]): number {
  return Math.max(0, ...items.map(({ accuracy }) => accuracy?.more_cells ?? 0));
}
