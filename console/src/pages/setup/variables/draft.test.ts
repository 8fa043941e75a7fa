import { expect, test } from "vitest";
import { columnName, type Definition, definitionIn, definitionOf, draftOf, EMPTY } from "./draft.ts";

const whole: Definition = {
  ...EMPTY,
  name: "size",
  display_name: "Size",
  type: "NUMBER",
  default_value: 3,
  validation_rules: { min: 1, max: 9, pattern: "", allowed_values: [1, 2] },
  depends_on: [{ variable: "kind", operator: "IN", value: ["a", "b"] }],
  golden_examples: [
    { text: "some 400 to 500", value: { low: 400, high: 500 }, note: "" },
    { text: "nobody says", value: null, note: "none" },
  ],
};
const types = new Map([["kind", "CATEGORY"] as const]);

test("what is not changed in the editor comes back as it was", () => {
  expect(definitionOf(draftOf(whole), types)).toEqual({ definition: whole, wrong: [] });
});

test("values are of the variable's type, and what is none is told", () => {
  const draft = { ...draftOf(whole), default_value: "many" };
  expect(definitionOf(draft, types).wrong).toEqual([{ field: "default_value", why: "value" }]);
});

test("categories have values, each once", () => {
  const draft = draftOf({ ...EMPTY, name: "kind", type: "CATEGORY", categories: [{ value: "a", description: "" }] });
  draft.categories.push({ key: "2", value: "a", description: "" }, { key: "3", value: " ", description: "" });
  expect(definitionOf(draft, types).wrong).toEqual([
    { field: "categories", why: "categoryTwice", at: 1 },
    { field: "categories", why: "categoryEmpty", at: 2 },
  ]);
});

test("absent settings of a proposal take their defaults", () => {
  expect(definitionIn({ name: "place", type: "TEXT", max_values: null }).max_values).toBe(5);
});

test("names of columns come from names that people give", () => {
  expect(columnName("Zahl der Übernächtigten")).toBe("zahl_der_ubernachtigten");
  expect(columnName("2 sides")).toBe("n_2_sides");
  expect(columnName("عدد المشاركين")).toBe("");
});
