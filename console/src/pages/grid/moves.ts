// Where the focus goes in the grid by a key.

/** A cell: `row` is -1 in the head, `column` 0 for the row's name. */
export interface At {
  row: number;
  column: number;
}

/** What the moves need to know of the grid and the key. */
export interface Bounds {
  rows: number;
  /** With that of the names. */
  columns: number;
  /** Rows that are seen at once. */
  page: number;
  isRtl: boolean;
}

/** The cell that a key leads to from another; null when the key leads nowhere. */
export function moved(at: At, key: string, isFar: boolean, { rows, columns, page, isRtl }: Bounds): At | null {
  const by = (down: number, onwards: number): At => ({
    row: Math.min(Math.max(at.row + down, -1), rows - 1),
    column: Math.min(Math.max(at.column + onwards, 0), columns - 1),
  });
  const all = rows + columns;
  switch (key) {
    case "ArrowDown":
      return by(isFar ? all : 1, 0);
    case "ArrowUp":
      return by(isFar ? -all : -1, 0);
    case "ArrowRight":
      return by(0, (isRtl ? -1 : 1) * (isFar ? all : 1));
    case "ArrowLeft":
      return by(0, (isRtl ? 1 : -1) * (isFar ? all : 1));
    case "PageDown":
      return by(page, 0);
    case "PageUp":
      return at.row < 0 ? at : { ...by(-page, 0), row: Math.max(at.row - page, 0) };
    case "Home":
      return isFar ? { row: Math.min(0, rows - 1), column: 0 } : by(0, -all);
    case "End":
      return isFar ? { row: rows - 1, column: columns - 1 } : by(0, all);
    default:
      return null;
  }
}
