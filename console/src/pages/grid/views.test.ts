import { expect, test } from "vitest";
import { AS_THEY_ARE, shownOf } from "./columns.ts";
import { columnsOf, isSame, keptOf } from "./views.ts";

const VARIABLES = ["a", "b", "c"].map((name) => ({ id: `id-${name}`, name }));
const COLUMNS = { order: ["c", "a", "b"], hidden: ["a"], widths: { "": 200, c: 90 } };

test("what a view keeps is shown again", () => {
  const kept = keptOf(["a=1"], "-b", COLUMNS, VARIABLES);
  const again = columnsOf(kept, VARIABLES);
  expect(shownOf(VARIABLES, again).map(({ name }) => name)).toEqual(["c", "b"]);
  expect(again.widths).toEqual(COLUMNS.widths);
  expect(isSame(kept, keptOf(["a=1"], "-b", again, VARIABLES), VARIABLES)).toBe(true);
});

test("the usual columns are none, and show all", () => {
  expect(keptOf([], "", AS_THEY_ARE, VARIABLES).columns).toEqual([]);
  expect(columnsOf({ columns: [] }, VARIABLES)).toEqual(AS_THEY_ARE);
});

test("a variable that is gone is passed over, one that came later is hidden", () => {
  const kept = keptOf([], "", { ...AS_THEY_ARE, hidden: ["b"] }, VARIABLES);
  const later = [...VARIABLES.filter(({ name }) => name !== "a"), { id: "id-d", name: "d" }];
  expect(shownOf(later, columnsOf(kept, later)).map(({ name }) => name)).toEqual(["c"]);
  expect(isSame(kept, keptOf([], "", columnsOf(kept, later), later), later)).toBe(true);
});

test("another filter, sort or column is another view", () => {
  const kept = keptOf(["a=1"], "b", COLUMNS, VARIABLES);
  expect(isSame(kept, { ...kept, filter: [] }, VARIABLES)).toBe(false);
  expect(isSame(kept, { ...kept, sort: "" }, VARIABLES)).toBe(false);
  expect(isSame(kept, keptOf(["a=1"], "b", AS_THEY_ARE, VARIABLES), VARIABLES)).toBe(false);
});
