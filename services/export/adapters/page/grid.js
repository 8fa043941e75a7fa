// The table: only the rows in sight are in the document. The grid has the focus, and says which cell is meant.
const ROW = 34;
const BEYOND = 10;
const BESIDE = 400;
const active = { row: 0, column: 0 };
const rendered = { first: 0, last: 0, left: 1, right: 1, elements: new Map() };
let onOpen = () => {};
let onHeader = () => {};
let onMove = () => {};

const cellId = (row, column) => `cell-${row}-${column}`;

function shape(shade) {
  return shade ? make("i", { class: `shape ${shade}`, "aria-hidden": "true" }) : null;
}

/** What a cell shows: its values, or why there are none; in words too what its shape says. */
function cellContent(row, column) {
  const values = valuesOf(row, column);
  const cell = cellOf(row, column);
  if (!cell) return values.map(own);
  const inside = [shape(values.length ? cell.z : cell.z || "missing")];
  values.forEach((value, at) => inside.push(at ? "; " : "", own(value)));
  if (!values.length) inside.push(make("span", { class: "reason" }, plainly(cell.m || "empty")));
  if (cell.z) inside.push(make("span", { class: "unseen" }, ` (${[SHADES[cell.z], ...(cell.f || []).map(plainly)].join(", ")})`));
  return inside;
}

function cellElement(row, position, at) {
  const column = view.columns[at];
  const isName = column.key === "document";
  const cell = cellOf(row, column);
  const shade = cell ? (valuesOf(row, column).length ? cell.z : `missing ${cell.z || ""}`) : "";
  const isNumber = column.variable && column.variable.type === "NUMBER";
  return make(
    isName ? "th" : "td",
    {
      id: cellId(position, at),
      role: isName ? "rowheader" : "gridcell",
      class: `${isName ? "name" : ""} ${shade || ""} ${isNumber ? "number" : ""}`.trim() || null,
      "aria-colindex": at + 1,
      "data-row": position,
      "data-column": at,
    },
    ...cellContent(row, column),
  );
}

function filler(count) {
  return count > 0 ? make("td", { class: "filler", role: "presentation", colspan: count }) : null;
}

/** A row with its name and the cells in sight; cells out of sight are one cell as wide as they are. */
function rowElement(position) {
  const row = view.rows[position];
  const { left, right } = rendered;
  const element = make("tr", { role: "row", "aria-rowindex": position + 2 }, cellElement(row, position, 0), filler(left - 1));
  for (let at = left; at < right; at += 1) element.append(cellElement(row, position, at));
  const rest = filler(view.columns.length - right);
  if (rest) element.append(rest);
  return element;
}

function spacer(rows) {
  const element = make("tr", { class: "spacer", role: "presentation" });
  element.style.height = `${rows * ROW}px`;
  return element;
}

/** Which rows and columns are in sight, with some around them: {first, last, left, right}, the ends not included. */
function inSight() {
  const { scrollTop, scrollLeft, clientHeight, clientWidth } = byId("scroller");
  let [left, right, edge] = [view.columns.length, 1, 0];
  view.columns.forEach((column, at) => {
    const end = edge + column.width;
    if (at > 0 && end > scrollLeft - BESIDE && edge < scrollLeft + clientWidth + BESIDE) {
      left = Math.min(left, at);
      right = at + 1;
    }
    edge = end;
  });
  return {
    first: Math.max(0, Math.floor(scrollTop / ROW) - BEYOND),
    last: Math.min(view.rows.length, Math.ceil((scrollTop + clientHeight) / ROW) + BEYOND),
    left: Math.min(left, right),
    right,
  };
}

/** Renders what has come into sight; rows that are there already are kept, unless they are to be made anew. */
function renderBody(isAnew) {
  const now = inSight();
  const isSame = ["first", "last", "left", "right"].every((edge) => now[edge] === rendered[edge]);
  if (isSame && !isAnew) return;
  if (isAnew || now.left !== rendered.left || now.right !== rendered.right) rendered.elements.clear();
  Object.assign(rendered, now);
  const elements = new Map();
  for (let position = now.first; position < now.last; position += 1) {
    elements.set(position, rendered.elements.get(position) || rowElement(position));
  }
  rendered.elements = elements;
  byId("body").replaceChildren(spacer(now.first), ...elements.values(), spacer(Math.max(0, view.rows.length - now.last)));
  markActive();
}

