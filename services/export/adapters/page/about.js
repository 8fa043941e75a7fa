// What the page says of the dataset: head, notes, codebook, keys.
function told(items) {
  const list = make("dl", { class: "told" });
  for (const [label, value] of items) list.append(make("dt", {}, label), make("dd", { dir: "auto" }, String(value)));
  return list;
}

function openCodebook() {
  openDialog(
    "Codebook",
    told(about.facts),
    ...about.variables.map((variable) => make("details", {}, make("summary", {}, own(variable.label), " ", make("code", {}, variable.name)), told(variable.codebook))),
  );
}

const MOST_LISTED = 200;

function documentsOf(title, documents) {
  if (!documents.length) return null;
  const items = documents.slice(0, MOST_LISTED).map(([name, why]) => make("li", {}, own(name), why ? `: ${why}` : ""));
  const more = documents.length - items.length;
  if (more > 0) items.push(make("li", {}, `and ${number.format(more)} more`));
  return make("details", {}, make("summary", {}, `${title} (${number.format(documents.length)})`), make("ul", {}, ...items));
}

function openNotes() {
  openDialog(
    "Notes",
    about.notes.length ? make("ul", {}, ...about.notes.map((note) => make("li", { dir: "auto" }, note))) : make("p", {}, "There is nothing to note."),
    documentsOf("Documents without values", about.without_values),
    documentsOf("Documents with pages that were not read", about.unread),
    documentsOf("Documents with pages of which text recognition is unsure", about.unsure),
    make("p", {}, "The page is one file. It loads nothing, and sends nothing anywhere."),
  );
}

const KEYS = [
  ["Arrows, Page Up, Page Down, Home, End", "move in the table; Ctrl+Home and Ctrl+End go to its corners; above the first row are the headings"],
  ["Enter or Space", "shows where a value comes from; on a heading: sort and filter"],
  ["F", "sort and filter the column"],
  ["N, Shift+N", "the next value, the one before"],
  ["/", "search"],
  ["Esc", "closes what is open"],
  ["?", "these keys"],
];

function openKeys() {
  openDialog("Keys", told(KEYS));
}

function tellHead() {
  document.title = about.project;
  byId("title").textContent = about.project;
  const rows = about.shown < about.documents ? `a sample of ${number.format(about.shown)} of ${many(about.documents, "document")}` : many(about.documents, "document");
  byId("summary").replaceChildren(
    `${number.format(allRows.length)} ${allRows.length === 1 ? "row" : "rows"} from ${rows}, ${many(about.variables.length, "variable")}`,
    about.unit ? "; a row is: " : "",
    ...(about.unit ? [own(about.unit)] : []),
    `; written ${about.generated.slice(0, 16).replace("T", " ")} UTC`,
  );
  byId("notes").append(about.notes.length ? ` (${about.notes.length})` : "");
}

function startAbout() {
  byId("codebook").addEventListener("click", openCodebook);
  byId("notes").addEventListener("click", openNotes);
  byId("keys").addEventListener("click", openKeys);
}
