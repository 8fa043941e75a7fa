// The dataset as a grid of which only what is seen is there: rows, columns, the focus that moves through them.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, useCallback, useRef, useState } from "react";
import { useLocale } from "react-aria-components";
import { flushSync } from "react-dom";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { type Changes, ColumnHeader, NameHeader } from "./ColumnHeader.tsx";
import { useCellTexts } from "./cell-texts.ts";
import style from "./DataGrid.module.css";
import { type Shown, useFacets, useTiles } from "./dataset.ts";
import { GridRow } from "./GridRow.tsx";
import { type At, moved } from "./moves.ts";
import { COLUMNS, tilesOf } from "./tiles.ts";

/** A column, as wide as it is shown. */
export interface Column {
  variable: Schema<"Variable">;
  width: number;
}

const AHEAD = 6;

/** `at`: the cell that the focus is at, or goes to; `total`: how many rows there are. */
export function DataGrid({
  shown,
  columns,
  nameWidth,
  total,
  hasEntities,
  at,
  withPercent,
  changes,
  onMove,
  onOpen,
  onClose,
}: {
  shown: Shown;
  columns: readonly Column[];
  nameWidth: number;
  total: number;
  hasEntities: boolean;
  at: At;
  withPercent: boolean;
  changes: Changes;
  onMove: (at: At) => void;
  onOpen: (at: At, byKey: boolean) => void;
  onClose: () => void;
}) {
  const t = useTranslations("grid");
  const isRtl = useLocale().direction === "rtl";
  const scroller = useRef<HTMLDivElement>(null);
  const texts = useCellTexts(withPercent);
  const { rowHeight, headHeight } = useHeights();

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
  const seen = across.getVirtualItems();
  const { range: rowRange, scrollDirection } = rows;
  const { range: columnRange } = across;
  const tiles = tilesOf(
    { first: rowRange?.startIndex ?? 0, last: rowRange?.endIndex ?? 0 },
    { first: columnRange?.startIndex ?? 0, last: columnRange?.endIndex ?? 0 },
    total,
    scrollDirection === "backward" ? -1 : 1,
  );
  const loaded = useTiles(shown, tiles);
  const blocks = [...new Set(seen.map(({ index }) => Math.floor(index / COLUMNS)))];
  const facets = useFacets(shown, blocks, total > 0 && loaded.row(0) !== undefined);

  const goTo = (next: At) => {
    flushSync(() => onMove(next));
    if (scroller.current) bringIntoView(scroller.current, next, { columns, nameWidth, rowHeight, headHeight, isRtl });
    // What is seen now is drawn in the next frame; the cell of the focus is always there.
    scroller.current
      ?.querySelector<HTMLElement>(`[data-at="${next.row}:${next.column}"]`)
      ?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (!event.currentTarget.contains(event.target as Node) || event.altKey) return;
    if (event.key === "Escape") return onClose();
    if (event.key === "Enter" && at.row >= 0) {
      event.preventDefault();
      if (at.column > 0) return onOpen(at, true);
      // The row's name leads to its document.
      return event.currentTarget.querySelector<HTMLElement>(`[data-at="${at.row}:0"] a`)?.click();
    }
    if (event.shiftKey && at.row < 0 && at.column > 0 && event.key.startsWith("Arrow")) {
      const wider = (event.key === "ArrowRight") !== isRtl ? 16 : -16;
      const column = columns[at.column - 1];
      if (column && /Left|Right/.test(event.key)) changes.resize(column.variable.name, column.width + wider);
      event.preventDefault();
      return;
    }
    const page = Math.max(1, Math.floor((event.currentTarget.clientHeight - headHeight) / rowHeight) - 1);
    const bounds = { rows: total, columns: columns.length + 1, page, isRtl };
    const next = moved(at, event.key, event.ctrlKey || event.metaKey, bounds);
    if (!next) return;
    event.preventDefault();
    goTo(next);
  };
  const onClick = (event: MouseEvent<HTMLDivElement>) => {
    const clicked = placeOf(event.target);
    if (clicked && clicked.row >= 0 && clicked.column > 0) onOpen(clicked, false);
  };

  return (
    <>
      {loaded.error !== null && <ProblemNotice error={loaded.error} retry={loaded.retry} />}
      <div
        ref={scroller}
        role="grid"
        tabIndex={-1}
        className={style.grid}
        aria-label={t("title")}
        aria-rowcount={total + 1}
        aria-colcount={columns.length + 1}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onFocus={(event) => {
          const focused = placeOf(event.target);
          if (focused && (focused.row !== at.row || focused.column !== at.column)) onMove(focused);
        }}
      >
        <div
          role="rowgroup"
          className={style.head}
          style={{ inlineSize: across.getTotalSize(), blockSize: headHeight }}
        >
          <div role="row" aria-rowindex={1} className={style.headRow}>
            <NameHeader
              width={nameWidth}
              isAt={at.row < 0 && at.column === 0}
              hasEntities={hasEntities}
              changes={changes}
            />
            {seen.map(({ index, start, size }) => {
              const column = columns[index];
              return (
                column && (
                  <ColumnHeader
                    key={column.variable.id}
                    variable={column.variable}
                    place={index + 1}
                    start={start}
                    width={size}
                    isAt={at.row < 0 && at.column === index + 1}
                    facet={facets.get(column.variable.name)}
                    changes={changes}
                  />
                )
              );
            })}
          </div>
        </div>
        <div
          role="rowgroup"
          className={style.body}
          style={
            { inlineSize: across.getTotalSize(), blockSize: rows.getTotalSize(), "--row": `${rowHeight}px` } as object
          }
        >
          {rows.getVirtualItems().map(({ index, start }) => (
            <GridRow
              key={index}
              index={index}
              top={start - headHeight}
              height={rowHeight}
              nameWidth={nameWidth}
              projectId={shown.projectId}
              parts={loaded.parts(index)}
              columns={columns}
              seen={seen}
              at={at.row === index ? at.column : -1}
              texts={texts}
            />
          ))}
        </div>
      </div>
    </>
  );
}

/** The numbers in a range, and one more that is kept wherever it is: that of the focus. */
function rangeWith(range: { startIndex: number; endIndex: number; overscan: number; count: number }, kept: number) {
  const first = Math.max(range.startIndex - range.overscan, 0);
  const last = Math.min(range.endIndex + range.overscan, range.count - 1);
  const numbers = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  if (kept < 0 || kept >= range.count || (kept >= first && kept <= last)) return numbers;
  return kept < first ? [kept, ...numbers] : [...numbers, kept];
}

/** In pixels, as large as the text is. */
function useHeights() {
  const [rem] = useState(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16);
  return { rowHeight: Math.round(rem * 2.25), headHeight: Math.round(rem * 5.25) };
}

function placeOf(target: EventTarget): At | null {
  const text = target instanceof Element ? target.closest<HTMLElement>("[data-at]")?.dataset.at : undefined;
  const [row, column] = text?.split(":").map(Number) ?? [];
  return row !== undefined && column !== undefined ? { row, column } : null;
}

/** Scrolls as far as it takes to see a cell beside the names and below the head. */
function bringIntoView(
  box: HTMLElement,
  { row, column }: At,
  sizes: { columns: readonly Column[]; nameWidth: number; rowHeight: number; headHeight: number; isRtl: boolean },
): void {
  const { columns, nameWidth, rowHeight, headHeight, isRtl } = sizes;
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
