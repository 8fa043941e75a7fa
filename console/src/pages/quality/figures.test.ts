import { expect, test } from "vitest";
import type { Schema } from "~/api/types.ts";
import { along, confusionTable, moreCells, radiusOf, reasonsOf, shareOf } from "./figures.ts";

test("a confusion table has a row for what is right and a column for what was given, no value last", () => {
  const table = confusionTable([
    { right: "march", given: null, cells: 1 },
    { right: "march", given: "rally", cells: 2 },
    { right: null, given: "rally", cells: 3 },
    { right: "rally", given: "rally", cells: 4 },
  ]);
  expect(table.labels).toEqual(["march", "rally", null]);
  expect(table.counts).toEqual([
    [0, 2, 1],
    [0, 4, 0],
    [0, 3, 0],
  ]);
  expect(table.totals).toEqual([3, 4, 3]);
});

test("nothing that was counted is an empty table", () => {
  expect(confusionTable([])).toEqual({ labels: [], counts: [], totals: [] });
});

test("marks stay on their axis", () => {
  expect(along(0.25, 200)).toBe(50);
  expect(along(1.2, 200)).toBe(200);
  expect(along(-0.1, 200)).toBe(0);
});

test("a dot's area stands for its cells", () => {
  expect(radiusOf(100, 100, 9)).toBe(9);
  expect(radiusOf(25, 100, 9)).toBe(4.5);
  expect(radiusOf(1, 100, 9)).toBe(3);
  expect(radiusOf(0, 0, 9)).toBe(3);
});

test("a share of nothing is none", () => {
  expect(shareOf(1, 4)).toBe(0.25);
  expect(shareOf(0, 0)).toBeNull();
});

test("reasons are those that occur, the most frequent first", () => {
  expect(reasonsOf([{ missing: { VAGUE: 1, NOT_FOUND: 2, RANGE: 0 } }, { missing: { VAGUE: 4 } }])).toEqual([
    "VAGUE",
    "NOT_FOUND",
  ]);
});

test("the widest interval says how many cells are wanted", () => {
  const of = (more_cells: number) => ({ accuracy: { more_cells } }) as Schema<"VariableQuality">;
  expect(moreCells([of(10), of(40), { accuracy: null } as Schema<"VariableQuality">])).toBe(40);
  expect(moreCells([])).toBe(0);
});
