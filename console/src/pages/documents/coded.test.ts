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

test("a passage that is asked for is one of them, once", () => {
  const extractions = [extraction([3, 9]), extraction([20, 29])];
  expect(codedOf(extractions, { start: 20, end: 29 })).toMatchObject({ askedAt: 1 });
  const other = codedOf(extractions, { start: 40, end: 50 });
  expect(other.askedAt).toBe(2);
  expect(other.passages[2]).toEqual({ start: 40, end: 50, tone: "quote" });
});
