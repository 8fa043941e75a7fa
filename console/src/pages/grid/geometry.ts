// Where cells stand in the grid: which numbers are drawn, which cell an element is, how far to scroll to see one.
import type { Schema } from "~/api/types.ts";
import type { At } from "./moves.ts";

/** A column, as wide as it is shown. */
export interface Column {
  variable: Schema<"Variable">;
  width: number;
}

/** In pixels. */
export interface Sizes {
  rowHeight: number;
  headHeight: number;
  nameWidth: number;
}

/** The numbers in a range, and one more that is kept wherever it is: that of the focus. */
export function rangeWith(
  range: { startIndex: number; endIndex: number; overscan: number; count: number },
  kept: number,
): number[] {
  const first = Math.max(range.startIndex - range.overscan, 0);
  const last = Math.min(range.endIndex + range.overscan, range.count - 1);
  const numbers = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  if (kept < 0 || kept >= range.count || (kept >= first && kept <= last)) return numbers;
  return kept < first ? [kept, ...numbers] : [...numbers, kept];
}

/** The cell that an element is, or is in. */
export function placeOf(target: EventTarget): At | null {
  const text = target instanceof Element ? target.closest<HTMLElement>("[data-at]")?.dataset.at : undefined;
  const [row, column] = text?.split(":").map(Number) ?? [];
  return row !== undefined && column !== undefined ? { row, column } : null;
}

/** The element of a cell, if it is drawn. */
export function elementAt(within: ParentNode, { row, column }: At): HTMLElement | null {
  return within.querySelector<HTMLElement>(`[data-at="${row}:${column}"]`);
}

/** Scrolls as far as it takes to see a cell beside the names and below the head. */
export function bringIntoView(
  box: HTMLElement,
  { row, column }: At,
  columns: readonly Column[],
  { rowHeight, headHeight, nameWidth }: Sizes,
  isRtl: boolean,
): void {
  let top = box.scrollTop;
  if (row >= 0) {
    const start = row * rowHeight;
    top = Math.min(Math.max(top, start + rowHeight - (box.clientHeight - headHeight)), start);
  }
  let across = Math.abs(box.scrollLeft);
  if (column > 0) {
    const start = columns.slice(0, column - 1).reduce((sum, { width }) => sum + width, 0);
    const width = columns[column - 1]?.width ?? 0;
    across = Math.min(Math.max(across, start + width - (box.clientWidth - nameWidth)), start);
  }
  box.scrollTo({ top, left: isRtl ? -across : across });
}
