import { expect, test } from "vitest";
import type { Schema } from "~/api/types.ts";
import type { Value } from "../values.ts";
import { asList, draftOf, draftOfCell, type Kind, mostValues, readDraft } from "./draft.ts";

const kind = (type: Schema<"VariableType">, ...values: string[]): Kind => ({
  type,
  categories: values.map((value) => ({ value, description: "" })),
});
const said = (text: string | null, of: Kind, locale = "en") => readDraft({ isList: false, ones: [text] }, of, locale);

test("what is not changed comes back as it was", () => {
  const values: [Value, Kind][] = [
    [250.5, kind("NUMBER")],
    [0, kind("NUMBER")],
    [{ low: 400, high: 500, low_closed: true, high_closed: false }, kind("NUMBER")],
    [{ low: "2021-03", high: null }, kind("DATE")],
    ["2021-03", kind("DATE")],
    [false, kind("BOOLEAN")],
    [["a", "b\nc"], kind("TEXT")],
    [["a"], kind("TEXT")],
    ["(none)", kind("CATEGORY", "(none)", "")],
    ["", kind("CATEGORY", "(none)", "")],
    [{ anything: [1] }, kind("TEXT")],
    [null, kind("CATEGORY", "(none)", "")],
  ];
  for (const [value, of] of values) {
    for (const locale of ["en", "de", "ar-EG"]) expect(readDraft(draftOf(value, locale), of, locale)).toEqual(value);
  }
});

test("what is empty says nothing", () => {
  for (const type of ["TEXT", "NUMBER", "DATE", "BOOLEAN"] as const) expect(said(" ", kind(type))).toBeNull();
  expect(readDraft({ isList: false, ones: [{ low: null, high: "", more: {} }] }, kind("NUMBER"), "en")).toBeNull();
  expect(readDraft(asList({ isList: false, ones: ["", null] }), kind("TEXT"), "en")).toBeNull();
});

test("what is no value of the kind is told, and not lost", () => {
  expect(said("many", kind("NUMBER"))).toBeUndefined();
  expect(said("2021-3-", kind("DATE"))).toBe("2021-03");
  expect(said("2021-13", kind("DATE"))).toBeUndefined();
  expect(said("riot", kind("CATEGORY", "march"))).toBeUndefined();
  expect(said("", kind("CATEGORY", "march"))).toBeUndefined();
  expect(said("maybe", kind("BOOLEAN"))).toBeUndefined();
  expect(readDraft({ isList: true, ones: ["12", "many"] }, kind("NUMBER"), "en")).toBeUndefined();
  expect(readDraft(draftOf({ low: 1, high: 2 }, "en"), kind("TEXT"), "en")).toBeUndefined();
});

test("numbers and dates are read as they are typed in each language", () => {
  expect(said("1.250,5", kind("NUMBER"), "de")).toBe(1250.5);
  expect(said("١٢٠", kind("NUMBER"), "ar")).toBe(120);
  expect(said("٢٠٢١-٣", kind("DATE"), "ar")).toBe("2021-03");
});

test("a cell has as many values as its variable keeps", () => {
  const of = (type: Schema<"VariableType">, if_multiple_values: Schema<"IfMultipleValues">) =>
    ({ ...kind(type), if_multiple_values, max_values: 5 }) as const;
  expect(mostValues(of("BOOLEAN", "ALL"))).toBe(1);
  expect(draftOfCell(of("TEXT", "FIRST"), ["a", "b"], "en")).toEqual({ isList: false, ones: ["a"] });
  expect(draftOfCell(of("TEXT", "ALL"), "a", "en")).toEqual({ isList: true, ones: ["a"] });
  expect(draftOfCell(of("TEXT", "CONCATENATE"), "a; b", "en")).toEqual({ isList: true, ones: ["a", "b"] });
  expect(draftOfCell(of("TEXT", "ALL"), null, "en")).toEqual({ isList: true, ones: [null] });
});
