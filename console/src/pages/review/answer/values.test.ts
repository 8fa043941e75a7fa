import { expect, test } from "vitest";
import type { Schema } from "~/api/types.ts";
import { answerOf, keepsSeveral, valuesOf } from "./values.ts";

const variable = (type: Schema<"VariableType">, if_multiple_values: Schema<"IfMultipleValues"> = "FIRST") =>
  ({ type, if_multiple_values, categories: [{ value: "march", description: "" }] }) as unknown as Schema<"Variable">;

test("an editor begins with the value that stands, if it is of the type", () => {
  expect(valuesOf(variable("NUMBER"), 250)).toEqual([250]);
  expect(valuesOf(variable("NUMBER"), "dozens")).toEqual([null]);
  expect(valuesOf(variable("NUMBER"), { low: 1, high: null })).toEqual([{ low: 1, high: null }]);
  expect(valuesOf(variable("CATEGORY"), "riot")).toEqual([null]);
  expect(valuesOf(variable("TEXT", "ALL"), ["a", "b"])).toEqual(["a", "b"]);
  expect(valuesOf(variable("TEXT", "ALL"), [])).toEqual([null]);
});

test("what is empty says nothing", () => {
  expect(answerOf(variable("TEXT"), [""])).toBeNull();
  expect(answerOf(variable("BOOLEAN"), [false])).toBe(false);
  expect(answerOf(variable("NUMBER"), [0])).toBe(0);
  expect(answerOf(variable("NUMBER"), [{ low: null, high: null }])).toBeNull();
  expect(answerOf(variable("NUMBER"), [{ low: 4, high: null }])).toEqual({ low: 4, high: null });
});

test("a variable that keeps several takes a list", () => {
  expect(keepsSeveral(variable("TEXT", "ALL"))).toBe(true);
  expect(answerOf(variable("TEXT", "ALL"), ["a", null])).toEqual(["a"]);
  expect(answerOf(variable("TEXT", "CONCATENATE"), [null])).toBeNull();
});
