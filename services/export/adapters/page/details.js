// The panel beside the table: what is known of a value, and its quote in the text of its document.
const opened = { row: null, column: null };

function fact(list, label, ...value) {
  const given = value.filter((one) => one !== null && one !== undefined && one !== "");
  if (given.length) list.append(make("dt", {}, label), make("dd", {}, ...given));
}

const listed = (values) => values.flatMap((value, at) => (at ? ["; ", own(value)] : [own(value)]));

/** The page is told of documents that have several. */
function evidence(cell, its) {
  if (!cell.q) return null;
  const quote = make("blockquote", { dir: "auto" }, cell.q);
  const told = [MATCHES[cell.h], cell.p && its.pages ? `Page ${cell.p[0][2]}.` : ""].filter(Boolean).join(" ");
  return make("figure", {}, quote, told ? make("figcaption", {}, told) : null);
}

function candidates(cell) {
  return (cell.a || []).map((one) =>
    make("li", {}, ...listed(one.v || []), one.u ? ` (${plainly(one.u)}, confidence ${share(one.c || 0)})` : "", one.q ? make("blockquote", { dir: "auto" }, one.q) : null),
  );
}

function described(row, column) {
  const cell = cellOf(row, column);
  const list = make("dl");
  fact(list, "Confidence", cell.c === undefined ? "" : share(cell.c));
  fact(list, "Status", cell.s ? plainly(cell.s) : "");
  fact(list, "Flags", (cell.f || []).map(plainly).join(", "));
  fact(list, "Missing", cell.m ? plainly(cell.m) : "");
  fact(list, "Origin", cell.o ? plainly(cell.o) : "");
  fact(list, "The model said", ...(cell.w ? listed(cell.w) : []));
  fact(list, "Stale", cell.t ? plainly(cell.t) : "");
  about.details.forEach((label, at) => {
    const value = (cell.x || [])[at];
    fact(list, label[0].toUpperCase() + label.slice(1), value === null || value === undefined ? "" : own(WORD.test(value) ? plainly(value) : value));
  });
  return list;
}

const pagesOf = (pages) => `page${pages.length > 1 ? "s" : ""} ${pages.join(", ")}`;

function readingNotes(its) {
  return [
    its.error ? `The document could not be coded: ${its.error}` : "",
    its.unread ? `Not read: ${pagesOf(its.unread)}.` : "",
    its.unsure ? `Text recognition is unsure: ${pagesOf(its.unsure)}.` : "",
  ].filter(Boolean);
}

function renderDetails(row, column) {
  byId("document").textContent = row.document.name;
  const parts = [];
  if (row.entity) parts.push(make("p", { class: "entity" }, "Entity: ", own(row.entity)));
  if (column.variable) {
    const cell = cellOf(row, column);
    const values = valuesOf(row, column);
    const title = make("h3", {}, own(column.variable.label), " ", make("code", {}, column.variable.name));
    const shown = values.length ? listed(values) : [make("span", { class: "reason" }, plainly(cell.m || "empty"))];
    const shade = values.length ? cell.z : cell.z || "missing";
    const told = cell.z ? make("span", { class: "told" }, ` ${SHADES[cell.z]}`) : null;
    parts.push(title, make("p", { class: "value" }, shape(shade), ...shown, told), evidence(cell, row.document), described(row, column));
    const others = candidates(cell);
    if (others.length) parts.push(make("h4", {}, "In question were"), make("ul", {}, ...others));
  }
  for (const note of readingNotes(row.document)) parts.push(make("p", { class: "warning" }, note));
  byId("details").replaceChildren(...parts.filter(Boolean));
}

let turn = 0;

async function openPlace(row, column) {
  turn += 1;
  const mine = turn;
  delete byId("place").dataset.shown;
  Object.assign(opened, { row, column });
  byId("place").hidden = false;
  document.body.classList.add("reading");
  renderDetails(row, column);
  await showText(row.document);
  if (mine !== turn) return;
  const cell = cellOf(row, column) || EMPTY;
  const quote = quoteRanges(cell);
  const mention = row.place && shownText.chunks.length ? [rangeOf(row.place)] : [];
  const others = row.cells.filter((one) => one !== cell && one.p).flatMap(quoteRanges);
  highlight(quote, mention, others);
  byId("place").dataset.shown = `${row.index} ${column.key}`;
  if (cell.p && shownText.chunks.length && !quote.length) {
    byId("details").append(make("p", { class: "warning" }, "The document was read anew since: its text no longer has the quote at this place."));
  }
}

function openHere() {
  const row = view.rows[active.row];
  if (row) openPlace(row, view.columns[active.column]);
}

function closePlace() {
  if (byId("place").hidden) return;
  byId("place").hidden = true;
  document.body.classList.remove("reading");
  highlight([], [], []);
  opened.row = null;
  byId("grid").focus();
}

/** The next cell with a value or quote in reading order, or the one before. */
function step(by) {
  const width = view.columns.length;
  let at = active.row * width + active.column + by;
  while (at >= 0 && at < view.rows.length * width) {
    const row = view.rows[Math.floor(at / width)];
    const cell = cellOf(row, view.columns[at % width]);
    if (cell && (cell.q || cell.v)) {
      moveTo(Math.floor(at / width), at % width);
      openHere();
      return;
    }
    at += by;
  }
}

function startPlace() {
  onOpen = openHere;
  onMove = () => {
    if (!byId("place").hidden) openHere();
  };
  byId("close").addEventListener("click", closePlace);
  byId("before").addEventListener("click", () => step(-1));
  byId("after").addEventListener("click", () => step(1));
}
