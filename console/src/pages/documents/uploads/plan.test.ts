import { expect, test } from "vitest";
import { Problem } from "~/api/problem.ts";
import type { Schema } from "~/api/types.ts";
import { batchesOf, isMeant, LARGE, mayBeTable, outcomesOf, refusalsOf, sentOf } from "./plan.ts";

const sizes = (batches: { size: number }[][]) => batches.map((batch) => batch.map((file) => file.size));

test("small files go together, as many as one request should have", () => {
  const files = Array.from({ length: 60 }, () => ({ size: 10 }));
  expect(sizes(batchesOf(files)).map((batch) => batch.length)).toEqual([25, 25, 10]);
});

test("large files go alone, and no batch grows too large", () => {
  const half = LARGE - 1;
  expect(sizes(batchesOf([{ size: LARGE }, { size: half }, { size: half }, { size: half }]))).toEqual([
    [LARGE],
    [half, half],
    [half],
  ]);
  expect(batchesOf([])).toEqual([]);
});

test("of a request's bytes the first files have theirs first", () => {
  expect(sentOf([10, 0, 20, 5], 12)).toEqual([10, 0, 2, 0]);
  expect(sentOf([10, 5], 400)).toEqual([10, 5]);
  expect(sentOf([10, 5], 0)).toEqual([0, 0]);
});

test("each file's outcome is told by its place in the request", () => {
  const item = (id: string, created: boolean, reread = false) => ({ id, created, reread });
  const answer = {
    items: [item("a", true), item("b", false), item("c", false, true)],
    errors: [{ index: 1, name: "x", problem: { detail: "it is empty", correlation_id: "7" } }],
  } as Schema<"Uploads">;
  expect(outcomesOf(4, answer)).toEqual([
    { state: "stored", documentId: "a" },
    { state: "refused", detail: "it is empty", correlationId: "7" },
    { state: "known", documentId: "b" },
    { state: "reread", documentId: "c" },
  ]);
});

test("where all are refused each has its own reason", () => {
  const fields = [
    { field: "files.0", detail: "a.txt: it is empty" },
    { field: "files.1", detail: "b.exe: of no known kind" },
  ];
  const problem = new Problem(422, "x", "a.txt: it is empty", "9", fields as Schema<"FieldProblem">[]);
  expect(refusalsOf(["a.txt", "b.exe"], problem).map((one) => one.state === "refused" && one.detail)).toEqual([
    "it is empty",
    "of no known kind",
  ]);
  expect(refusalsOf(["a"], new Problem(403, "x", "you may not", "9"))[0]).toMatchObject({ detail: "you may not" });
});

test("what systems leave in folders is not meant, and tables are known by their names", () => {
  expect([".DS_Store", "Thumbs.db", "a.pdf"].map(isMeant)).toEqual([false, false, true]);
  expect(["a.CSV", "b.xlsx", "csv.pdf"].map(mayBeTable)).toEqual([true, true, false]);
});
