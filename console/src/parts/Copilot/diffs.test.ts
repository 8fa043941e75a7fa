import { expect, test } from "vitest";
import { linesOf } from "./diffs.ts";

test("a diff becomes its lines, under the name of what changes", () => {
  const diff = "--- place\n+++ place (proposed)\n@@ -1,2 +1,2 @@\n name: place\n-type: text\n+type: category";
  expect(linesOf(diff)).toEqual([
    { kind: "part", text: "place (proposed)" },
    { kind: "same", text: "name: place" },
    { kind: "removed", text: "type: text" },
    { kind: "added", text: "type: category" },
  ]);
});

test("lines that look like a head are lines", () => {
  const diff = "--- a\n+++ b\n@@ -1 +1 @@\n--- a list\n+++ a list";
  expect(linesOf(diff).slice(1)).toEqual([
    { kind: "removed", text: "-- a list" },
    { kind: "added", text: "++ a list" },
  ]);
});

test("nothing changed is no line", () => {
  expect(linesOf("")).toEqual([]);
});
