import { expect, test } from "vitest";
import type { Schema } from "~/api/types.ts";
import { writeFilter } from "./filters.ts";
import { barsOf } from "./histogram.ts";

const words = { yes: "yes", no: "no" };
const FACET: Schema<"Facet"> = {
  variable: "v",
  units: 10,
  answered: 10,
  top: [],
  distinct: 0,
  histogram: [],
  confidence: [],
  missing: {},
  status: {},
  flags: {},
  verdicts: {},
  stale: 0,
};
const filtersOf = (facet: Partial<Schema<"Facet">>, type: Schema<"VariableType">) =>
  barsOf({ ...FACET, ...facet }, type, "en", words).map(({ conditions }) => conditions.map(writeFilter).join(" "));

test("a bin of numbers is a filter from its beginning up to the next; the last includes its end", () => {
  const histogram = [
    { from: 0.1, to: 50, count: 3 },
    { from: 50, to: 1e21, count: 1 },
  ];
  expect(filtersOf({ histogram }, "NUMBER")).toEqual(["v>=0.1 v<50", "v>=50 v<=1e+21"]);
  expect(filtersOf({ histogram: [{ from: 7, to: 7, count: 2 }] }, "NUMBER")).toEqual(["v=7"]);
});

test("a bin of dates is a filter of whole years", () => {
  const histogram = [
    { from: 1990, to: 1993.2, count: 3 },
    { from: 1993.2, to: 1993.6, count: 0 },
    { from: 1993.6, to: 1996.8, count: 1 },
  ];
  expect(filtersOf({ histogram }, "DATE")).toEqual(["v>=1990 v<=1993", "", "v>=1994 v<=1996"]);
});

test("values that are there once each are no histogram; frequent ones are", () => {
  const once = [{ value: "a", count: 1 }];
  expect(filtersOf({ top: once }, "TEXT")).toEqual([]);
  expect(filtersOf({ top: [{ value: true, count: 4 }, ...once] }, "BOOLEAN")).toEqual(["v=true", "v=a"]);
  expect(filtersOf({ top: [{ value: "x".repeat(900), count: 4 }] }, "TEXT")).toEqual([""]);
});
