import { expect, test } from "vitest";
import { draftOf, valueOfDraft } from "./drafts.ts";

test("a value becomes texts and a value again", () => {
  expect(valueOfDraft(draftOf(250), "NUMBER")).toBe(250);
  expect(valueOfDraft(draftOf(["a", "b"]), "CATEGORY")).toEqual(["a", "b"]);
  expect(valueOfDraft(draftOf(false), "BOOLEAN")).toBe(false);
  expect(draftOf({ low: 400, high: 500 })).toEqual(["400"]);
  expect(draftOf(null)).toEqual([""]);
});

test("what is no value of the type is none, and empty ones are left out", () => {
  expect(valueOfDraft(["12", "many"], "NUMBER")).toBeUndefined();
  expect(valueOfDraft(["", " "], "TEXT")).toBeUndefined();
  expect(valueOfDraft(["2021-03", ""], "DATE")).toBe("2021-03");
});
