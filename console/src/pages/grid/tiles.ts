// The dataset in tiles, so many rows of so many columns each: which ones cover what is seen, and what is seen next.

export const ROWS = 50;
export const COLUMNS = 10;

export interface Tile {
  /** Its first row is `page * ROWS`. */
  page: number;
  /** Its first column is `block * COLUMNS`. */
  block: number;
}

/** First and last, from 0. */
export interface Range {
  first: number;
  last: number;
}

/**
 * The tiles that cover these rows and columns, and the page that comes next in the direction of the scroll.
 *
 * `ahead`: 1 for downwards, -1 for upwards.
 */
export function tilesOf(rows: Range, columns: Range, rowCount: number, ahead: number): Tile[] {
  if (rowCount === 0) return [{ page: 0, block: 0 }];
  const pages = steps(rows, ROWS);
  const next = ahead < 0 ? Math.min(...pages) - 1 : Math.max(...pages) + 1;
  const blocks = steps(columns, COLUMNS);
  return [...pages, next]
    .filter((page) => page >= 0 && page * ROWS < rowCount)
    .flatMap((page) => blocks.map((block) => ({ page, block })));
}

/** The names of a block's columns. */
export function blockOf(names: readonly string[], block: number): string[] {
  return names.slice(block * COLUMNS, (block + 1) * COLUMNS);
}

function steps({ first, last }: Range, size: number): number[] {
  const from = Math.floor(Math.max(first, 0) / size);
  const to = Math.floor(Math.max(last, 0) / size);
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
