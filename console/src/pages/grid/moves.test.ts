import { expect, test } from "vitest";
import { moved } from "./moves.ts";

const BOUNDS = { rows: 100, columns: 6, page: 10, isRtl: false };
const from = (row: number, column: number, key: string, isFar = false, bounds = BOUNDS) => {
  const to = moved({ row, column }, key, isFar, bounds);
  return to && [to.row, to.column];
};

test("arrows move by one, into the head too, and not beyond the ends", () => {
  expect(from(0, 0, "ArrowUp")).toEqual([-1, 0]);
  expect(from(-1, 0, "ArrowUp")).toEqual([-1, 0]);
  expect(from(99, 5, "ArrowDown")).toEqual([99, 5]);
  expect(from(3, 0, "ArrowLeft")).toEqual([3, 0]);
  expect(from(3, 0, "ArrowRight")).toEqual([3, 1]);
});

test("right to left, the arrow to the left goes on", () => {
  expect(from(3, 0, "ArrowLeft", false, { ...BOUNDS, isRtl: true })).toEqual([3, 1]);
});

test("pages, beginnings and ends", () => {
  expect(from(5, 2, "PageDown")).toEqual([15, 2]);
  expect(from(5, 2, "PageUp")).toEqual([0, 2]);
  expect(from(-1, 2, "PageUp")).toEqual([-1, 2]);
  expect(from(5, 2, "Home")).toEqual([5, 0]);
  expect(from(5, 2, "End")).toEqual([5, 5]);
  expect(from(5, 2, "Home", true)).toEqual([0, 0]);
  expect(from(5, 2, "End", true)).toEqual([99, 5]);
  expect(from(5, 2, "ArrowDown", true)).toEqual([99, 2]);
});

test("another key leads nowhere", () => {
  expect(from(5, 2, "a")).toBeNull();
});