function renderHeader() {
  byId("widths").replaceChildren(
    ...view.columns.map((column) => {
      const element = make("col");
      element.style.width = `${column.width}px`;
      return element;
    }),
  );
  byId("grid").style.width = `${view.columns.reduce((sum, column) => sum + column.width, 0)}px`;
  byId("grid").setAttribute("aria-colcount", view.columns.length);
  byId("header").replaceChildren(
    ...view.columns.map((column, at) => {
      const isSorted = view.sort && view.sort.column === column;
      const direction = isSorted ? (view.sort.descending ? "descending" : "ascending") : null;
      const told = [isSorted ? (view.sort.descending ? "\u2193" : "\u2191") : "", view.filters.has(column.key) ? "filtered" : ""];
      return make(
        "th",
        {
          id: cellId(-1, at),
          scope: "col",
          role: "columnheader",
          class: column.key === "document" ? "name" : null,
          "aria-colindex": at + 1,
          "aria-sort": direction,
          "aria-haspopup": "dialog",
          title: column.variable ? `${column.label} (${column.variable.name}): sort and filter` : "Sort and filter",
          "data-row": -1,
          "data-column": at,
        },
        own(column.label),
        make("span", { class: "told" }, told.filter(Boolean).join(" ")),
      );
    }),
  );
}

function markActive() {
  const grid = byId("grid");
  for (const cell of grid.querySelectorAll(".active")) cell.classList.remove("active");
  const id = cellId(active.row, active.column);
  const cell = byId(id);
  if (cell) cell.classList.add("active");
  if (cell) grid.setAttribute("aria-activedescendant", id);
  else grid.removeAttribute("aria-activedescendant");
}

/** Scrolls so that the active cell is seen whole. */
function showActive() {
  const scroller = byId("scroller");
  const head = byId("header").offsetHeight;
  if (active.row >= 0) {
    const top = active.row * ROW;
    const height = scroller.clientHeight - head;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + ROW > scroller.scrollTop + height) scroller.scrollTop = top + ROW - height;
  }
  const fixed = view.columns.length ? view.columns[0].width : 0;
  const left = view.columns.slice(0, active.column).reduce((sum, column) => sum + column.width, 0);
  const width = view.columns[active.column] ? view.columns[active.column].width : 0;
  if (active.column > 0 && left < scroller.scrollLeft + fixed) scroller.scrollLeft = left - fixed;
  else if (left + width > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = left + width - scroller.clientWidth;
  renderBody(false);
  markActive();
}

function moveTo(row, column) {
  active.row = Math.max(-1, Math.min(view.rows.length - 1, row));
  active.column = Math.max(0, Math.min(view.columns.length - 1, column));
  showActive();
  if (active.row >= 0) onMove();
}

function renderAll() {
  chooseRows();
  byId("grid").setAttribute("aria-rowcount", view.rows.length + 1);
  byId("nothing").hidden = view.rows.length > 0;
  active.row = Math.min(active.row, view.rows.length - 1);
  active.column = Math.max(0, Math.min(active.column, view.columns.length - 1));
  renderHeader();
  renderBody(true);
  tellState();
}

function tellState() {
  const all = allRows.length;
  const parts = [view.rows.length === all ? many(all, "row") : `${number.format(view.rows.length)} of ${many(all, "row")}`];
  if (view.search.trim()) parts.push(`with \u201c${view.search.trim()}\u201d`);
  if (view.filters.size) {
    const names = columns.filter((column) => view.filters.has(column.key)).map((column) => column.label);
    parts.push(`filtered by ${names.join(", ")}`);
  }
  if (view.sort) parts.push(`sorted by ${view.sort.column.label}${view.sort.descending ? ", the last first" : ""}`);
  if (view.hidden.size) parts.push(`${many(view.hidden.size, "column")} hidden`);
  byId("state").textContent = parts.join("; ");
  byId("clear").disabled = !(view.filters.size || view.search || view.sort);
}

function openActive() {
  if (active.row < 0) onHeader(view.columns[active.column]);
  else if (view.rows.length) onOpen();
}

function gridKey(event) {
  if (event.altKey || event.metaKey) return;
  const page = Math.max(1, Math.floor(byId("scroller").clientHeight / ROW) - 2);
  const { row, column } = active;
  const far = event.ctrlKey;
  const moves = {
    ArrowDown: () => moveTo(row + 1, column),
    ArrowUp: () => moveTo(row - 1, column),
    ArrowRight: () => moveTo(row, column + 1),
    ArrowLeft: () => moveTo(row, column - 1),
    PageDown: () => moveTo(row + page, column),
    PageUp: () => moveTo(Math.max(0, row - page), column),
    Home: () => moveTo(far ? 0 : row, 0),
    End: () => moveTo(far ? view.rows.length - 1 : row, view.columns.length - 1),
    Enter: openActive,
    " ": openActive,
    f: () => onHeader(view.columns[column]),
  };
  const move = moves[event.key];
  if (!move || (far && !["Home", "End"].includes(event.key))) return;
  event.preventDefault();
  move();
}

function gridClick(event) {
  const cell = event.target.closest("[data-column]");
  if (!cell) return;
  active.row = Number(cell.dataset.row);
  active.column = Number(cell.dataset.column);
  markActive();
  openActive();
}

function startGrid() {
  byId("scroller").addEventListener("scroll", () => renderBody(false), { passive: true });
  byId("grid").addEventListener("keydown", gridKey);
  byId("grid").addEventListener("click", gridClick);
  new ResizeObserver(() => renderBody(false)).observe(byId("scroller"));
}
