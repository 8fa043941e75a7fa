// What keys do in the grid: they move the focus, open a cell, follow a row's name, change a column's width.
import type { KeyboardEvent } from "react";
import { type Column, elementAt, type Sizes } from "./geometry.ts";
import { type At, moved } from "./moves.ts";

const STEP = 16;

export interface Keys {
  at: At;
  total: number;
  columns: readonly Column[];
  sizes: Sizes;
  isRtl: boolean;
  goTo: (at: At) => void;
  open: () => void;
  close: () => void;
  resize: (name: string, width: number) => void;
}

/** Does what a key stands for; keys that stand for nothing here are left alone. */
export function onKey(event: KeyboardEvent<HTMLElement>, keys: Keys): void {
  const grid = event.currentTarget;
  // Keys in a menu of the grid come by here too.
  if (!grid.contains(event.target as Node) || event.altKey) return;
  const act = actionOf(event, grid, keys);
  if (!act) return;
  event.preventDefault();
  act();
}

function actionOf(event: KeyboardEvent, grid: HTMLElement, keys: Keys): (() => void) | null {
  const { at, total, columns, sizes, isRtl } = keys;
  if (event.key === "Escape") return keys.close;
  if (event.key === "Enter" && at.row >= 0) {
    return at.column > 0 ? keys.open : () => elementAt(grid, at)?.querySelector("a")?.click();
  }
  const column = columns[at.column - 1];
  if (event.shiftKey && at.row < 0 && column && /^Arrow(Left|Right)$/.test(event.key)) {
    const by = (event.key === "ArrowRight") === isRtl ? -STEP : STEP;
    return () => keys.resize(column.variable.name, column.width + by);
  }
  const page = Math.max(1, Math.floor((grid.clientHeight - sizes.headHeight) / sizes.rowHeight) - 1);
  const bounds = { rows: total, columns: columns.length + 1, page, isRtl };
  const next = moved(at, event.key, event.ctrlKey || event.metaKey, bounds);
  return next && (() => keys.goTo(next));
}
