import { expect, test } from "vitest";
import { dateIn, partsOf, textOfParts } from "./dates.ts";

test("a date is as long as it is known", () => {
  expect(dateIn("2021")).toBe("2021");
  expect(dateIn("2021-3")).toBe("2021-03");
  expect(dateIn("2021-03-7")).toBe("2021-03-07");
  expect(dateIn("٢٠٢١-٣")).toBe("2021-03");
  expect(dateIn("2024-2-29")).toBe("2024-02-29");
});

test("what is no date is none", () => {
  for (const text of ["", "2021-13", "2021--7", "2021-2-29", "soon", "-3", "3 May 2021", "2021-03-04-05"]) {
    expect(dateIn(text)).toBeUndefined();
  }
});

test("what is typed of a date stays, whole or not", () => {
  for (const text of ["", "2021", "-3", "2021--7", "2021-13", "3 May 2021", "--7"]) {
    expect(textOfParts(partsOf(text))).toBe(text);
  }
  expect(textOfParts({ year: "2021-03-17", month: "", day: "" })).toBe("2021-03-17");
});
