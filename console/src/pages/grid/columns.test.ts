import { expect, test } from "vitest";
import { AS_THEY_ARE, inOrder, moved, readColumns, resized, shownOf } from "./columns.ts";

const ALL = ["a", "b", "c", "d"].map((name) => ({ name }));
const namesOf = (variables: { name: string }[]) => variables.map(({ name }) => name).join("");

test("a variable that came later stands last", () => {
  expect(namesOf(inOrder(ALL, { ...AS_THEY_ARE, order: ["c", "gone", "a"] }))).toBe("cabd");
});

test("a column moves past the ones that are shown", () => {
  const columns = { ...AS_THEY_ARE, hidden: ["b"] };
  expect(namesOf(shownOf(ALL, moved(ALL, columns, "a", 1)))).toBe("cad");
  expect(namesOf(shownOf(ALL, moved(ALL, columns, "d", -1)))).toBe("adc");
  expect(moved(ALL, columns, "a", -1)).toBe(columns);
});

test("widths stay within bounds", () => {
  expect(resized(AS_THEY_ARE, "a", 1).widths.a).toBe(72);
  expect(resized(AS_THEY_ARE, "a", 100.4).widths.a).toBe(100);
});

test("what was kept is read, whatever it is", () => {
  expect(readColumns("{")).toEqual(AS_THEY_ARE);
  expect(readColumns(null)).toEqual(AS_THEY_ARE);
  expect(readColumns('{"order":["a",1],"hidden":"x","widths":{"a":90,"b":"y"}}')).toEqual({
    order: ["a"],
    hidden: [],
    widths: { a: 90 },
  });
});
