import { expect, test } from "vitest";
import { blockOf, tilesOf } from "./tiles.ts";

const text = (tiles: ReturnType<typeof tilesOf>) => tiles.map(({ page, block }) => `${page}.${block}`).join(" ");

test("tiles cover what is seen, and the next page in the direction of the scroll", () => {
  expect(text(tilesOf({ first: 45, last: 60 }, { first: 0, last: 9 }, 1000, 1))).toBe("0.0 1.0 2.0");
  expect(text(tilesOf({ first: 210, last: 230 }, { first: 8, last: 12 }, 1000, -1))).toBe("4.0 4.1 3.0 3.1");
});

test("nothing is asked for beyond the ends", () => {
  expect(text(tilesOf({ first: 0, last: 20 }, { first: 0, last: 3 }, 30, 1))).toBe("0.0");
  expect(text(tilesOf({ first: 0, last: 20 }, { first: 0, last: 3 }, 30, -1))).toBe("0.0");
});

test("before the count is known, and of a dataset without rows, the first tile is asked for", () => {
  expect(text(tilesOf({ first: 0, last: 0 }, { first: 0, last: 0 }, 0, 1))).toBe("0.0");
});

test("a block has its columns", () => {
  const names = Array.from({ length: 12 }, (_, at) => `v${at}`);
  expect(blockOf(names, 1)).toEqual(["v10", "v11"]);
});
