// Views as the API keeps them, columns by the variables' ids, and what the grid shows of them.
import type { Schema } from "~/api/types.ts";
import { AS_THEY_ARE, type Columns, shownOf } from "./columns.ts";

/** What a view keeps. */
export type Kept = Pick<Schema<"View">, "filter" | "sort" | "columns">;
type Variables = readonly Pick<Schema<"Variable">, "id" | "name">[];

const NAMES_COLUMN = "document";

/** What the grid shows now, as a view keeps it. */
export function keptOf(filter: readonly string[], sort: string, columns: Columns, variables: Variables): Kept {
  const isUsual = columns.order.length + columns.hidden.length + Object.keys(columns.widths).length === 0;
  const widthOf = (name: string) => columns.widths[name] ?? 0;
  const listed = [
    { column: NAMES_COLUMN, width: widthOf(""), pinned: true },
    ...shownOf(variables, columns).map(({ id, name }) => ({ column: id, width: widthOf(name), pinned: false })),
  ];
  return { filter: [...filter], sort, columns: isUsual ? [] : listed };
}

/** The columns that a view shows: those that it lists, of the variables that there are; all where it lists none. */
export function columnsOf({ columns }: Pick<Kept, "columns">, variables: Variables): Columns {
  if (columns.length === 0) return AS_THEY_ARE;
  const nameOf = new Map([[NAMES_COLUMN, ""], ...variables.map(({ id, name }) => [id, name] as const)]);
  const known = columns.flatMap(({ column, width }) => {
    const name = nameOf.get(column);
    return name === undefined ? [] : [{ name, width }];
  });
  const order = known.map(({ name }) => name).filter((name) => name !== "");
  return {
    order,
    hidden: variables.map(({ name }) => name).filter((name) => !order.includes(name)),
    widths: Object.fromEntries(known.filter(({ width }) => width > 0).map(({ name, width }) => [name, width])),
  };
}

/** Whether a view shows what is shown now. */
export function isSame(view: Kept, now: Kept, variables: Variables): boolean {
  // Through the columns of now, as a view may list variables that are gone.
  const again = keptOf(view.filter, view.sort, columnsOf(view, variables), variables);
  return JSON.stringify(again) === JSON.stringify(now);
}
