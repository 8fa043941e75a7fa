import { expect, test } from "vitest";
import { added, onValue, operatorsOf, readFilter, readSort, toggled, writeFilter, writeSort } from "./filters.ts";

test("what is written is read again", () => {
  for (const value of ["march", " spaced ", '"said"', "=1", "", 'a "b"', "x<=y", "مسيرة", "two\nlines"]) {
    const condition = onValue("event_type", "=", value);
    expect(readFilter(writeFilter(condition))).toEqual(condition);
  }
});

test("filters are read as the API reads them", () => {
  expect(readFilter("participants>=100")).toEqual(onValue("participants", ">=", "100"));
  expect(readFilter("any.status=FLAGGED")).toMatchObject({ subject: "any", name: "", field: "status" });
  expect(readFilter('"any"=x')).toEqual(onValue("any", "=", "x"));
  expect(readFilter("document ~ police ")).toMatchObject({ subject: "document", operator: "~", value: "police" });
  expect(readFilter("nonsense")).toBeNull();
});

test("a variable that is called as something else is quoted", () => {
  expect(writeFilter(onValue("any", "=", "x"))).toBe('"any"=x');
});

test("bounds of one variable replace each other, and go when they are chosen again", () => {
  const low = [onValue("n", ">=", "1"), onValue("n", "<", "5")];
  const before = ["n>=7", "n!=8", "n.status=FLAGGED", "m=2"];
  const chosen = toggled(before, low);
  expect(chosen).toEqual(["n!=8", "n.status=FLAGGED", "m=2", "n>=1", "n<5"]);
  expect(toggled(chosen, low)).toEqual(["n!=8", "n.status=FLAGGED", "m=2"]);
});

test("the same filter is not added twice", () => {
  expect(added(["a=1"], onValue("a", "=", "1"))).toEqual(["a=1"]);
});

test("operators fit the type", () => {
  expect(operatorsOf("", "NUMBER")).toContain(">=");
  expect(operatorsOf("", "TEXT")).toContain("~");
  expect(operatorsOf("flag", "NUMBER")).toEqual(["=", "!="]);
});

test("a sort is read and written", () => {
  for (const text of ["-participants", "date.confidence", "document", '-"any"']) {
    const sort = readSort(text);
    expect(sort && writeSort(sort)).toBe(text);
  }
  expect(readSort(undefined)).toBeNull();
});
