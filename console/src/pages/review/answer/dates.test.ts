import { expect, test } from "vitest";
import { dateOf, NO_DATE, partsOf } from "./dates.ts";

test("a date is as long as it is known", () => {
  expect(dateOf({ year: "2021", month: "", day: "" })).toBe("2021");
  expect(dateOf({ year: "2021", month: "3", day: "" })).toBe("2021-03");
  expect(dateOf({ year: "2021", month: "03", day: "7" })).toBe("2021-03-07");
  expect(dateOf({ year: "٢٠٢١", month: "٣", day: "" })).toBe("2021-03");
});

test("what is no date is none", () => {
  expect(dateOf(NO_DATE)).toBeNull();
  expect(dateOf({ year: "2021", month: "13", day: "" })).toBeNull();
  expect(dateOf({ year: "2021", month: "", day: "7" })).toBeNull();
  expect(dateOf({ year: "2021", month: "2", day: "29" })).toBeNull();
  expect(dateOf({ year: "2024", month: "2", day: "29" })).toBe("2024-02-29");
  expect(dateOf({ year: "soon", month: "", day: "" })).toBeNull();
});

test("a date comes apart again", () => {
  expect(partsOf("2021-03")).toEqual({ year: "2021", month: "03", day: "" });
  expect(partsOf(null)).toEqual(NO_DATE);
});
