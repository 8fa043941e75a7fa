// The dataset as a grid of which only what is seen is there: rows, columns, the focus that moves through them.
import { type MouseEvent, useRef } from "react";
import { useLocale } from "react-aria-components";
import { flushSync } from "react-dom";
import { useTranslations } from "use-intl";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { ColumnHeader, NameHeader } from "./ColumnHeader.tsx";
import { useCellTexts } from "./cell-texts.ts";
import type { Changes } from "./changes.ts";
import style from "./DataGrid.module.css";
import { type Shown, useFacets, useTiles } from "./dataset.ts";
import { GridRow } from "./GridRow.tsx";
import { bringIntoView, type Column, elementAt, placeOf } from "./geometry.ts";
import { onKey } from "./keys.ts";
import type { At } from "./moves.ts";
import { COLUMNS } from "./tiles.ts";
import { useHeights, useWindow } from "./useWindow.ts";

interface Grid {
  shown: Shown;
  columns: readonly Column[];
  nameWidth: number;
  /** How many rows there are. */
  total: number;
  hasEntities: boolean;
  /** The cell that the focus is at, or goes to. */
  at: At;
  withPercent: boolean;
  changes: Changes;
  onMove: (at: At) => void;
  onOpen: (at: At, byKey: boolean) => void;
  onClose: () => void;
}

export function DataGrid(grid: Grid) {
  const { shown, columns, nameWidth, total, at, changes, onMove, onOpen, onClose } = grid;
  const t = useTranslations("grid");
  const isRtl = useLocale().direction === "rtl";
  const scroller = useRef<HTMLDivElement>(null);
  const texts = useCellTexts(grid.withPercent);
  const sizes = { ...useHeights(), nameWidth };
  const seen = useWindow(scroller, { columns, total, at, isRtl }, sizes);
  const loaded = useTiles(shown, seen.tiles);

  const goTo = (next: At) => {
    // The cell of the focus is always drawn; what is seen around it then is drawn in the next frame.
    flushSync(() => onMove(next));
    if (!scroller.current) return;
    bringIntoView(scroller.current, next, columns, sizes, isRtl);
    elementAt(scroller.current, next)?.focus({ preventScroll: true });
  };
  const keys = { at, total, columns, sizes, isRtl, goTo, close: onClose, resize: changes.resize };
  const onClick = (event: MouseEvent) => {
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
        onKeyDown={(event) => onKey(event, { ...keys, open: () => onOpen(at, true) })}
        onClick={onClick}
        onFocus={(event) => {
          const focused = placeOf(event.target);
          if (focused && (focused.row !== at.row || focused.column !== at.column)) onMove(focused);
        }}
      >
        <GridHead
          grid={grid}
          height={sizes.headHeight}
          width={seen.width}
          seen={seen.columns}
          hasRows={loaded.row(0) !== undefined}
        />
        <div
          role="rowgroup"
          className={style.body}
          style={{ inlineSize: seen.width, blockSize: seen.height, "--row": `${sizes.rowHeight}px` } as object}
        >
          {seen.rows.map(({ index, start }) => (
            <GridRow
              key={index}
              index={index}
              top={start - sizes.headHeight}
              height={sizes.rowHeight}
              nameWidth={nameWidth}
              projectId={shown.projectId}
              parts={loaded.parts(index)}
              columns={columns}
              seen={seen.columns}
              at={at.row === index ? at.column : -1}
              texts={texts}
            />
          ))}
        </div>
      </div>
    </>
  );
}

/** The heads of the columns that are seen; their histograms are asked for once rows are there. */
function GridHead({
  grid: { shown, columns, nameWidth, hasEntities, at, changes },
  height,
  width,
  seen,
  hasRows,
}: {
  grid: Grid;
  height: number;
  width: number;
  seen: readonly { index: number; start: number; size: number }[];
  hasRows: boolean;
}) {
  const blocks = [...new Set(seen.map(({ index }) => Math.floor(index / COLUMNS)))];
  const facets = useFacets(shown, blocks, hasRows);
  const isAt = (column: number) => at.row < 0 && at.column === column;
  return (
    <div role="rowgroup" className={style.head} style={{ inlineSize: width, blockSize: height }}>
      <div role="row" aria-rowindex={1} className={style.headRow}>
        <NameHeader width={nameWidth} isAt={isAt(0)} hasEntities={hasEntities} changes={changes} />
        {seen.map(({ index, start, size }) => {
          const variable = columns[index]?.variable;
          return (
            variable && (
              <ColumnHeader
                key={variable.id}
                variable={variable}
                place={index + 1}
                start={start}
                width={size}
                isAt={isAt(index + 1)}
                facet={facets.get(variable.name)}
                changes={changes}
              />
            )
          );
        })}
      </div>
    </div>
  );
}
