// Which columns the grid shows, in what order and how wide: as a person has them in this browser, or in a saved view.

/** Names of variables; `widths` in pixels by name, the one of the row's name under "". */
export interface Columns {
  order: readonly string[];
  hidden: readonly string[];
  widths: Readonly<Record<string, number>>;
}

export const AS_THEY_ARE: Columns = { order: [], hidden: [], widths: {} };
export const NARROWEST = 72;
export const WIDEST = 640;

/** Columns out of a text that was kept; as they are where it is none. */
export function readColumns(text: string | null): Columns {
  try {
    const { order, hidden, widths } = JSON.parse(text ?? "{}") as Partial<Columns>;
    return {
      order: names(order),
      hidden: names(hidden),
      widths: Object.fromEntries(Object.entries(widths ?? {}).filter(([, width]) => Number.isFinite(width))),
    };
  } catch {
    return AS_THEY_ARE;
  }
}

/** All variables in the order that a person gave them; those that came later stand last. */
export function inOrder<Named extends { name: string }>(all: readonly Named[], { order }: Columns): Named[] {
  const place = new Map(order.map((name, at) => [name, at]));
  const placeOf = (one: Named) => place.get(one.name) ?? order.length;
  return [...all].sort((one, other) => placeOf(one) - placeOf(other));
}

/** Those that are shown. */
export function shownOf<Named extends { name: string }>(all: readonly Named[], columns: Columns): Named[] {
  return inOrder(all, columns).filter(({ name }) => !columns.hidden.includes(name));
}

/** The columns with one moved by so many places (-1: earlier), among those that are shown. */
export function moved(all: readonly { name: string }[], columns: Columns, name: string, by: number): Columns {
  const order = inOrder(all, columns).map((one) => one.name);
  const shown = order.filter((one) => !columns.hidden.includes(one));
  const other = shown[shown.indexOf(name) + by];
  if (other === undefined) return columns;
  const without = order.filter((one) => one !== name);
  without.splice(without.indexOf(other) + (by > 0 ? 1 : 0), 0, name);
  return { ...columns, order: without };
}

export function resized(columns: Columns, name: string, width: number): Columns {
  const within = Math.round(Math.min(Math.max(width, NARROWEST), WIDEST));
  return { ...columns, widths: { ...columns.widths, [name]: within } };
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
