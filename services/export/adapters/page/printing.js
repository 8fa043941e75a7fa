// On paper a table of many columns does not fit: each row is a list of its values, with quotes of the one that is open.
const MOST_PRINTED = 200;

function printed(row) {
  const list = make("dl");
  for (const column of view.columns) {
    const cell = cellOf(row, column);
    if (!cell) continue;
    const values = valuesOf(row, column);
    const shown = values.length ? listed(values) : [make("span", { class: "reason" }, plainly(cell.m || "empty"))];
    const shade = values.length ? cell.z : cell.z || "missing";
    list.append(make("div", {}, make("dt", {}, own(column.label)), make("dd", {}, shape(shade), ...shown)));
  }
  const name = row.entity ? [own(row.entity), " \u2013 ", own(row.document.name)] : [own(row.document.name)];
  return make("article", {}, make("h3", {}, ...name), list);
}

function beforePrint() {
  const rows = view.rows.slice(0, MOST_PRINTED);
  const left = view.rows.length - rows.length;
  const more = left > 0 ? make("p", {}, `${many(left, "further row")} not printed: filter the table for those that you need.`) : null;
  byId("print").replaceChildren(...[...rows.map(printed), more].filter(Boolean));
}

function startPrinting() {
  addEventListener("beforeprint", beforePrint);
  addEventListener("afterprint", () => byId("print").replaceChildren());
}
