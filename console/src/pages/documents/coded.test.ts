import { expect, test } from "vitest";
import type { Schema } from "~/api/types.ts";
import { codedOf } from "./coded.ts";

const extraction = (...spans: [number, number][]) =>
  ({
    evidence: spans.length ? { spans: spans.map(([start, end]) => ({ start, end, page: 1 })) } : null,
  }) as Schema<"Extraction">;

test("each value leads to the first passage that states it, and no passage is there twice", () => {
  const { coded, passages } = codedOf([
    extraction([3, 9], [20, 24]),
    extraction(),
    extraction([20, 24]),
    extraction([3, 9]),
  ]);
  expect(passages.map(({ start, end }) => [start, end])).toEqual([
    [3, 9],
    [20, 24],
  ]);
  expect(coded.map(({ passage }) => passage)).toEqual([0, undefined, 1, 0]);
});
