// Which rows are shown, in which order: filters by column, a search in all columns, sorting.
const columns = [
  { key: "document", label: "Document", width: 220, variable: null },
  ...(about.entities ? [{ key: "entity", label: "Entity", width: 180, variable: null }] : []),
  ...about.variables.map((variable, at) => ({ key: `v${at}`, label: variable.label, width: widthOf(variable), variable, at })),
];

/** In pixels: by its type, more for a long name. */
function widthOf(variable) {
  const ofType = { TEXT: 240, CATEGORY: 170, DATE: 130, NUMBER: 120, BOOLEAN: 110 }[variable.type] || 180;
  return Math.max(ofType, Math.min(260, 40 + 9 * variable.label.length));
}

const view = { search: "", filters: new Map(), sort: null, hidden: new Set(), rows: [], columns };

const EMPTY = {};
const cellOf = (row, column) => (column.variable ? row.cells[column.at] || EMPTY : null);

/** The words that a cell shows, a text each; none where it is missing. */
function valuesOf(row, column) {
  if (column.key === "document") return [row.document.name];
  if (column.key === "entity") return row.entity ? [row.entity] : [];
  return cellOf(row, column).v || [];
}

/** What a cell's values are sorted and compared by. */
function keysOf(row, column) {
  const cell = cellOf(row, column);
  const values = (cell && cell.k ? cell.k : valuesOf(row, column)).filter((value) => value !== null);
  if (!column.variable || column.variable.type !== "NUMBER") return values.map(String);
  return values.map(Number).filter((value) => !Number.isNaN(value));
}

/** By its first value; null where there is none. */
function sortKey(row, column) {
  const [first = null] = keysOf(row, column);
  return first;
}

const inWords = new Intl.Collator(undefined, { numeric: true });

function compare(left, right) {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return inWords.compare(String(left), String(right));
}

/** Sorted by a column, those without a value last; else, and among the same, as the dataset has them. */
function sorted(rows) {
  if (!view.sort) return rows;
  const { column, descending } = view.sort;
  const keyed = rows.map((row) => [sortKey(row, column), row]);
  keyed.sort(([left, first], [right, second]) => {
    if (left === null || right === null) return (left === null) - (right === null) || first.index - second.index;
    return (descending ? compare(right, left) : compare(left, right)) || first.index - second.index;
  });
  return keyed.map(([, row]) => row);
}

const folded = (text) => text.normalize("NFKC").toLocaleLowerCase();

function isWithin(key, { least, most }) {
  if (least !== undefined && compare(key, least) < 0) return false;
  // A month or year that is asked for as the last one counts as a whole: 2021 includes 2021-12-31.
  return most === undefined || compare(key, most) <= 0 || String(key).startsWith(`${most}-`);
}

function holds(row, column, filter) {
  const cell = cellOf(row, column) || EMPTY;
  const values = valuesOf(row, column);
  if (filter.flagged && cell.z !== "flagged") return false;
  if (filter.text && !folded(values.join("\n")).includes(folded(filter.text))) return false;
  const isRanged = filter.least !== undefined || filter.most !== undefined;
  if (isRanged && !keysOf(row, column).some((key) => isWithin(key, filter))) return false;
  if (!filter.values && !filter.missing) return true;
  if (values.length) return Boolean(filter.values) && values.some((value) => filter.values.has(value));
  return Boolean(filter.missing) && filter.missing.has(cell.m || "");
}

function found(row, wanted) {
  if (!wanted) return true;
  if (row.folded === undefined) row.folded = folded(columns.flatMap((column) => valuesOf(row, column)).join("\n"));
  return row.folded.includes(wanted);
}

function chooseRows() {
  const wanted = folded(view.search.trim());
  const filters = [...view.filters].map(([key, filter]) => [columns.find((column) => column.key === key), filter]);
  const kept = allRows.filter((row) => filters.every(([column, filter]) => holds(row, column, filter)) && found(row, wanted));
  view.rows = sorted(kept);
  view.columns = columns.filter((column) => !view.hidden.has(column.key));
}

/** The values of a column with how often they occur, and the reasons why it is empty, the commonest first. */
function occurring(column) {
  const values = new Map();
  const missing = new Map();
  for (const row of allRows) {
    const its = valuesOf(row, column);
    for (const value of new Set(its)) values.set(value, (values.get(value) || 0) + 1);
    if (!its.length) {
      const reason = (cellOf(row, column) || EMPTY).m || "";
      missing.set(reason, (missing.get(reason) || 0) + 1);
    }
  }
  const commonest = (counts) => [...counts].sort((left, right) => right[1] - left[1] || compare(left[0], right[0]));
  return { values: commonest(values), missing: commonest(missing) };
}
