import { expect, test } from "vitest";
import type { Schema } from "~/api/types.ts";
import { NOTHING } from "~/parts/TypedValue/draft.ts";
import { columnName, type Definition, definitionIn, definitionOf, draftOf, EMPTY, isSame } from "./draft.ts";

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
    { text: "first 3, then 4", value: [3, 4], note: "" },
  ],
};
const categories = (...values: string[]) => values.map((value) => ({ value, description: "" }));
const kind: Pick<Schema<"Variable">, "type" | "categories"> = { type: "CATEGORY", categories: categories("a", "b") };
const kinds = new Map([["kind", kind]]);

test("what is not changed in the editor comes back as it was", () => {
  const texts: Definition = {
    ...EMPTY,
    name: "said",
    golden_examples: [{ text: "x", value: ["a", "b\nc", '[1, "d"]'], note: "" }],
    default_value: "two\nlines",
  };
  for (const locale of ["en", "de", "ar-EG"]) {
    for (const definition of [whole, texts]) {
      expect(definitionOf(draftOf(definition, locale), kinds, locale)).toEqual({ definition, wrong: [] });
    }
  }
  expect(isSame(draftOf(whole, "en"), draftOf(whole, "en"))).toBe(true);
  expect(isSame(draftOf(whole, "en"), draftOf(texts, "en"))).toBe(false);
});

test("values are of the variable's type, and what is none is told", () => {
  const draft = { ...draftOf(whole, "en"), default_value: { isList: false, ones: ["many"] } };
  expect(definitionOf(draft, kinds, "en").wrong).toEqual([{ field: "default_value", why: "value" }]);
});

test("categories have values, each once", () => {
  const draft = draftOf({ ...EMPTY, name: "kind", type: "CATEGORY", categories: categories("a") }, "en");
  draft.categories.push({ key: "2", value: "A", description: "" }, { key: "3", value: " ", description: "" });
  expect(definitionOf(draft, kinds, "en").wrong).toEqual([
    { field: "categories", why: "categoryTwice", at: 1 },
    { field: "categories", why: "categoryEmpty", at: 2 },
  ]);
});

test("a condition has the values that its comparison takes", () => {
  const draft = draftOf(whole, "en");
  const [first] = draft.depends_on;
  if (!first) throw new Error("no condition");
  const withOne = (changed: Partial<typeof first>) =>
    definitionOf({ ...draft, depends_on: [{ ...first, ...changed }] }, kinds, "en").definition.depends_on[0]?.value;
  expect(withOne({ operator: "EQUALS" })).toBe("a");
  expect(withOne({ value: NOTHING })).toEqual([]);
  expect(withOne({ operator: "IS_PRESENT" })).toBeNull();
});

test("absent settings of a proposal take their defaults", () => {
  expect(definitionIn({ name: "place", type: "TEXT", max_values: null }).max_values).toBe(5);
});

test("names of columns come from names that people give", () => {
  expect(columnName("Zahl der Übernächtigten")).toBe("zahl_der_ubernachtigten");
  expect(columnName("2 sides")).toBe("n_2_sides");
  expect(columnName("عدد المشاركين")).toBe("");
});
