// The dialog of a column: sorting, and which of its cells are wanted; and that of the columns.
const MOST_CHOICES = 200;

function openDialog(title, ...inside) {
  byId("dialog-title").replaceChildren(...[title].flat());
  byId("dialog-body").replaceChildren(...inside.filter(Boolean));
  byId("dialog").showModal();
}

function checkbox(label, isChecked, onChange, count) {
  const box = make("input", { type: "checkbox" });
  box.checked = isChecked;
  box.addEventListener("change", () => onChange(box.checked));
  return make("label", { class: "choice" }, box, " ", label, count === undefined ? null : make("span", { class: "count" }, ` ${number.format(count)}`));
}

function pressed(label, isPressed, onClick) {
  const button = make("button", { type: "button", "aria-pressed": isPressed ? "true" : "false" }, label);
  button.addEventListener("click", onClick);
  return button;
}

/** Sets a part of a column's filter; a filter without parts is none. */
function setFilter(column, name, value) {
  const filter = { ...view.filters.get(column.key) };
  if (value === undefined || value === "" || value === false || (value instanceof Set && !value.size)) delete filter[name];
  else filter[name] = value;
  if (Object.keys(filter).length) view.filters.set(column.key, filter);
  else view.filters.delete(column.key);
  renderAll();
}

function toggled(column, name, value, isWanted) {
  const wanted = new Set((view.filters.get(column.key) || {})[name]);
  if (isWanted) wanted.add(value);
  else wanted.delete(value);
  setFilter(column, name, wanted);
}

function sorting(column) {
  const sort = (descending) => () => {
    const isOn = view.sort && view.sort.column === column && view.sort.descending === descending;
    view.sort = isOn ? null : { column, descending };
    renderAll();
    openColumn(column);
  };
  const is = (descending) => Boolean(view.sort && view.sort.column === column && view.sort.descending === descending);
  return make("p", { class: "buttons" }, pressed("\u2191 Sort up", is(false), sort(false)), pressed("\u2193 Sort down", is(true), sort(true)));
}

function field(label, name, column) {
  // No search field: those are emptied by Esc, which closes the dialog.
  const input = make("input", { type: "text", autocomplete: "off", dir: "auto", autofocus: name === "text" });
  const value = (view.filters.get(column.key) || {})[name];
  input.value = value === undefined ? "" : String(value);
  input.addEventListener("input", () => {
    const given = input.value.trim();
    const isNumber = column.variable && column.variable.type === "NUMBER" && name !== "text";
    const wanted = isNumber && given !== "" ? Number(given) : given;
    input.setAttribute("aria-invalid", String(Number.isNaN(wanted)));
    if (!Number.isNaN(wanted)) setFilter(column, name, wanted);
  });
  return make("label", { class: "field" }, label, " ", input);
}

function choices(title, column, name, counted, shownAs) {
  if (!counted.length) return null;
  const wanted = (view.filters.get(column.key) || {})[name] || new Set();
  const boxes = counted
    .slice(0, MOST_CHOICES)
    .map(([value, count]) => checkbox(shownAs(value), wanted.has(value), (isOn) => toggled(column, name, value, isOn), count));
  return make("fieldset", {}, make("legend", {}, title), ...boxes);
}

function openColumn(column) {
  const { values, missing } = occurring(column);
  const variable = column.variable;
  const isChosen = values.length <= 20 || (variable && ["CATEGORY", "BOOLEAN"].includes(variable.type));
  const flagged = variable
    ? checkbox([shape("flagged"), " Only those that want a look"].reduce((span, part) => (span.append(part), span), make("span")), Boolean((view.filters.get(column.key) || {}).flagged), (isOn) => setFilter(column, "flagged", isOn))
    : null;
  const ranged = variable && variable.ordered;
  openDialog(
    [own(column.label)],
    variable && variable.instructions ? make("p", { class: "instructions", dir: "auto" }, variable.instructions) : null,
    sorting(column),
    field("Has the text", "text", column),
    ranged ? field(variable.type === "DATE" ? "From (2021, 2021-03 ...)" : "From", "least", column) : null,
    ranged ? field("To", "most", column) : null,
    flagged,
    isChosen ? choices("Values", column, "values", values, (value) => own(value)) : null,
    choices("Missing", column, "missing", missing, (reason) => plainly(reason || "empty")),
  );
}

function openColumns() {
  openDialog(
    "Columns",
    ...columns.slice(1).map((column) =>
      checkbox(own(column.label), !view.hidden.has(column.key), (isOn) => {
        if (isOn) view.hidden.delete(column.key);
        else view.hidden.add(column.key);
        renderAll();
      }),
    ),
  );
}

function clearFilters() {
  view.filters.clear();
  view.sort = null;
  view.search = "";
  byId("search").value = "";
  renderAll();
}

function startFilters() {
  onHeader = openColumn;
  byId("clear").addEventListener("click", clearFilters);
  byId("columns").addEventListener("click", openColumns);
  byId("search").addEventListener("input", () => {
    view.search = byId("search").value;
    active.row = 0;
    byId("scroller").scrollTop = 0;
    renderAll();
  });
  byId("dialog").addEventListener("close", () => byId("grid").focus());
  byId("dialog").addEventListener("click", (event) => {
    if (event.target === byId("dialog")) byId("dialog").close();
  });
}
