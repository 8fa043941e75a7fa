// One row of the grid: the name of its document and entity, and the cells that are seen.
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { Schema } from "~/api/types.ts";
import { MISSING_SHAPES, VERDICT_SHAPES } from "~/parts/marks.tsx";
import type { CellTexts } from "./cell-texts.ts";
import style from "./DataGrid.module.css";
import { cellOf } from "./dataset.ts";
import type { Column } from "./geometry.ts";
import { COLUMNS } from "./tiles.ts";

interface Row {
  index: number;
  top: number;
  height: number;
  nameWidth: number;
  projectId: string;
  /** What is there of it, by blocks of columns. */
  parts: readonly (Schema<"DatasetRow"> | undefined)[];
  columns: readonly Column[];
  /** Where the columns stand that are seen. */
  seen: readonly { index: number; start: number; size: number }[];
  /** The column of the focus, -1 for none. */
  at: number;
  texts: CellTexts;
}

/** Drawn again only where something of it has changed. */
export const GridRow = memo(
  function GridRow({ index, top, height, nameWidth, projectId, parts, columns, seen, at, texts }: Row) {
    const row = parts.find((part) => part !== undefined);
    return (
      <div
        role="row"
        aria-rowindex={index + 2}
        aria-busy={row ? undefined : true}
        className={`${style.row} ${at >= 0 ? style.rowAt : ""}`}
        style={{ transform: `translateY(${top}px)`, blockSize: height }}
      >
        <div
          role="rowheader"
          aria-colindex={1}
          data-at={`${index}:0`}
          tabIndex={at === 0 ? 0 : -1}
          className={style.name}
          style={{ inlineSize: nameWidth }}
        >
          {row ? <Name row={row} projectId={projectId} /> : <Waits text={texts.loading} />}
        </div>
        {seen.map((place) => {
          const variable = columns[place.index]?.variable;
          const part = parts[Math.floor(place.index / COLUMNS)];
          return (
            <Cell
              key={variable?.id}
              cell={part && cellOf(part, variable?.name)}
              threshold={variable?.confidence_threshold ?? 0}
              isNumber={variable?.type === "NUMBER"}
              place={place}
              row={index}
              isAt={at === place.index + 1}
              texts={texts}
            />
          );
        })}
      </div>
    );
  },
  ({ parts, ...before }, { parts: partsNow, ...now }) =>
    parts.length === partsNow.length &&
    parts.every((part, block) => part === partsNow[block]) &&
    (Object.keys(now) as (keyof typeof now)[]).every((name) => before[name] === now[name]),
);

function Name({ row, projectId }: { row: Schema<"DatasetRow">; projectId: string }) {
  return (
    <>
      <Link
        to="/projects/$projectId/documents/$documentId"
        params={{ projectId, documentId: row.document_id }}
        tabIndex={-1}
        dir="auto"
        title={row.document_name}
      >
        {row.document_name}
      </Link>
      {row.entity_text && (
        <bdi className={style.entity} title={row.entity_text}>
          {row.entity_text}
        </bdi>
      )}
    </>
  );
}

/** What stands where something is not there yet. */
function Waits({ text }: { text: string }) {
  return <span className={style.waits} role="img" aria-label={text} />;
}

function Cell({
  cell,
  threshold,
  isNumber,
  place,
  row,
  isAt,
  texts,
}: {
  cell: Schema<"DatasetCell"> | undefined;
  threshold: number;
  isNumber: boolean;
  place: { index: number; start: number; size: number };
  row: number;
  isAt: boolean;
  texts: CellTexts;
}) {
  const at = {
    "aria-colindex": place.index + 2,
    "data-at": `${row}:${place.index + 1}`,
    tabIndex: isAt ? 0 : -1,
  } as const;
  const where = { insetInlineStart: place.start, inlineSize: place.size };
  if (!cell) {
    return (
      <div role="gridcell" {...at} className={style.cell} style={where}>
        <Waits text={texts.loading} />
      </div>
    );
  }
  const reason = cell.missing_reason;
  const isSure = cell.confidence >= threshold;
  const hasValue = cell.value !== null;
  const marks = marksOf(cell, texts);
  const said = hasValue ? texts.value(cell.value) : reason ? texts.missing(reason) : "";
  const name = [said, hasValue && texts.confidence(cell.confidence), ...marks.map(({ text }) => text)];
  return (
    <div
      role="gridcell"
      {...at}
      aria-label={texts.list(name)}
      className={`${style.cell} ${hasValue ? (isSure ? style.sure : style.unsure) : ""} ${isNumber && hasValue ? style.number : ""}`}
      style={{ ...where, "--sure": hasValue ? cell.confidence : 0 } as object}
    >
      {hasValue ? (
        <bdi className={style.value} title={said}>
          {said}
        </bdi>
      ) : (
        reason && (
          <span className={style.missing} title={said}>
            {MISSING_SHAPES[reason]} {said}
          </span>
        )
      )}
      {hasValue && texts.withPercent && <span className={style.percent}> {texts.percent(cell.confidence)}</span>}
      {marks.map(({ shape, text, tone }) => (
        <span key={shape} className={style[tone]} title={text}>
          {shape}
        </span>
      ))}
    </div>
  );
}

/** The marks beside a value; a shape each, which the cell's name says in words. */
function marksOf(cell: Schema<"DatasetCell">, texts: CellTexts) {
  const marks: { shape: string; text: string; tone: "good" | "doubt" | "bad" }[] = [];
  const flags = texts.flags(cell.flags);
  if (cell.status === "FLAGGED") {
    marks.push({ shape: "⚑", text: flags ? `${texts.flagged}: ${flags}` : texts.flagged, tone: "doubt" });
  }
  if (cell.status === "FAILED") marks.push({ shape: "✕", text: texts.failed, tone: "bad" });
  if (cell.stale) marks.push({ shape: "↻", text: texts.stale(cell.stale), tone: "doubt" });
  // The verdict on a value that was corrected is about what the model had said, which is not what is seen here.
  if (cell.origin === "CORRECTED") marks.push({ shape: "✎", text: texts.corrected, tone: "good" });
  else if (cell.verdict) {
    const [shape, tone] = VERDICT_SHAPES[cell.verdict];
    marks.push({ shape, text: texts.verdict(cell.verdict), tone });
  }
  return marks;
}
