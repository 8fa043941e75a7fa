import { expect, test } from "vitest";
import { rangeWith } from "./geometry.ts";

const RANGE = { startIndex: 10, endIndex: 12, overscan: 1, count: 100 };

test("what is seen is drawn with some more, and the focus wherever it is", () => {
  expect(rangeWith(RANGE, -1)).toEqual([9, 10, 11, 12, 13]);
  expect(rangeWith(RANGE, 12)).toEqual([9, 10, 11, 12, 13]);
  expect(rangeWith(RANGE, 3)).toEqual([3, 9, 10, 11, 12, 13]);
  expect(rangeWith(RANGE, 99)).toEqual([9, 10, 11, 12, 13, 99]);
  expect(rangeWith({ ...RANGE, startIndex: 98, endIndex: 99 }, 100)).toEqual([97, 98, 99]);
});
