// Which rows and columns are drawn: those that are seen, some more, and those of the focus.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useState } from "react";
import { type Column, rangeWith, type Sizes } from "./geometry.ts";
import type { At } from "./moves.ts";
import { type Tile, tilesOf } from "./tiles.ts";

const AHEAD = 4;

/** `scroller`: the element that scrolls both ways. */
export function useWindow(
  scroller: RefObject<HTMLElement | null>,
  { columns, total, at, isRtl }: { columns: readonly Column[]; total: number; at: At; isRtl: boolean },
  { rowHeight, headHeight, nameWidth }: Sizes,
) {
  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: AHEAD,
    scrollMargin: headHeight,
    rangeExtractor: useCallback((range) => rangeWith(range, at.row), [at.row]),
  });
  const across = useVirtualizer({
    horizontal: true,
    isRtl,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => columns[index]?.width ?? 0,
    // Another width is another key: the column is measured anew.
    getItemKey: useCallback((index: number) => `${columns[index]?.variable.name} ${columns[index]?.width}`, [columns]),
    overscan: 1,
    paddingStart: nameWidth,
    rangeExtractor: useCallback((range) => rangeWith(range, at.column - 1), [at.column]),
  });
  const tiles: Tile[] = tilesOf(
    { first: rows.range?.startIndex ?? 0, last: rows.range?.endIndex ?? 0 },
    { first: across.range?.startIndex ?? 0, last: across.range?.endIndex ?? 0 },
    total,
    rows.scrollDirection === "backward" ? -1 : 1,
  );
  return {
    rows: rows.getVirtualItems(),
    height: rows.getTotalSize(),
    columns: across.getVirtualItems(),
    width: across.getTotalSize(),
    tiles,
  };
}

/** As large as the text is. */
export function useHeights() {
  const [rem] = useState(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16);
  return { rowHeight: Math.round(rem * 2.25), headHeight: Math.round(rem * 5.25) };
}
