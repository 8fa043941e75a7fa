// What the parts of the grid may change of how it is shown.

/** How rows and columns are shown, and what changes that. */
export interface Changes {
  filters: readonly string[];
  sort: string;
  setFilters: (filters: readonly string[]) => void;
  setSort: (sort: string) => void;
  hide: (name: string) => void;
  move: (name: string, by: number) => void;
  /** In pixels; the column of the names is called "". */
  resize: (name: string, width: number) => void;
}
